"""What one trial takes, from a few steps of it: seconds and memory, before any trial is stored."""

import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sweep.data import open_prepared
from sweep.errors import InputError
from sweep.machine import process
from sweep.machine.folders import cache_folder, current_folder
from sweep.machine.import_path import find_modules_in
from sweep.machine.streams import stream_seeds
from sweep.study.plan import PlannedTrial
from sweep.study.study import Study
from sweep.trial import backends
from sweep.trial.building import begin_phase, build, loss_of, model_outputs
from sweep.trial.process_state import Machine, begin_trial

STEPS = 3  # timed after the first, which also traces and compiles


@dataclass(frozen=True)
class TrialCost:
    """What one trial of a configuration takes.

    seconds: if no epoch is saved by early stopping, alone on a processor. memory: bytes, the peak of its process; what
    processes share of TensorFlow (some 0.7 GB) or JAX is counted in each.
    """

    seconds: float
    memory: float


def trial_cost(planned: PlannedTrial, modules: Sequence[str]) -> TrialCost:
    """Return what a trial takes, by training some steps of it in a fresh process.

    planned: its data are prepared. modules: where the user's modules are found.

    Raises:
        InputError: the model cannot be built or trained; or the user's own function trains it, which has no steps that
            could be counted.
    """
    study = planned.configuration.study
    if own := study.trial or study.fit:
        raise InputError(
            f"--measure: expected a Keras model that Keras fits. Received: {own.use}, whose steps nobody knows. "
            "Run one seed (--seeds 1) to learn what a trial takes; it is not run again."
        )
    asked = (study, planned.data_id, stream_seeds(planned.seed, study.hold), tuple(modules), current_folder())
    outcome = process.call(_measured, asked, variables=backends.variables(study))
    if outcome.crash:
        raise InputError(f"Expected a few steps of training. The process was {outcome.crash}. {outcome.log[-500:]}")
    if isinstance(outcome.value, str):
        raise InputError(outcome.value)
    return outcome.value  # type: ignore[no-any-return]


def _measured(asked: tuple[Study, str, dict[str, int], tuple[str, ...], str]) -> TrialCost | str:
    study, data_id, seeds, modules, folder = asked
    machine = Machine(study.resources.threads, bool(study.determinism), portable=study.is_portable)
    find_modules_in(modules)
    begin_trial(machine, folder, backend=study.keras_backend)
    from sweep.trial import scoring  # imports Keras
    from sweep.trial.streaming import TrialStream
    from sweep.trial.training import batches_of

    at = _clocks()
    splits = open_prepared(cache_folder(), data_id)
    train = study.train
    try:
        model = build(study, splits, seeds)
    except InputError as error:
        return str(error)
    begin_phase(model, train, 0, loss_of(study, model, splits))
    given = model_outputs(study, model, splits)
    stream = TrialStream.of(study, splits, seeds)
    batches = batches_of(study, splits, seeds, given, stream)
    built = _since(at)
    steps = [_timed(lambda: model.train_on_batch(*batches[0])) for _ in range(STEPS + 1)]
    some_batches = range(min(STEPS, batches.steps)) if stream is not None else ()
    made = min((_timed(lambda at=at: batches[at]) for at in some_batches), default=0.0)  # type: ignore[misc]
    some = splits.dev[: scoring.SCORE_BATCH].x
    scored = [_timed(lambda: scoring.predict(model, some, given)) for _ in range(2)]
    n_epochs = (1 + train.carry_over) * sum(phase.epochs for phase in train.phases)
    tested = [*(split for _, split in splits.items()), *splits.tests.values()]
    n_scored = n_epochs * _batches(len(splits.dev)) + sum(_batches(len(split)) for split in tested)
    seconds = (
        built
        + len(train.phases) * steps[0]
        + n_epochs * batches.steps * (made + min(steps[1:]))
        + scored[0]
        + n_scored * scored[1]
    )
    return TrialCost(seconds, _peak_memory())


def _timed(function: Callable[[], Any]) -> float:
    at = _clocks()
    function()
    return _since(at)


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(at: tuple[float, float]) -> float:
    """Return the time that passed, without what other programs of a busy machine took of it."""
    return min(now - then for now, then in zip(_clocks(), at, strict=True))


def _batches(n: int) -> int:
    from sweep.trial.scoring import SCORE_BATCH

    return math.ceil(n / SCORE_BATCH)


def _peak_memory() -> float:
    """Return the largest resident size of this process so far, bytes; NaN where the system does not tell."""
    if sys.platform == "win32":
        return math.nan
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak if sys.platform == "darwin" else peak * 1024)
