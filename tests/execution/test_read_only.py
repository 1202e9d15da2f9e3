"""Results that cannot be written are told before anything is trained, or else before the next trial is."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import sweep
from sweep.errors import InputError
from sweep.running import shared_run
from sweep.running.claiming_actor import Claimant
from sweep.store import claims, records, store
from sweep.store.claims import this_process
from sweep.trial.outcome import Status, TrialOutcome
from sweep.trial.trial import hand_in
from tests.nodes.test_preflight import order
from tests.store.recording import record, trial_id


def _let(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", disk], check=True)


@pytest.mark.parametrize("below", [".", "parts", "claims"])
def test_results_on_a_disk_that_is_read_only_are_told_first(
    below: str, small_disk: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder, its records or its claims: one message names what cannot be written, before data are prepared."""
    disk = small_disk("300k")
    folder = tmp_path / "results" / "tiny"
    folder.mkdir(parents=True)
    place = (folder / below).absolute()
    if below == ".":
        folder.rmdir()
    place.symlink_to(disk)
    _let(disk, "ro")
    monkeypatch.setattr("sweep.running.preparation.prepare", lambda _: pytest.fail("data are prepared"))
    study = sweep.Study.model_validate(
        {"study": "tiny", "data": {"use": "sweep.data:synthetic_vectors"}, "model": {"use": "sweep.models:dense"}}
    )
    monkeypatch.setattr("sweep.running.opening.check_code", lambda _: None)
    with pytest.raises(InputError, match=rf"can be written. Received: {place}.*Read-only file system"):
        sweep.run(study, results=tmp_path / "results")


def test_a_disk_that_becomes_read_only_starts_no_trial_and_keeps_what_is_stored(
    small_disk: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is trained cannot be stored after some seconds, the next is not started, and the end is one message."""
    monkeypatch.setattr(records, "PATIENCE_WITHOUT_RIGHT", 0.2)
    disk = small_disk("1m")
    claimant = Claimant(str(disk), this_process())
    assert claimant.ask(trial_id(0), 0) is None
    records.write_part(disk, record(0))
    _let(disk, "ro")
    outcome = hand_in(order(disk), record(1), TrialOutcome(trial_id(1), Status.OK))
    assert outcome.status is Status.UNSTORED
    assert "Read-only file system" in outcome.error
    claimant.release(trial_id(0))
    answer = claimant.ask(trial_id(2), 0)
    claimant.end()
    assert answer is not None
    assert (answer.status, "Read-only file system" in answer.error) == (Status.UNSTORED, True)
    claims.remove_void(disk)
    with pytest.raises(InputError, match="Read-only file system"), shared_run.room(disk):
        store.compact(disk)
    assert store.finished(disk) == {trial_id(0): "ok"}
