"""The one function that a worker runs: a configuration with a seed in, a stored record and its outcome out."""

import json
import time
import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from numbers import Real
from typing import Any

import numpy as np

from sweep import data
from sweep.checks.measures import checks
from sweep.checks.model import batchnorm_gap, model_checks
from sweep.checks.unnamed_inputs import outside_checks, outside_record
from sweep.data import Splits
from sweep.errors import OF_USERS_CODE, ClusterError, InputError, one_line
from sweep.machine.folders import cache_folder
from sweep.machine.import_path import find_modules_in
from sweep.machine.streams import derived_seed, stream_seeds, without_seed
from sweep.store import records
from sweep.store.places import place
from sweep.study import code
from sweep.study.parts import Train, Use
from sweep.study.study import Study
from sweep.trial import weights
from sweep.trial.building import begin_phase, build, loss_of
from sweep.trial.data_process import DataProcess
from sweep.trial.environment import environment
from sweep.trial.losses import ON_PROBABILITIES, known_loss
from sweep.trial.outcome import Status, TrialOutcome
from sweep.trial.process_state import Machine, begin_trial
from sweep.trial.tasks import TASKS, Task


@dataclass(frozen=True)
class TrialOrder:
    """Everything that a worker needs to run one trial, as plain values that travel between nodes.

    study: the configuration's study as JSON, without grid. gpus: the GPUs that Ray gave, as CUDA_VISIBLE_DEVICES
    lists them, "" for none. results: the study's results, "" where the caller stores the record. folder: where
    relative paths start. modules: where the user's modules are found. git_commit: the commit of the user's repository,
    "" if none. trace_epoch: an epoch (from 0) whose every step is recorded, for `sweep verify`.
    """

    trial_id: str
    config_id: str
    seed: int
    data_id: str
    code_id: str
    study: dict[str, Any]
    hp: dict[str, float | str]
    results: str
    folder: str
    modules: tuple[str, ...]
    git_commit: str = ""
    attempt: int = 0
    gpus: str = ""
    node: str = ""
    trace_epoch: int | None = None


def first_row(order: TrialOrder) -> dict[str, Any]:
    """Return what is known of a trial before it runs: the beginning of its row in trials.parquet."""
    names = ("trial_id", "config_id", "seed", "attempt", "data_id", "code_id", "node", "hp")
    row = {name: getattr(order, name) for name in names}
    return {"study": order.study["study"], **row, "started_at": datetime.now(UTC).isoformat(timespec="milliseconds")}


def run_trial(order: TrialOrder) -> TrialOutcome:
    """Return the outcome of a trial, after its record is stored; meant for a fresh process.

    Whatever the user's code raises is this trial's outcome, stored with its trace, and the other trials go on.
    """
    at = time.perf_counter()
    row = first_row(order)
    record = records.Record(row, environment={"git_commit": order.git_commit})
    stages = ["session"]
    try:
        _train(order, record, stages.append)
        row |= {"status": "ok", "error": "", "seconds.total": time.perf_counter() - at}
    except ClusterError as error:  # the trial is as good as before: it is the node that cannot run it
        return TrialOutcome(order.trial_id, Status.UNFIT, stages[-1], error=str(error))
    except OF_USERS_CODE as error:  # see above: a failure is an outcome
        message = one_line(error)
        row |= {"status": "failed", "error": f"{stages[-1]}: {message}\n{traceback.format_exc()}"}
        row["seconds.total"] = time.perf_counter() - at
        for name in ("metric", "check", "threshold"):  # whoever averages a column in pandas averages finished trials
            row.pop(name, None)
        record = records.Record(row, epochs=record.epochs, environment=record.environment)
    status, metrics, error_line = Status(row["status"]), row.get("metric", {}), row["error"].partition("\n")[0]
    return hand_in(order, record, TrialOutcome(order.trial_id, status, stages[-1], metrics, error_line))


def hand_in(order: TrialOrder, record: records.Record, outcome: TrialOutcome) -> TrialOutcome:
    """Return the outcome of a trial, after its record is stored; or with the record, where the order says so."""
    if not order.results:
        return replace(outcome, record=record)
    try:
        records.keep(place(order.results), record)
    except OSError as error:
        return replace(outcome, status=Status.UNSTORED, error=str(error), metrics={})
    return outcome


def _train(order: TrialOrder, record: records.Record, stage: Callable[[str], None]) -> None:
    """Run a trial from a clean session to its metrics, and fill in its record."""
    study, row = Study.model_validate(order.study), record.trial
    # TensorFlow refuses random operations without a seed while it is told to be deterministic.
    machine = Machine(study.resources.threads, study.determinism and study.seeded, order.gpus)
    find_modules_in(order.modules)
    begin_trial(machine, order.folder)
    record.environment.update(environment(machine))
    seeds = stream_seeds(order.seed, study.hold)
    if not study.seeded:
        seeds = without_seed(seeds)
    task = TASKS[study.task]

    stage("data")
    splits = open_data(study, order.data_id, seeds["split"])
    row |= {f"n_{name}": len(split) for name, split in splits.items()}

    stage("build")
    from sweep.trial import saving, scoring  # which import Keras, as the driver must not

    model = build(study, splits, seeds)
    row["init_sha256"], layers = weights.by_layer(model)
    row |= {"init_layers": json.dumps(layers), "layer_sizes": json.dumps(weights.sizes(model))}
    row |= outside_record(model)
    loss = loss_of(study, model, splits)
    begin_phase(model, study.train.phases[0], loss)

    stage("fit")
    at = time.perf_counter()
    for run in range(study.train.carry_over):
        _fit(model, study.train, loss, splits, task, derived_seed("carry over", seeds["order"], run), None)
    last = saving.last_weights(study.train)
    epochs, kept = _fit(model, study.train, loss, splits, task, seeds["order"], order.trace_epoch, last)
    record.epochs.extend(epochs)
    row |= {"epochs": len(epochs), "kept_epoch": kept, "seconds.fit": time.perf_counter() - at}
    row["final_sha256"] = weights.digest(model.get_weights())

    stage("score")
    outputs = {name: scoring.predict(model, split.x) for name, split in splits.items()}
    row["scores_sha256"] = weights.digest([outputs["dev"], outputs["test"]])
    metrics = task.metrics({name: (split.y, outputs[name]) for name, split in splits.items()}, splits.test.attack_type)
    row["threshold"] = metrics.pop("eer_threshold", None)
    metrics |= {
        f"{name}_loss": scoring.mean_loss(model, loss, split.x, split.y, outputs[name], study.train.batch_size)
        for name, split in splits.items()
    }
    row["metric"] = metrics
    row["check"] = _checks(study, splits, outputs, epochs, model, loss) | outside_checks(model)
    record.scores.update(_scores(splits, outputs, task))
    saving.save_into(record, model, study, last)
    if study.measure is not None:  # last, since it may leave the model changed
        metrics |= _measured(study.measure, model, splits, metrics)


def _measured(measure: Use, model: Any, splits: Splits, taken: Collection[str]) -> dict[str, float]:
    """Return the metrics of the study's own function.

    Raises:
        InputError: it returns something else than numbers by name, or a name that the task has.
    """
    found = code.function(measure.use)(model, splits, **measure.keywords)
    if not isinstance(found, Mapping) or not all(isinstance(value, Real) for value in found.values()):
        raise InputError(f"measure: expected {measure.use} to return a mapping name -> number. Received: {found!r}.")
    if shared := sorted(set(found) & set(taken)):
        raise InputError(f"measure: expected names that the task does not have. Received: {', '.join(shared)}.")
    return {str(name): float(value) for name, value in found.items()}


def _checks(
    study: Study, splits: Splits, outputs: dict[str, Any], epochs: list[dict[str, Any]], model: Any, loss: str
) -> dict[str, float]:
    """Return the columns check.*; a model that a check cannot take is no reason to lose the trial."""
    patience = study.train.early_stopping.patience if study.train.early_stopping else None
    most = sum(phase.epochs for phase in study.train.phases)
    found = checks(study.task, splits, outputs, epochs, patience, most, known_loss(loss) in ON_PROBABILITIES)
    try:
        return found | model_checks(model) | batchnorm_gap(model, splits.train.x, splits.train.y, study.task, loss)
    except Exception:  # noqa: BLE001 (whatever the user's layers raise outside of training)
        return found | {"unavailable": 1.0}


def open_data(study: Study, data_id: str, split_seed: int) -> Splits:
    """Return the trial's data from this node's cache; a node that lacks them makes them first, once for all trials.

    Raises:
        ClusterError: this node sees other data than where the study was planned, or none, or has no room.
    """
    cache = cache_folder()
    try:
        return data.open_prepared(cache, data_id)
    except FileNotFoundError:
        try:
            with DataProcess() as process:
                process.prepare(study, split_seed, expect=data_id)
        except InputError as error:
            raise ClusterError(
                f"Expected here the data {data_id[:16]}, as where the study was planned. Received: {error} Are they "
                "mounted or copied to this node, whole?"
            ) from error
        return data.open_prepared(cache, data_id)


def _fit(
    model: Any, train: Train, loss: str, splits: Splits, task: Task, order: int, trace: int | None, last: Any = ()
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
            trace_epoch=trace,
            at_end=last,
        )
        epochs += further
    return epochs, kept


def _scores(splits: Splits, outputs: dict[str, Any], task: Task) -> dict[str, Any]:
    """Return the columns of scores.parquet for dev and test."""
    columns: dict[str, list[Any]] = {
        name: [] for name in ("split", *splits.test.columns, "label", "score", "prediction")
    }
    for name, split in (("dev", splits.dev), ("test", splits.test)):
        prediction = task.prediction(outputs[name])
        columns["split"].append(np.full(len(split), name))
        for column, names in split.columns.items():
            columns[column].append(names)
        columns["label"].append(np.asarray(split.y, dtype=np.float64))
        columns["score"].append(np.asarray(task.score(outputs[name], split.y), dtype=np.float64))
        columns["prediction"].append(np.full(len(split), np.nan) if prediction is None else prediction)
    return {name: np.concatenate(parts) for name, parts in columns.items()}
