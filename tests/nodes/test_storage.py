"""A record waits for storage that is away, for a while, and never lands beside it."""

import errno
import threading
from pathlib import Path
from typing import Any

import pytest

from sweep.running.record_relay import RecordRelay
from sweep.store import records
from sweep.trial.outcome import Status, TrialOutcome
from sweep.trial.trial import hand_in
from tests.nodes.test_preflight import order
from tests.store.recording import record


def test_a_record_waits_until_the_folder_is_back(tmp_path: Path) -> None:
    """A share that is mounted again within the patience costs nothing but the time."""
    folder = tmp_path / "results"
    back = threading.Timer(1.0, folder.mkdir)
    back.start()
    path = records.keep(folder, record(), 180)
    back.join()
    assert records.read_part(path)[0].trial["status"] == "ok"


def test_a_folder_that_stays_away_is_not_made(tmp_path: Path) -> None:
    """A record below an empty mount point would be lost when the share returns: it is an error in the end."""
    with pytest.raises(FileNotFoundError, match="folder of results is gone"):
        records.keep(tmp_path / "results", record(), 1.2)
    assert list(tmp_path.iterdir()) == []


def test_an_error_that_passes_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two failures of the storage and then a success: stored once."""
    write, errors = records.write_part, [errno.EIO, errno.ESTALE]

    def flaky(*arguments: Any) -> Any:
        if errors:
            raise OSError(errors.pop(), "the share hiccups")
        return write(*arguments)

    monkeypatch.setattr(records, "write_part", flaky)
    records.keep(tmp_path, record(), 180)
    assert len(list(records.parts(tmp_path))) == 1


def test_a_full_disk_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody makes room within two minutes without knowing that it is needed."""
    tries = []

    def full(*_: Any) -> Any:
        tries.append(1)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(records, "write_part", full)
    with pytest.raises(OSError, match="No space left"):
        records.keep(tmp_path, record(), 180)
    assert len(tries) == 1
    outcome = hand_in(order(tmp_path), record(), TrialOutcome("x", Status.OK, metrics={"eer": 0.1}))
    assert (outcome.status, outcome.metrics) == (Status.UNSTORED, {})
    assert "No space left" in outcome.error
    assert "No space left" in RecordRelay().store(str(tmp_path), record())


def test_a_trial_that_does_not_see_the_results_hands_its_record_back(tmp_path: Path) -> None:
    """Its outcome carries the record, which the driver's node stores as it would have been stored there."""
    from dataclasses import replace

    one = record()
    outcome = hand_in(replace(order(tmp_path), results=""), one, TrialOutcome("x", Status.OK))
    assert outcome.record is one
    assert RecordRelay().store(str(tmp_path), outcome.record) == ""
    ((path, _, _),) = records.parts(tmp_path)
    back, scores = records.read_part(path)
    assert back.trial["metric"] == one.trial["metric"]
    assert scores["score"].to_pylist() == one.scores["score"].tolist()
