"""What Ray Tune 2.60 does that would harm a study, put right for as long as a run lasts.

Private methods are replaced, hence the pinned version of Ray and the tests that guard each of them.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

from ray.air._internal import usage
from ray.air.execution._internal.actor_manager import RayActorManager
from ray.exceptions import (
    LocalRayletDiedError,
    NodeDiedError,
    OutOfMemoryError,
    RayActorError,
    RayError,
    WorkerCrashedError,
)
from ray.tune.execution.tune_controller import TuneController
from ray.tune.schedulers import FIFOScheduler

_LOST = (OutOfMemoryError, NodeDiedError, LocalRayletDiedError, WorkerCrashedError)  # what Tune does not expect
_LOOKED_AT = 64  # so many waiting trials, to find one of the configuration that a slot knows
_OUT_OF_MEMORY = "due to the node running low on memory"  # as Ray's memory monitor says it


class InOrder(FIFOScheduler):  # type: ignore[misc]
    """Runs the trials in their order, without looking at those at the front that ended.

    A slot that becomes free is given a trial of the configuration that it has just trained, where one waits: it has
    that program (`sweep.running.seeds_together`). When few are left the longest comes first, so that no slot idles
    while another begins a long one.
    """

    def __init__(self, configurations: Sequence[str], n_slots: int = 0) -> None:
        """Take the config_id of every order, by its place, and how many slots there are."""
        super().__init__()
        self._configurations = configurations
        self._few = 2 * n_slots
        self._seconds: dict[str, float] = {}  # that the last trial of a configuration took
        self._freed: deque[str] = deque()
        self._ended = 0  # so many at the front of Tune's list, which moves a trial that is tried again to its end
        self._controller: Any = None

    def on_trial_complete(self, tune_controller: Any, trial: Any, result: dict[str, Any]) -> None:
        """Note what the slot trained that is free now, and how long it took."""
        super().on_trial_complete(tune_controller, trial, result)
        trained = self._configurations[trial.config["at"]]
        self._freed.append(trained)
        self._seconds[trained] = result.get("time_this_iter_s", 0.0)

    def choose_trial_to_run(self, tune_controller: Any) -> Any:
        """Return the first trial that waits, or the first of the configuration that a free slot knows; or None."""
        self._controller = tune_controller
        trials = tune_controller.get_trials()
        while self._ended < len(trials) and trials[self._ended].is_finished():
            self._ended += 1
        waiting = (trial for trial in islice(trials, self._ended, None) if trial.status == trial.PENDING)
        if not self._freed:
            return next(waiting, None)
        known, first = self._freed.popleft(), list(islice(waiting, _LOOKED_AT))
        if len(first) <= self._few:
            return max(first, key=lambda trial: self._expected(trial, known), default=None)
        same = (trial for trial in first if self._configurations[trial.config["at"]] == known)
        return next(same, first[0] if first else None)

    def _expected(self, trial: Any, known: str) -> float:
        """Return the seconds that a trial may take; one of the configuration that the slot knows wins by a quarter."""
        name = self._configurations[trial.config["at"]]
        return self._seconds.get(name, 0.0) * (1.25 if name == known else 1.0)

    def end_actors(self) -> None:
        """End the actors that Tune leaves when Ctrl-C ends it: Ray would keep them for as long as it lives itself."""
        controller, self._controller = self._controller, None
        if controller is not None:
            with suppress(RayError):  # Ray itself is gone, and they with it
                controller._actor_manager.cleanup()


def out_of_memory(reason: str) -> bool:
    """Return whether Ray's memory monitor killed the worker: several at once, and not for what their trials hold."""
    return _OUT_OF_MEMORY in reason


@contextmanager
def repaired() -> Iterator[None]:
    """Run Tune with all repairs."""
    reuse, failed = TuneController._maybe_reuse_cached_actor, RayActorManager._actor_task_failed
    counted = usage.tag_callbacks

    def reuse_only_without_own_actor(self: Any, trial: Any) -> bool:
        """Keep Tune from handing a used actor to a trial whose own actor is starting already.

        It would cancel the new one, so that short trials end up on one slot while the others stay empty.
        """
        own = self._trial_to_actor.get(trial)
        if own is not None and self._actor_manager.is_actor_started(own):
            return False
        return bool(reuse(self, trial))

    def failed_as_an_actor(self: Any, tracked_actor_task: Any, exception: Exception) -> None:
        """Take an actor that was killed for memory, or with its node, for a lost one; Tune would end the whole run."""
        if isinstance(exception, _LOST):
            exception = RayActorError(error_msg=str(exception))
        failed(self, tracked_actor_task, exception)

    def count_no_callbacks(callbacks: Any) -> bool:
        """Count nothing: to count callbacks for its usage statistics Tune imports MLflow and W&B, if they are there."""
        return False

    TuneController._maybe_reuse_cached_actor = reuse_only_without_own_actor
    usage.tag_callbacks = count_no_callbacks
    RayActorManager._actor_task_failed = failed_as_an_actor
    try:
        yield
    finally:
        TuneController._maybe_reuse_cached_actor, RayActorManager._actor_task_failed = reuse, failed
        usage.tag_callbacks = counted
