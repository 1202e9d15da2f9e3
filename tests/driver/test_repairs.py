"""What is put right in Ray Tune: the order of trials without a look at all of them, and losses that end no run."""

import inspect
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from ray.air._internal import usage
from ray.air.execution._internal.actor_manager import RayActorManager
from ray.exceptions import NodeDiedError, OutOfMemoryError, RaySystemError
from ray.tune.execution.tune_controller import TuneController
from ray.tune.schedulers import FIFOScheduler

from sweep.running.repairs import InOrder, repaired


class Trial:
    """A trial as a scheduler sees it; counts how often its state was asked for."""

    PENDING, PAUSED = "PENDING", "PAUSED"
    asked = 0

    def __init__(self, at: int) -> None:
        self.at, self.state = at, "PENDING"

    @property
    def status(self) -> str:
        """Return its state."""
        Trial.asked += 1
        return self.state

    def is_finished(self) -> bool:
        """Return whether it ended."""
        Trial.asked += 1
        return self.state == "TERMINATED"


def run(scheduler: Any, n: int, slots: int, fails: set[int]) -> list[int]:
    """Return the order in which n trials start on some slots; those that fail once go to the end of Tune's list."""
    trials = [Trial(at) for at in range(n)]
    controller, started, running = SimpleNamespace(get_trials=lambda: trials), [], []
    while True:
        chosen = scheduler.choose_trial_to_run(controller)
        if chosen is not None:
            chosen.state = "RUNNING"
            started.append(chosen.at)
            running.append(chosen)
        if len(running) == slots or (chosen is None and running):
            ended = running.pop(0)
            if ended.at in fails:
                fails = fails - {ended.at}
                ended.state = "PENDING"
                trials.append(trials.pop(trials.index(ended)))
            else:
                ended.state = "TERMINATED"
        elif chosen is None:
            return started


@pytest.mark.parametrize("fails", [set(), {0}, {3, 4, 19}])
def test_trials_run_in_the_order_of_tunes_own_scheduler(fails: set[int]) -> None:
    """With and without trials that are tried again at the back of the queue, every trial has its turn, none twice."""
    ours, tunes = run(InOrder([]), 20, 3, fails), run(FIFOScheduler(), 20, 3, fails)
    assert ours == tunes
    assert sorted(ours) == sorted([*range(20), *fails])


def test_a_free_slot_is_given_the_configuration_that_it_knows() -> None:
    """Of what waits the first trial of that configuration is taken; where none waits, the first of all."""
    scheduler = InOrder(["a", "b", "a", "b", "b"])
    trials = [Trial(at) for at in range(5)]
    for trial in trials:
        trial.config = {"at": trial.at}
    controller = SimpleNamespace(get_trials=lambda: trials)
    chosen = []
    for freed in (None, None, "b", "b", "b"):
        if freed is not None:
            done = next(trial for trial in chosen if scheduler._configurations[trial.at] == freed)
            scheduler.on_trial_complete(controller, done, {})
        chosen.append(scheduler.choose_trial_to_run(controller))
        chosen[-1].state = "RUNNING"
    assert [trial.at for trial in chosen] == [0, 1, 3, 4, 2]


def test_when_few_are_left_the_longest_comes_first() -> None:
    """A slot that knows a short configuration is given the last trial of a long one, and not a short one."""
    names = ["short", "long", "short", "long", "long"]
    scheduler = InOrder(names, n_slots=2)
    trials = [Trial(at) for at in range(5)]
    for trial in trials:
        trial.config = {"at": trial.at}
    controller = SimpleNamespace(get_trials=lambda: trials)
    chosen = []
    for freed, seconds in ((None, 0.0), (None, 0.0), (1, 9.0), (0, 1.0), (3, 8.0)):
        if freed is not None:
            scheduler.on_trial_complete(controller, trials[freed], {"time_this_iter_s": seconds})
            trials[freed].state = "TERMINATED"
        chosen.append(scheduler.choose_trial_to_run(controller))
        chosen[-1].state = "RUNNING"
    assert [trial.at for trial in chosen] == [0, 1, 3, 4, 2]


def test_choosing_a_trial_does_not_cost_more_with_every_trial_that_ended() -> None:
    """Ten times the trials ask ten times the questions, where Tune's scheduler asks a hundred times."""

    def questions(n: int) -> int:
        Trial.asked = 0
        run(InOrder([]), n, 2, set())
        return Trial.asked

    assert questions(1000) < 12 * questions(100)


@pytest.mark.parametrize(("starting", "reused"), [(True, False), (False, True)])
def test_a_trial_whose_own_actor_is_starting_gets_no_used_one(
    monkeypatch: pytest.MonkeyPatch, starting: bool, reused: bool
) -> None:
    """Tune is asked only where the trial has no actor of its own yet, or one that does not start."""
    monkeypatch.setattr(TuneController, "_maybe_reuse_cached_actor", lambda self, trial: True)
    actors = SimpleNamespace(is_actor_started=lambda actor: starting)
    controller: Any = SimpleNamespace(_trial_to_actor={"trial": "its actor"}, _actor_manager=actors)
    with repaired():
        assert TuneController._maybe_reuse_cached_actor(controller, "trial") == reused
        assert TuneController._maybe_reuse_cached_actor(controller, "one without an actor")


def test_what_is_replaced_is_still_what_tune_uses() -> None:
    """Tune's own code keeps its actors by these names, asks these methods, and ends what is left by this one."""
    made = inspect.getsource(TuneController)
    for name in ("self._trial_to_actor", "self._actor_manager = RayActorManager(", "self._maybe_reuse_cached_actor("):
        assert name in made
    assert "self._actor_task_failed(" in inspect.getsource(RayActorManager)
    assert callable(RayActorManager.cleanup)
    assert callable(RayActorManager.is_actor_started)


def test_tune_imports_no_tracker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tune's own code counts callbacks by this name, and what counts them imports the integrations of trackers."""
    assert "air_usage.tag_callbacks(" in inspect.getsource(sys.modules["ray.tune.tune"])
    assert "ray.air.integrations.mlflow" in inspect.getsource(usage._count_callbacks)
    monkeypatch.setattr(usage, "_count_callbacks", lambda callbacks: pytest.fail("it counts"))
    with repaired():
        assert not usage.tag_callbacks([])


@pytest.mark.parametrize("lost", [OutOfMemoryError("low on memory"), NodeDiedError("the node died")])
def test_a_worker_that_ray_ended_is_a_lost_actor(lost: Exception) -> None:
    """Tune hears of the loss, with its reason, and goes on; without the repair it ends itself."""
    manager = RayActorManager.__new__(RayActorManager)
    manager._failed_actor_ids = set()
    manager._cleanup_actor = lambda tracked_actor: None
    told: list[str] = []
    actor = SimpleNamespace(actor_id=1, _on_error=lambda _, error: told.append(str(error)))
    task = SimpleNamespace(_tracked_actor=actor, _on_error=None)
    with pytest.raises(RuntimeError, match="unexpected exception"):
        manager._actor_task_failed(tracked_actor_task=task, exception=lost)
    with repaired():
        manager._actor_task_failed(tracked_actor_task=task, exception=lost)
        with pytest.raises(RuntimeError, match="unexpected exception"):
            manager._actor_task_failed(tracked_actor_task=task, exception=RaySystemError("a fault of Ray's own"))
    assert told == [str(lost)]
    assert RayActorManager._actor_task_failed.__module__ == RayActorManager.__module__
