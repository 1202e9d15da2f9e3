"""A trial of a Keras model: built by the user's function, fitted by Keras or by the user's own loop, and scored."""

import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from sweep.checks.measures import checks
from sweep.checks.model import batchnorm_gap, model_checks
from sweep.checks.unnamed_inputs import outside_checks, outside_record
from sweep.data import Splits
from sweep.machine.streams import derived_seed
from sweep.store.records import Record
from sweep.study.parts import Train
from sweep.study.study import Study
from sweep.trial import own_fit, weights
from sweep.trial.building import begin_phase, build, loss_of
from sweep.trial.losses import ON_PROBABILITIES, known_loss
from sweep.trial.measuring import measured_by
from sweep.trial.order import TrialOrder, run_of
from sweep.trial.score_columns import score_columns
from sweep.trial.tasks import TASKS, Task


def train_keras(
    study: Study,
    splits: Splits,
    seeds: dict[str, int],
    order: TrialOrder,
    record: Record,
    stage: Callable[[str], None],
) -> None:
    """Build, fit and score a model, and fill in the record of its trial.

    stage: called with "build", "fit" and "score" as each begins.
    """
    row, task = record.trial, TASKS[study.task]
    stage("build")
    from sweep.trial import scoring  # imports Keras, which the driver must not

    model = build(study, splits, seeds)
    row["init_sha256"], layers = weights.by_layer(model)
    row |= {"init_layers": json.dumps(layers), "layer_sizes": json.dumps(weights.sizes(model))}
    row |= outside_record(model)

    stage("fit")
    at = time.perf_counter()
    if study.fit is not None:
        loss = None
        kept: int | None
        epochs, kept = own_fit.fit(study, model, splits, seeds, order, record)
    else:
        loss = loss_of(study, model, splits)
        begin_phase(model, study.train.phases[0], loss)
        for before in range(study.train.carry_over):
            _fit(model, study.train, loss, splits, task, derived_seed("carry over", seeds["order"], before), None)
        epochs, kept = _fit(model, study.train, loss, splits, task, seeds["order"], order.trace_epoch)
    record.epochs.extend(epochs)
    row |= {"epochs": len(epochs), "kept_epoch": kept, "seconds.fit": time.perf_counter() - at}
    row["final_sha256"] = weights.digest(model.get_weights())

    stage("score")
    outputs = {name: scoring.predict(model, split.x) for name, split in splits.items()}
    row["scores_sha256"] = weights.digest([outputs["dev"], outputs["test"]])
    metrics = task.metrics({name: (split.y, outputs[name]) for name, split in splits.items()})
    row["threshold"] = metrics.pop("eer_threshold", None)
    metrics |= {
        f"{name}_loss": scoring.mean_loss(model, loss, split.x, split.y, outputs[name], study.train.batch_size)
        for name, split in splits.items()
        if loss is not None
    }
    row["metric"] = metrics
    row["check"] = _checks(study, splits, outputs, epochs, model, loss) | outside_checks(model)
    record.scores.update(score_columns(splits, outputs, task))
    if study.measure is not None:  # last, since it may leave the model changed
        with run_of(study, order, record, "measure", seeds, own_fit.dev_metrics(study, model, splits)) as (run, _):
            metrics |= measured_by(study.measure, model, splits, metrics, run)


def _checks(
    study: Study, splits: Splits, outputs: dict[str, Any], epochs: list[dict[str, Any]], model: Any, loss: str | None
) -> dict[str, float]:
    """Return the columns check.*; a model that a check cannot take is no reason to lose the trial."""
    stopping = study.train.early_stopping if study.fit is None else None
    patience = stopping.patience if stopping else None
    most = sum(phase.epochs for phase in study.train.phases)
    takes = loss is not None and known_loss(loss) in ON_PROBABILITIES
    found = checks(study.task, splits, outputs, epochs, patience, most, takes)
    try:
        return (
            found
            | model_checks(model)
            | batchnorm_gap(model, splits.train.x, splits.train.y, study.task, loss or "mse")
        )
    except Exception:  # noqa: BLE001 (whatever the user's layers raise outside of training)
        return found | {"unavailable": 1.0}


def _fit(
    model: Any, train: Train, loss: str, splits: Splits, task: Task, order: int, trace_epoch: int | None
) -> tuple[list[dict[str, Any]], int]:
    from sweep.trial import fitting, scoring
    from sweep.trial.batches import ShuffledBatches

    def on_dev() -> dict[str, float]:
        outputs = scoring.predict(model, splits.dev.x)
        if not np.isfinite(outputs).all():
            raise fitting.TrainingDivergedError("Expected finite scores on dev. Received: NaN or infinity.")
        measured = {"val_loss": scoring.mean_loss(model, loss, splits.dev.x, splits.dev.y, outputs, train.batch_size)}
        return measured | task.epoch_metrics(splits.dev.y, outputs)

    stopping = train.early_stopping
    epochs: list[dict[str, Any]] = []
    for number, phase in enumerate(train.phases):
        if number:
            begin_phase(model, phase, loss)
        further, kept = fitting.fit(
            model,
            ShuffledBatches(splits.train.x, splits.train.y, train.batch_size, order),
            on_dev,
            measured=task.epoch,
            epochs=phase.epochs,
            monitor=stopping.monitor if stopping else "val_loss",
            patience=stopping.patience if stopping else None,
            min_delta=stopping.min_delta if stopping else 0.0,
            keep_best=train.keep == "best",
            first_epoch=len(epochs),
            trace_epoch=trace_epoch,
        )
        epochs += further
    return epochs, kept
