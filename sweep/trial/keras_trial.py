"""A trial of a Keras model: built by the user's function, fitted by Keras or by the user's own loop, and scored."""

import json
import time
from collections.abc import Callable
from typing import Any

from sweep.checks.measures import checks
from sweep.checks.model import batchnorm_gap, model_checks
from sweep.checks.unnamed_inputs import outside_checks, outside_record
from sweep.data import Split, Splits
from sweep.data.inputs import labels_of
from sweep.store.records import Record
from sweep.study.study import Study
from sweep.trial import own_fit, weights
from sweep.trial.building import begin_phase, build, loss_of, model_outputs
from sweep.trial.further_tests import keep_tests
from sweep.trial.losses import takes_probabilities
from sweep.trial.measuring import measured_by
from sweep.trial.model_outputs import ModelOutputs
from sweep.trial.order import TrialOrder, run_of
from sweep.trial.output_losses import loss_of_score
from sweep.trial.program import Program
from sweep.trial.score_columns import keep_scores
from sweep.trial.streaming import TrialStream
from sweep.trial.tasks import TASKS


def train_keras(
    study: Study,
    splits: Splits,
    seeds: dict[str, int],
    order: TrialOrder,
    record: Record,
    stage: Callable[[str], None],
    program: Program | None = None,
    stream: TrialStream | None = None,
) -> None:
    """Build, fit and score a model, and fill in the record of its trial.

    Args:
        study, splits, seeds, order: the trial.
        record: is filled in.
        stage: called with "build", "fit" and "score" as each begins.
        program: of this process, where it trains further seeds of the configuration.
        stream: hands out the batches of train, where it is no arrays.

    Raises:
        NotSharedError: the program does not serve this seed.
    """
    row, task = record.trial, TASKS[study.task]
    stage("build")
    from sweep.trial import saving, scoring, training  # which import Keras, as the driver must not

    model = build(study, splits, seeds, program)
    row["init_sha256"], layers = weights.by_layer(model)
    row |= {"init_layers": json.dumps(layers), "layer_sizes": json.dumps(weights.sizes(model))}
    row |= outside_record(model)
    given = model_outputs(study, model, splits)
    if not given.said:  # the first was taken
        row["hp"] = {**row["hp"], "train.output": given.scored}

    stage("fit")
    at, odd = time.perf_counter(), 0.0
    last = saving.last_weights(study.train) if study.fit is None else ()
    if study.fit is not None:
        loss: Any = None
        kept: int | None
        odd = float(study.is_portable)  # nobody sees what its function does
        epochs, kept = own_fit.fit(study, model, splits, seeds, order, record, stream)
    else:
        loss = loss_of(study, model, splits)
        if model.compiled and study.train.optimizer is None:
            kept_optimizer = f"{type(model.optimizer).__name__.lower()} of {study.maker.use}"
            row["hp"] = {**row["hp"], "train.optimizer": kept_optimizer}
        begin_phase(model, study.train, 0, loss, program)
        if program is None or not program.traced:
            odd = training.check_portable_step(study, model, splits, seeds)
        if program is not None:
            model = program.adopt(model)
        epochs, kept = training.train(study, model, loss, splits, seeds, order.trace_epoch, last, stream)
    record.epochs.extend(epochs)
    row |= {"epochs": len(epochs), "kept_epoch": kept, "seconds.fit": time.perf_counter() - at}
    row["final_sha256"] = weights.digest(model.get_weights())

    stage("score")
    outputs = {name: scoring.predict(model, split.x, given) for name, split in splits.items()}
    of_train = {"train": outputs.pop("train")} if stream is not None else {}  # a sample of it: for checks alone
    metrics = keep_scores(record, splits, outputs, task)

    def loss_on(split: Split, found: Any) -> float:
        return scoring.mean_loss(model, loss, split.x, labels_of(split), found, study.train.batch_size)

    if loss is not None:
        metrics |= {f"{name}_loss": loss_on(split, outputs[name]) for name, split in splits.items() if name in outputs}
    scored_loss = loss_of_score(loss)
    row["check"] = _checks(study, splits, outputs | of_train, epochs, model, scored_loss, given) | outside_checks(model)
    if odd:
        row["check"]["not_portable"] = odd
    if order.apart:
        row["check"]["runs_apart"] = 1.0
    saving.save_into(record, model, study, last)
    if splits.tests:  # after all that is of the study's own data
        further = {name: scoring.predict(model, split.x, given) for name, split in splits.tests.items()}
        keep_tests(record, study.task, splits, outputs["dev"], further, loss_on if loss is not None else None)
    if study.measure is not None:  # last, since it may leave the model changed
        with run_of(study, order, record, "measure", seeds, own_fit.dev_metrics(study, model, splits)) as (run, _):
            of_user = splits if stream is None else stream.for_user(splits)
            metrics |= measured_by(study.measure, model, of_user, metrics, run)


def _checks(
    study: Study,
    splits: Splits,
    outputs: dict[str, Any],
    epochs: list[dict[str, Any]],
    model: Any,
    loss: Any,
    given: ModelOutputs,
) -> dict[str, float]:
    """Return the columns check.*; a model that a check cannot take is no reason to lose the trial."""
    stopping = study.train.early_stopping if study.fit is None else None
    patience = stopping.patience if stopping else None
    most = sum(phase.epochs for phase in study.train.phases)
    takes = loss is not None and takes_probabilities(loss)
    train = splits.train
    found = checks(study.task, splits, outputs, epochs, patience, most, takes)
    try:
        return (
            found
            | model_checks(model)
            | batchnorm_gap(model, train.x, train.y, outputs["train"], study.task, loss or "mse", given.score)
        )
    except Exception:  # noqa: BLE001 (whatever the user's layers raise outside of training)
        return found | {"unavailable": 1.0}
