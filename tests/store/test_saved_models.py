"""Models beside the tables: stored with the record, found by its sha256, missed in words."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

import sweep
from sweep.errors import InputError
from sweep.store import store
from sweep.store.records import Record, keep
from sweep.store.saved_models import saved_model, without_model
from tests.store.recording import record, study_document, trial_id


def with_model(number: int, content: bytes = b"a model", **changes: Any) -> Record:
    """Return a record that brings a model."""
    found = record(number, model_sha256=hashlib.sha256(content).hexdigest(), **changes)
    found.model.append(content)
    return found


def test_the_file_comes_with_its_record_and_stays(tmp_path: Path) -> None:
    """It is found from the record and from the compacted tables, whose column only such results have."""
    keep(tmp_path, record(0))
    assert "model_sha256" not in store.trials(tmp_path)
    keep(tmp_path, with_model(1))
    store.write_study(tmp_path, study_document(range(2)))
    for _ in range(2):
        rows = sweep.load(tmp_path).trials
        assert rows["model_sha256"].notna().tolist() == (rows["trial_id"] == trial_id(1)).tolist()
        assert saved_model(tmp_path, rows, trial_id(1)) == b"a model"
        store.compact(tmp_path)
    assert [path.name for path in (tmp_path / "models").iterdir()] == [f"{trial_id(1)}.keras"]


def test_a_failed_attempt_before_is_no_hindrance(tmp_path: Path) -> None:
    """The attempt that is ok counts; of a trial that only failed there is no model."""
    keep(tmp_path, record(0, status="failed"))
    keep(tmp_path, with_model(0, attempt=1))
    keep(tmp_path, record(1, status="failed"))
    rows = store.trials(tmp_path)
    assert saved_model(tmp_path, rows, trial_id(0)) == b"a model"
    with pytest.raises(InputError, match="which failed"):
        saved_model(tmp_path, rows, trial_id(1))


def test_trials_without_a_model_are_counted_and_reasons_quoted(tmp_path: Path) -> None:
    """Those trained before `save` was asked for, and those whose model could not be saved, have a note each."""
    for one in (record(0), record(1), record(2, model_error="Expected get_config."), with_model(3)):
        keep(tmp_path, one)
    rows, every = store.trials(tmp_path), [trial_id(at) for at in range(4)]
    older, broken = without_model(rows, every)
    assert older.startswith("2 stored trials have no saved model, as ")
    assert "--results" in older
    assert broken == f"1 trial is stored without a model, as {trial_id(2)}: Expected get_config."
    assert without_model(rows, [trial_id(3)]) == []
    assert without_model(rows, []) == []
