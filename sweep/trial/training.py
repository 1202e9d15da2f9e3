"""The training of one trial: every phase of it, on the batches of the training set, measured on dev each epoch."""

from collections.abc import Mapping, Sequence
from typing import Any

from sweep.data import Splits
from sweep.data.inputs import labels_of
from sweep.data.stream_batch import Expected
from sweep.machine.streams import derived_seed
from sweep.study.study import Study
from sweep.trial import fitting, scoring
from sweep.trial.augmenting import augment_of
from sweep.trial.batches import ShuffledBatches
from sweep.trial.building import begin_phase, model_outputs
from sweep.trial.callbacks import callbacks_of
from sweep.trial.first_step import batch_of
from sweep.trial.model_outputs import ModelOutputs
from sweep.trial.portable_step import portable_findings
from sweep.trial.sample_weights import sample_weights, weights_of_outputs
from sweep.trial.stream_batches import StreamBatches
from sweep.trial.stream_settings import stream_class_weights
from sweep.trial.streaming import TrialStream
from sweep.trial.tasks import TASKS, n_classes


def train(
    study: Study,
    model: Any,
    loss: Any,
    splits: Splits,
    seeds: Mapping[str, int],
    trace_epoch: int | None = None,
    at_end: Sequence[Any] = (),
    stream: TrialStream | None = None,
) -> tuple[list[dict[str, Any]], int]:
    """Train a built model and return (a record for each epoch, the epoch whose weights were kept).

    Args:
        study: of one configuration.
        model: ready for its first phase, see `sweep.trial.building.begin_phase`.
        loss: of `sweep.trial.building.loss_of`.
        splits: the trial's data.
        seeds: stream -> seed.
        trace_epoch: an epoch whose every step is recorded, in the fit that is measured.
        at_end: see `sweep.trial.fitting.fit`.
        stream: hands out the batches of train, where it is no arrays.
    """
    for run in range(study.train.carry_over):
        carried = {one: derived_seed("carry over", seeds[one], run) for one in ("order", "augment")}
        _fit(study, model, loss, splits, carried, None)
    return _fit(study, model, loss, splits, seeds, trace_epoch, at_end, stream)


def batches_of(
    study: Study, splits: Splits, seeds: Mapping[str, int], outputs: ModelOutputs, stream: TrialStream | None = None
) -> ShuffledBatches | StreamBatches:
    """Return the training set in batches for a model with these outputs, weighted and augmented as the study says."""
    train = study.train
    if stream is not None and splits.stream is not None:
        sample, known = splits.train, n_classes(study.task, splits.classes, splits.train.y)
        weighted = sample.sample_weight is not None
        return StreamBatches(
            stream,
            splits.stream,
            Expected(sample.x.shape[1:], sample.x.dtype.str, weighted, known),
            study.task,
            class_weights=stream_class_weights(study, splits, splits.stream),
            augment=augment_of(train, seeds["augment"], known),
            in_structure=outputs.structured,
        )
    classes = n_classes(study.task, splits.classes, splits.train.y)
    weights = sample_weights(splits.train, train.class_weight, study.task, classes)
    return ShuffledBatches(
        splits.train.x,
        labels_of(splits.train),
        train.batch_size,
        seeds["order"],
        weights=weights_of_outputs(splits.train, weights, outputs.scored),
        augment=augment_of(train, seeds["augment"], classes),
        in_structure=outputs.structured,
    )


def check_portable_step(study: Study, model: Any, splits: Splits, seeds: Mapping[str, int]) -> float:
    """Return 1 where a model that is ready for a phase has operations that are not known to be portable, else 0.

    Raises:
        InputError: it has, and the study refuses them.
    """
    if not study.is_portable:
        return 0.0
    outputs = model_outputs(study, model, splits)
    x, *labels = batch_of(study, splits, seeds, outputs.scored)
    return float(bool(portable_findings(study, model, (x, *map(outputs.structured, labels)))))


def _fit(
    study: Study,
    model: Any,
    loss: Any,
    splits: Splits,
    seeds: Mapping[str, int],
    trace_epoch: int | None,
    at_end: Sequence[Any] = (),
    stream: TrialStream | None = None,
) -> tuple[list[dict[str, Any]], int]:
    train, task = study.train, TASKS[study.task]
    outputs = model_outputs(study, model, splits)

    def on_dev() -> dict[str, float]:
        scores = scoring.dev_scores(model, splits.dev.x, outputs)
        labels = labels_of(splits.dev)
        measured = {"val_loss": scoring.mean_loss(model, loss, splits.dev.x, labels, scores, train.batch_size)}
        return measured | task.epoch_metrics(splits.dev.y, scores)

    stopping = train.early_stopping
    epochs: list[dict[str, Any]] = []
    # one for all phases: it goes on
    streamed = None if stream is None else batches_of(study, splits, seeds, outputs, stream)
    for number, phase in enumerate(train.phases):
        if number:
            begin_phase(model, train, number, loss)
            check_portable_step(study, model, splits, seeds)
        further, kept = fitting.fit(
            model,
            streamed or batches_of(study, splits, seeds, outputs),
            on_dev,
            measured=task.epoch,
            epochs=phase.epochs,
            monitor=stopping.monitor if stopping else "val_loss",
            patience=stopping.patience if stopping else None,
            min_delta=stopping.min_delta if stopping else 0.0,
            keep_best=train.keep == "best",
            first_epoch=len(epochs),
            trace_epoch=trace_epoch,
            callbacks=callbacks_of(train, model.optimizer, task.epoch),
            at_end=at_end,
        )
        epochs += further
    return epochs, kept
