"""A file with a line of JSON for each trial that ended."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import sweep
from sweep.errors import InputError
from sweep.trial.outcome import Status, TrialOutcome

GOOD = TrialOutcome("a", Status.OK, "score", {"eer": 0.25, "auc": float("nan")}, config_id="c", seed=3)
BAD = TrialOutcome("b", Status.FAILED, "fit", error="fit: ValueError: 'é'", elsewhere=True, config_id="c", seed=4)


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file, one a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_trial_is_a_line_when_it_ends(tmp_path: Path) -> None:
    """The line is there as soon as the listener returns, and is JSON as every reader knows it: NaN is null."""
    file = tmp_path / "trials.jsonl"
    hear = sweep.json_lines(file)
    assert file.read_text() == ""
    hear(GOOD)
    (first,) = lines_of(file)
    age = datetime.now(UTC) - datetime.fromisoformat(first.pop("at"))
    assert timedelta(0) <= age < timedelta(minutes=5)
    plain = {"trial_id": "a", "config_id": "c", "seed": 3, "status": "ok", "stage": "score", "error": ""}
    assert first == plain | {"metrics": {"eer": 0.25, "auc": None}, "elsewhere": False}
    hear(BAD)
    second = lines_of(file)[1]
    assert (second["status"], second["error"], second["elsewhere"]) == ("failed", "fit: ValueError: 'é'", True)


def test_a_file_that_is_there_goes_on(tmp_path: Path) -> None:
    """A resumed study adds to its file; a line that was cut off stays alone and spoils no other."""
    file = tmp_path / "trials.jsonl"
    sweep.json_lines(file)(GOOD)
    file.write_text(file.read_text() + '{"at": "20')
    sweep.json_lines(file)(BAD)
    whole, torn, last = file.read_text().splitlines()
    assert json.loads(whole)["trial_id"] == "a"
    assert torn == '{"at": "20'
    assert json.loads(last)["trial_id"] == "b"


def test_the_file_stays_where_it_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path starts where the listener was made, wherever the run goes later."""
    monkeypatch.chdir(tmp_path)
    hear = sweep.json_lines("trials.jsonl")
    (tmp_path / "elsewhere").mkdir()
    os.chdir(tmp_path / "elsewhere")
    hear(GOOD)
    assert len(lines_of(tmp_path / "trials.jsonl")) == 1


def test_a_file_that_cannot_be_written_is_told_before_the_run(tmp_path: Path) -> None:
    """The folder is not made: it may be misspelt."""
    with pytest.raises(InputError, match=r"json_lines: expected a file that can be written\. Received: .*No such file"):
        sweep.json_lines(tmp_path / "nowhere" / "trials.jsonl")
    assert list(tmp_path.iterdir()) == []
