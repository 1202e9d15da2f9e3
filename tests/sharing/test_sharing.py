"""Two runs of one study: each trial is trained by one of them, and a person is told who has the rest."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import sweep
from sweep.errors import ClusterError, InputError
from sweep.running import shared_run
from sweep.running.claiming_actor import Claimant, ask, claimant_of, release
from sweep.running.options import RunOptions
from sweep.running.preparation import Ready
from sweep.running.ray_session import RaySession
from sweep.running.shared_run import SharedRun
from sweep.store import claims
from sweep.store.claims import Claims, this_process
from sweep.store.records import write_part
from sweep.trial.outcome import Status, TrialOutcome
from tests.store.recording import record, trial_id


class Other:
    """Another run, on another host, that holds trials."""

    def __init__(self, results: Path) -> None:
        self.results = results
        self.claims = Claims(results, replace(this_process(), host="node-b", pid=4711))

    def finish(self, number: int) -> None:
        """Store a trial and release it."""
        write_part(self.results, record(number))
        self.claims.release(trial_id(number))


class Rays:
    """Stands for Ray; counts how often it was started and ended."""

    def __init__(self) -> None:
        self.started = self.ended = 0

    @contextmanager
    def session(self, address: str | None, slots: int | None) -> Iterator[RaySession]:
        """Give a Ray that nobody uses."""
        self.started += 1
        try:
            yield RaySession(own=True, slots=slots)
        finally:
            self.ended += 1


@pytest.fixture
def other(tmp_path: Path) -> Other:
    """Return another run."""
    claims._offsets.clear()
    return Other(tmp_path)


@pytest.fixture
def rays() -> "Rays":
    """Return the stand-in for Ray."""
    return Rays()


@pytest.fixture
def run_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rays: "Rays") -> Callable[..., tuple[SharedRun, list[int]]]:
    """Return what makes a run whose driver trains one trial after the other, and the numbers that it trained."""

    def make(
        *, follow: bool, before: Callable[[int], None] = lambda _: None, listeners: Any = ()
    ) -> tuple[SharedRun, list[int]]:
        trained: list[int] = []

        def run_orders(_: Any, orders: list[Any], report: Any, *, owner: claims.Owner, **__: Any) -> None:
            claimant = Claimant(str(tmp_path), owner)
            for order in orders:
                before(order.number)
                elsewhere = claimant.ask(order.trial_id, order.attempt)
                if elsewhere is None:
                    trained.append(order.number)
                    write_part(tmp_path, record(order.number))
                    elsewhere = TrialOutcome(order.trial_id, Status.OK)
                    claimant.release(order.trial_id)
                report(elsewhere)
            claimant.end()

        monkeypatch.setattr(shared_run, "git_commit", lambda _: "")
        monkeypatch.setattr(shared_run, "rehearse", lambda *_: None)
        driver = ModuleType("sweep.running.driver")
        driver.run_orders = run_orders  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "sweep.running.driver", driver)
        monkeypatch.setattr("sweep.running.driver", driver, raising=False)
        monkeypatch.setattr("sweep.running.ray_session.ray_session", rays.session)
        monkeypatch.setattr(
            shared_run,
            "order_of",
            lambda one, *_: SimpleNamespace(trial_id=one.trial_id, number=one.number, attempt=0),
        )
        monkeypatch.setattr(shared_run, "import_once", lambda missing: None)
        study: Any = SimpleNamespace(task="verification", resources=SimpleNamespace(cpu=1, gpu=0))
        ready = Ready(study, _plan(4), {}, (), tmp_path)
        options = RunOptions(follow=follow, listeners=tuple(listeners))
        return SharedRun(ready, options, frozenset("c")), trained

    return make


def _plan(n: int) -> Any:
    one = SimpleNamespace(config_id="c")
    return [SimpleNamespace(trial_id=trial_id(at), number=at, configuration=one) for at in range(n)]


def test_what_another_run_trains_is_left_to_it(run_of, other, capsys) -> None:
    """The others are run; then the run says who has the rest, and ends as a cluster does that is not ready."""
    other.claims.take(trial_id(1))
    run, trained = run_of(follow=False)
    with pytest.raises(ClusterError, match=r"1 of 4 trials is being trained by process 4711 on host node-b .*--follow"):
        run.share(_plan(4))
    assert trained == [0, 2, 3]
    assert run.n_run == 3
    assert "1 of 4 trials is being trained by process 4711" in capsys.readouterr().err


def test_a_trial_is_asked_for_when_its_turn_comes(run_of, other, capsys) -> None:
    """What another run has stored or taken meanwhile is not trained again, and no failure; who has it is named once."""

    def before(number: int) -> None:
        if number == 1:
            for held in (2, 3, 4):
                other.claims.take(trial_id(held))
            other.finish(3)

    run, trained = run_of(follow=False, before=before)
    with pytest.raises(ClusterError, match="2 of 4 trials are being trained"):
        run.share(_plan(5))
    assert trained == [0, 1]
    assert run.n_run == 2
    said = capsys.readouterr().err
    assert said.count("trials of this study are being trained by process 4711 on host node-b since") == 1


def test_a_run_that_follows_waits_and_takes_over(run_of, other, monkeypatch) -> None:
    """A held trial that is stored meanwhile is done; one that is given up is trained."""
    for number in (0, 1):
        other.claims.take(trial_id(number))
    acts = [lambda: other.finish(0), lambda: other.claims.release(trial_id(1))]
    monkeypatch.setattr(shared_run.time, "sleep", lambda _: acts.pop(0)())
    run, trained = run_of(follow=True)
    run.share(_plan(3))
    assert trained == [2, 1]
    assert acts == []


def test_a_dead_run_is_taken_over_at_once(run_of, tmp_path: Path) -> None:
    """After kill -9 on the same host nothing is waited for."""
    Claims(tmp_path, replace(this_process(), born="1")).take(trial_id(0))
    run, trained = run_of(follow=False)
    run.share(_plan(2))
    assert trained == [0, 1]


def test_storage_that_is_away_hinders_no_trial(tmp_path: Path) -> None:
    """A claim that cannot be written is no reason to train nothing: the record waits for the storage."""
    (tmp_path / "claims").write_text("in the way")
    claimant = Claimant(str(tmp_path), this_process())
    assert claimant.ask(trial_id(0), 0) is None
    claimant.release(trial_id(0))
    claimant.end()


def test_a_slot_of_this_machine_claims_in_the_name_of_its_run(tmp_path: Path, other) -> None:
    """What a slot that died had claimed another slot of the run may train; what another run holds, none may."""
    run = this_process()
    died, alive = (claimant_of(run, str(tmp_path)) for _ in range(2))
    assert ask(died, trial_id(0), 0) is None
    assert ask(alive, trial_id(0), 0) is None
    other.claims.take(trial_id(1))
    assert ask(alive, trial_id(1), 0).status is Status.HELD
    release(alive, trial_id(0))
    assert claims.held(tmp_path, [trial_id(0)]) == {}
    died.end()
    alive.end()
    assert claimant_of(None, str(tmp_path)) is None


def test_a_folder_that_is_away_is_not_made_for_a_claim(tmp_path: Path) -> None:
    """What is claimed below an empty mount point would hide the share's records."""
    claimant = Claimant(str(tmp_path / "away" / "tiny"), this_process())
    assert claimant.ask(trial_id(0), 0) is None
    claimant.end()
    assert list(tmp_path.iterdir()) == []


def test_rounds_share_one_ray_which_ends_while_a_run_waits(run_of, other, rays, monkeypatch) -> None:
    """Ray starts with the first trial and serves every round; nobody holds it while nothing can be trained."""
    run, trained = run_of(follow=False)
    with run:
        assert rays.started == 0
        run.share(_plan(1))
        run.share(_plan(3)[1:])
        assert (rays.started, rays.ended) == (1, 0)
    assert (rays.started, rays.ended) == (1, 1)
    assert trained == [0, 1, 2]
    other.claims.take(trial_id(3))
    seen = []
    monkeypatch.setattr(
        shared_run.time, "sleep", lambda _: (seen.append(rays.ended), other.claims.release(trial_id(3)))
    )
    run, trained = run_of(follow=True)
    with run:
        run.share(_plan(5)[3:])
    assert trained == [4, 3]
    assert seen == [2]
    assert (rays.started, rays.ended) == (3, 3)


def test_the_claims_of_a_run_end_with_it(run_of, tmp_path: Path) -> None:
    """Whatever ends the run, no claim of it is left behind."""

    def before(number: int) -> None:
        if number == 1:
            Claims(tmp_path, run.owner).take(trial_id(1))
            raise RuntimeError("the driver dies")

    run, _ = run_of(follow=False, before=before)
    with pytest.raises(RuntimeError, match="the driver dies"), run:
        run.share(_plan(2))
    assert claims.held(tmp_path) == {}


def test_every_listener_hears_every_trial_whatever_another_raises(run_of, other, capsys) -> None:
    """One that raises is told of once, by name; held trials have not ended and are not heard of."""

    def before(number: int) -> None:
        if number == 1:
            other.claims.take(trial_id(2))

    def broken(outcome: TrialOutcome) -> None:
        raise ValueError("no such table")

    heard: list[TrialOutcome] = []
    run, trained = run_of(follow=False, before=before, listeners=[broken, heard.append])
    with pytest.raises(ClusterError), run:
        run.share(_plan(3))
    assert trained == [0, 1]
    assert [(one.trial_id, one.status) for one in heard] == [(trial_id(at), Status.OK) for at in (0, 1)]
    said = capsys.readouterr().err
    assert said.count("the listener test_every_listener") == 1
    assert f"broken failed at trial {trial_id(0)}: ValueError: no such table. The run goes on" in said


def test_a_listener_must_be_a_function() -> None:
    """A name in place of the function is told before anything is read."""
    with pytest.raises(InputError, match=r"listeners: expected functions .* Received: 'print'"):
        sweep.run("no-such-study.yaml", listeners=["print"])  # type: ignore[list-item]
