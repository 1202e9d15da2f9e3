"""The checks that a trial measures: column check.NAME, from which value on it is a finding, and what is said then."""

from collections.abc import Collection
from dataclasses import dataclass

from sweep.checks.finding import Severity

_MOST = 4  # of names that are told


@dataclass(frozen=True)
class Trap:
    """One check of a trial.

    name: its column is check.NAME. limit: a value above it is a finding. severity, evidence, remedy: as in `Finding`;
    evidence is a format with {value}, the largest over the trials.
    """

    name: str
    limit: float
    severity: Severity
    evidence: str
    remedy: str

    def said(self, value: float, names: Collection[str] = ()) -> str:
        """Return the evidence with a value, and with some of what was seen by name."""
        more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
        seen = f" ({'; '.join(list(names)[:_MOST])}{more})" if names else ""
        return self.evidence.format(value=value) + seen


TRAPS = (
    Trap(
        "not_portable",
        0,
        "warning",
        "`determinism: portable` was asked for, and operations of the model are not known to give equal bits on every "
        "processor.",
        "Other processors may not verify these trials: docs/portable.md lists what is known.",
    ),
    Trap(
        "unavailable",
        0,
        "note",
        "The checks could not be run on this model.",
        "Its results are not affected.",
    ),
    Trap(
        "batchnorm_unsettled",
        0.15,
        "error",
        "On the same training samples the model is right {value:.0%} less often when BatchNormalization uses its "
        "moving statistics than when it uses those of the batch. The moving statistics have not settled.",
        "Train more steps, or lower the layers' momentum (0.9 instead of 0.99).",
    ),
    Trap(
        "batchnorm_unsettled_loss",
        1.0,
        "error",
        "On the same training samples the loss is exp({value:.2g}) times as large when BatchNormalization uses its "
        "moving statistics. They have not settled.",
        "Train more steps, or lower the layers' momentum (0.9 instead of 0.99).",
    ),
    Trap(
        "one_score",
        0,
        "error",
        "All samples of dev, or of test, have one and the same score.",
        "Look at what the trial returns; an error rate of equal scores says nothing of the model.",
    ),
    Trap(
        "scores_out_of_scale",
        0.5,
        "warning",
        "The scores rank dev well (AUC above 0.9), but a decision at 0.5 is hardly better than chance. The scores "
        "have another scale than 0 to 1.",
        "Use EER and HTER, whose threshold comes from dev, not the accuracy at 0.5. Then look for unsettled "
        "BatchNormalization, or for another input scale in training.",
    ),
    Trap(
        "logits_as_probabilities",
        0,
        "error",
        "The loss expects probabilities, but up to {value:.0%} of the outputs of dev and test are outside [0, 1]. They "
        "are logits, and the training clipped them.",
        "End the model in a sigmoid or softmax.",
    ),
    Trap(
        "frozen_batchnorm_by_batch",
        0,
        "warning",
        "{value:.0f} BatchNormalization layers have gamma and beta frozen, but still normalise by the batch in "
        "training.",
        "Freeze the layer itself (`layer.trainable = False`); then it uses its moving statistics.",
    ),
    Trap(
        "training_false_ignored",
        0,
        "warning",
        "{value:.0f} layers were called with training=False while the Functional model was built. Keras 3 ignores "
        "this and uses the mode of the outer model, so the layers train as usual.",
        "Set `trainable = False` on them, or call them with training=False inside a layer of your own.",
    ),
    Trap(
        "unnamed_files",
        0,
        "warning",
        "Files that the model's function reads and the study does not name: {value:.0f}. If they change, the ids of "
        "trials do not.",
        "Give the file's name as a keyword under `model`. Then its content is part of the id.",
    ),
    Trap(
        "unseeded_randomness",
        0,
        "error",
        "Places where the code draws from a generator without a seed: {value:.0f}. The trials do not repeat.",
        "Seed the generator from a keyword, or draw from `keras.random` with a `SeedGenerator`.",
    ),
    Trap(
        "runs_apart",
        0,
        "note",
        "A process that trains several seeds would give other results than a fresh one: something outlives a training. "
        "So each trial had a process of its own.",
        "Look for what a layer, callback or function keeps in Python: a global, a counter, a generator. The results "
        "are not affected; the study only takes longer.",
    ),
    Trap(
        "chosen_on_test",
        0,
        "error",
        "{value:.0%} of dev's samples are also in test: threshold and epoch are chosen on test data.",
        "Use other subjects for dev than for test.",
    ),
    Trap(
        "label_order",
        0.3,
        "error",
        "If the classes were renamed, a split would be right {value:.0%} more often. The labels of dev or test have "
        "another order than those of train.",
        "Number the classes once, for all splits.",
    ),
    Trap(
        "same_order_every_epoch",
        0.5,
        "warning",
        "Every epoch used the samples in the same order.",
        "Draw a new order for every epoch. After seeding, `fit(shuffle=True)` does not.",
    ),
    Trap(
        "never_stopped",
        0.5,
        "note",
        "Early stopping was on but never stopped: the training ended with train.epochs.",
        "Raise train.epochs. As it is, the result may depend on the number of epochs, not on the model.",
    ),
    Trap(
        "one_class",
        0.5,
        "warning",
        "The model names one class only: every score of test is on one side of the decision.",
        "Look at the loss: the model may not have trained, or its BatchNormalization has not settled.",
    ),
    Trap(
        "saturated_scores",
        0.05,
        "warning",
        "Up to {value:.0%} of the scores are saturated at 0 or 1. They are tied, so EER and AUC cannot rank them.",
        "Use the logits as scores (no sigmoid at the end), or regularise more.",
    ),
)
