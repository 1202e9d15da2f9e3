"""A training loop of the user's own: `fit(model, splits, run, **keywords)` in place of Keras's fit."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sweep.data import Splits
from sweep.errors import InputError
from sweep.store.records import Record
from sweep.study import code
from sweep.study.study import Study
from sweep.trial import frameworks
from sweep.trial.building import model_outputs
from sweep.trial.handed_weights import WeightsDigest
from sweep.trial.order import TrialOrder, run_of
from sweep.trial.own_scores import usual_loss
from sweep.trial.streaming import TrialStream
from sweep.trial.tasks import TASKS


def fit(
    study: Study,
    model: Any,
    splits: Splits,
    seeds: dict[str, int],
    order: TrialOrder,
    record: Record,
    stream: TrialStream | None = None,
) -> tuple[list[dict[str, Any]], int | None]:
    """Let the study's function train a model; return the rows of its epochs and the epoch whose weights it left.

    The weights that it leaves in the model are scored; None where they are of no epoch's end.
    stream: hands out the batches of train, where it is no arrays; the function gets it as the user made it.

    Raises:
        InputError: it told of no epoch, without which a trial has no curve, no digest on the way and no early stopping.
    """
    use = study.fit
    if use is None:
        raise ValueError("a study without fit")
    for name in study.preload:
        frameworks.framework(name).seed(seeds["init"])

    def digests() -> WeightsDigest:
        return WeightsDigest.of_keras(model)

    with run_of(study, order, record, "fit", seeds, dev_metrics(study, model, splits), digests) as (run, journal):
        journal.hand_in(digests())
        given = splits if stream is None else stream.for_user(splits)
        if stream is not None:
            stream.begin()
        before = digests().sizes
        found = code.function(use.use)(model, given, run, **use.keywords)
        _check_left(use.use, model, found, before, digests().sizes)
    if not journal.epochs:
        raise InputError(
            f"fit: expected {use.use} to call run.epoch(loss=...) at the end of each epoch. Received: no call. Without "
            "it the trial has no curve, no weights to compare on the way, and cannot stop early."
        )
    record.trial["streams"] = journal.row()["streams"]
    last = digests().whole
    kept = [int(epoch["epoch"]) for epoch in journal.epochs if epoch["weights_sha256"] == last]
    return journal.epochs, kept[-1] if kept else None


def _check_left(use: str, model: Any, found: Any, before: Mapping[str, int], after: Mapping[str, int]) -> None:
    """Raise InputError where a loop returns what would be lost, or left a model with other weights than it got."""
    if found is not None and found is not model and type(found).__name__ != "History" and not _is_curve(found):
        raise InputError(
            f"fit: expected {use} to return nothing: the weights that it leaves in the model it was given are scored. "
            f"Received: {type(found).__name__}. Put weights into that model, and tell numbers to run.epoch."
        )
    if before != after:
        odd = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        raise InputError(
            f"fit: expected {use} to leave the layers of the model as they are. Received: other weights of "
            f"{', '.join(odd[:4])}. Build what is trained in the model function."
        )


def _is_curve(found: Any) -> bool:
    """Return whether something is numbers alone, as loops return their losses; no weights, which are arrays."""
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list | tuple):
        return all(map(_is_curve, found))
    return isinstance(found, int | float | np.floating) and np.ndim(found) == 0


def dev_metrics(study: Study, model: Any, splits: Splits) -> Callable[[Any], dict[str, float]]:
    """Return what measures dev by a model's outputs: the usual loss of the task where it has one, and its metrics."""

    given = model_outputs(study, model, splits)

    def measure(scores: Any = None) -> dict[str, float]:
        from sweep.trial import scoring  # imports Keras, which the driver must not

        if scores is not None:
            raise InputError(
                "run: expected no scores of dev beside a Keras model, which is asked for them. Leave them away."
            )
        outputs = scoring.dev_scores(model, splits.dev.x, given)
        measured = TASKS[study.task].epoch_metrics(splits.dev.y, outputs)
        return usual_loss(study.task, splits.dev.y, outputs) | measured

    return measure
