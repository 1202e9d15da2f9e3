"""What becomes of trials whose workers were lost: tried again, later and alone where memory ran out, or failed."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sweep.errors import ClusterError, InputError
from sweep.running import driver
from sweep.running.tune_result import to_tune
from sweep.trial.outcome import Status, TrialOutcome

MEMORY = (
    "2 worker(s) were killed due to the node running low on memory. Memory on the node was 4 GB\nOOM kill reason: 95 %"
)
NODE = "The actor died because its node has died. Some common causes include: none"


class Lost:
    """A run of three trials, and what became of them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.stored = folder, []
        self.reported: list[TrialOutcome] = []
        orders: Any = [SimpleNamespace(trial_id=str(at), config_id="c", seed=at) for at in range(3)]
        self.watcher = driver._Watcher(orders, self.reported.append)
        monkeypatch.setattr(driver, "store_crash", self._store)

    def _store(self, order: Any, how: str, log: str) -> TrialOutcome:
        self.stored.append((int(order.trial_id), how))
        return TrialOutcome(order.trial_id, Status.FAILED, "crash", error=how)

    def lose(self, at: int, *reasons: str) -> None:
        """Let Tune give up a trial whose workers were lost for these reasons, one after the other."""
        text = "".join(f"Failure # {n} (occurred at 12:00)\n{reason}\n" for n, reason in enumerate(reasons, 1))
        (self.folder / "error.txt").write_text(text)
        trial = SimpleNamespace(config={"at": at}, error_file=str(self.folder / "error.txt"), num_failures=len(reasons))
        self.watcher.on_trial_error(0, [], trial)


@pytest.fixture
def lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lost:
    """Return a run that loses workers."""
    return Lost(tmp_path, monkeypatch)


def test_three_lost_workers_are_a_failed_row(lost: Lost) -> None:
    """The row says why, without Ray's advice; one loss at which Tune gave up is tried again, at most twice."""
    lost.lose(0, NODE, NODE, NODE)
    assert lost.stored == [(0, "lost with its worker, 3 times: The actor died because its node has died.")]
    for n in (1, 2):
        lost.lose(1, NODE)
        assert len(lost.stored) == 1, n
    lost.lose(1, NODE)
    assert [at for at, _ in lost.stored] == [0, 1]
    assert lost.watcher.heard == {0, 1}


@pytest.mark.parametrize("reasons", [(MEMORY,), (MEMORY, MEMORY, MEMORY), (MEMORY, MEMORY, NODE), (NODE, MEMORY, NODE)])
def test_memory_that_another_may_have_eaten_is_no_failure(lost: Lost, reasons: tuple[str, ...]) -> None:
    """Whoever was killed for memory among others waits for a turn of its own."""
    lost.lose(2, *reasons)
    assert lost.stored == []
    assert lost.watcher.starved == {2}
    assert lost.watcher.heard == set()


def test_memory_that_runs_out_alone_is_a_failure(lost: Lost) -> None:
    """Alone, one kill for memory is enough; another loss is tried again."""
    lost.watcher.alone = True
    lost.lose(0, NODE)
    assert lost.stored == []
    lost.lose(0, MEMORY)
    ((at, how),) = lost.stored
    assert at == 0
    assert how.startswith("lost with its worker, when it ran alone, too: 2 worker(s) were killed due to the node")
    assert how.endswith("running low on memory.")


def test_a_loss_without_a_reason_is_said_so(lost: Lost) -> None:
    """Where Tune wrote nothing, nothing is made up."""
    trial = SimpleNamespace(config={"at": 0}, error_file=None, num_failures=3)
    lost.watcher.on_trial_error(0, [], trial)
    assert lost.stored == [(0, "lost with its worker, 3 times: no reason was given")]


def test_an_outcome_comes_through_tune_as_it_was(lost: Lost) -> None:
    """Tune carries a dictionary with ids of its own in it; the driver reports the outcome, with the order's ids."""
    sent = TrialOutcome("1", Status.OK, "score", {"eer": 0.25}, elsewhere=True)
    result = to_tune(sent) | {"trial_id": "ab_00000", "training_iteration": 1}
    assert result["done"] is True
    lost.watcher.on_trial_result(1, [], SimpleNamespace(config={"at": 1}), result)
    held = to_tune(TrialOutcome("2", Status.HELD, holder="process 7", elsewhere=True))
    lost.watcher.on_trial_result(1, [], SimpleNamespace(config={"at": 2}), held)
    lost.lose(0, NODE, NODE, NODE)
    assert lost.reported[0] == replace(sent, config_id="c", seed=1)
    assert (lost.reported[1].status, lost.reported[1].holder) == (Status.HELD, "process 7")
    assert (lost.reported[2].status, lost.reported[2].stage, lost.reported[2].seed) == (Status.FAILED, "crash", 0)
    assert lost.watcher.fatal is None


@pytest.mark.parametrize(("status", "kind"), [(Status.UNSTORED, InputError), (Status.UNFIT, ClusterError)])
def test_what_cannot_be_stored_or_run_ends_the_run(lost: Lost, status: Status, kind: type) -> None:
    """No further trial is started: the results cannot be written, or this node cannot run the study."""
    bad = to_tune(TrialOutcome("1", status, error="No space left."))
    lost.watcher.on_trial_result(1, [], SimpleNamespace(config={"at": 1}), bad)
    assert isinstance(lost.watcher.fatal, kind)
    assert "No space left." in str(lost.watcher.fatal)
    assert lost.watcher.stop_all()
