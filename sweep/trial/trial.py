"""The one function that a worker runs: a configuration with a seed in, a stored record and its outcome out."""

import json
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sweep import data
from sweep.data import Splits
from sweep.errors import OF_USERS_CODE, ClusterError, InputError, one_line
from sweep.machine.folders import cache_folder
from sweep.machine.import_path import find_modules_in
from sweep.machine.streams import stream_seeds, without_seed
from sweep.store import records
from sweep.store.places import place
from sweep.study.further_tests import takes_split_seed
from sweep.study.study import Study
from sweep.trial import further_tests
from sweep.trial.data_process import DataProcess
from sweep.trial.environment import environment, own_environment
from sweep.trial.keras_trial import train_keras
from sweep.trial.order import TrialOrder, files_column, first_row
from sweep.trial.outcome import Status, TrialOutcome
from sweep.trial.own_trial import train_own
from sweep.trial.process_state import Machine, begin_trial, enter_folder
from sweep.trial.program import NotSharedError, Program
from sweep.trial.streaming import TrialStream


def run_trial(order: TrialOrder, program: Program | None = None) -> TrialOutcome:
    """Return the outcome of a trial, after its record is stored; meant for a fresh process.

    Whatever the user's code raises is this trial's outcome, stored with its trace, and the other trials go on.

    Args:
        order: what to run.
        program: of a process that trains several seeds of one configuration, see `sweep.trial.program`; None otherwise.
    """
    at = time.perf_counter()
    row = first_row(order)
    record = records.Record(row, environment={"git_commit": order.git_commit})
    stages = ["session"]
    try:
        _train(order, record, stages.append, program)
        row |= files_column(record)
        row |= {"status": "ok", "error": "", "seconds.total": time.perf_counter() - at}
    except ClusterError as error:  # the trial is as good as before: it is the node that cannot run it
        return TrialOutcome(order.trial_id, Status.UNFIT, stages[-1], error=str(error))
    except NotSharedError as error:
        return TrialOutcome(order.trial_id, Status.NOT_SHARED, stages[-1], error=str(error))
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


def _train(order: TrialOrder, record: records.Record, stage: Callable[[str], None], program: Program | None) -> None:
    """Run a trial from a clean session to its metrics, and fill in its record."""
    study, row = Study.model_validate(order.study), record.trial
    keras = study.trial is None
    record.environment.update(_begun(study, order, program))
    seeds = stream_seeds(order.seed, study.hold)
    if not study.seeded:
        seeds = without_seed(seeds)

    stage("data")
    splits = open_data(study, order.data_id, seeds["split"])
    row |= {f"n_{name}": len(split) for name, split in splits.items()}
    stream = TrialStream.of(study, splits, seeds)
    if splits.tests:
        row |= further_tests.columns(splits, data.ids_of_tests(cache_folder(), order.data_id))
    if splits.stream is not None:
        row |= {"n_train": splits.stream.n if splits.stream.whole else None, "batches": splits.stream.kind}
    if keras:
        if program is not None:
            program.look_at_modules(study)
        train_keras(study, splits, seeds, order, record, stage, program, stream)
    else:
        train_own(study, splits, seeds, order, record, stage, stream)
    if stream is not None:
        row["streams"] = json.dumps(sorted(stream.asked | set(json.loads(row.get("streams", "[]")))))


def _begun(study: Study, order: TrialOrder, program: Program | None) -> dict[str, Any]:
    """Make this process ready for a trial, and return its environment, as it is stored."""
    if program is not None and program.begun is not None:
        enter_folder(order.folder)
        return program.begun
    # TensorFlow refuses random operations without a seed while it is told to be deterministic.
    determinism = bool(study.determinism and study.seeded)
    asked = study.resources
    share = min(asked.gpu, 1.0) or 1.0
    machine = Machine(asked.threads, determinism, order.gpus, share, asked.gpu_memory_mib, study.is_portable)
    find_modules_in(order.modules)
    keras = study.trial is None
    undone = begin_trial(machine, order.folder, keras=keras, backend=study.keras_backend, preload=study.preload)
    found = environment(machine) if keras else {}
    if study.preload or not keras:
        found |= own_environment(machine, study.preload, undone)
    if program is not None:
        program.begun = found
    return found


def open_data(study: Study, data_id: str, split_seed: int) -> Splits:
    """Return the trial's data from this node's cache; a node that lacks them makes them first, once for all trials.

    split_seed: of the trial; data whose function does not take it are the same for all seeds, as they were planned.

    Raises:
        ClusterError: this node sees other data than where the study was planned, or none, or has no room.
    """
    cache = cache_folder()
    try:
        return data.open_prepared(cache, data_id)
    except FileNotFoundError:
        split = split_seed if takes_split_seed(study) else 0
        try:
            with DataProcess() as process:
                process.prepare(study, split, expect=data_id)
        except InputError as error:
            raise ClusterError(
                f"Expected here the data {data_id[:16]}, as where the study was planned. Received: {error} Are they "
                "mounted or copied to this node, whole?"
            ) from error
        return data.open_prepared(cache, data_id)
