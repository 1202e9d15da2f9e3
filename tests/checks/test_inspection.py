"""`sweep check` gives its findings names: of settings, data and models, before a trial is run."""

import dataclasses
from pathlib import Path

import pytest
import yaml

from sweep.forecast.inspection import inspect_study

pytestmark = pytest.mark.tensorflow
HERE = Path(__file__).parent


def check(folder, **keys):
    """Return name -> finding or caution of a study with these keys."""
    study = {"study": "trap", "data": {"use": "trapped:vectors"}, "model": {"use": "trapped:settled"}} | keys
    path = folder / "trap.yaml"
    path.write_text(yaml.safe_dump(study))
    (folder / "trapped.py").write_text((HERE / "trapped.py").read_text())
    found = inspect_study(str(path))
    assert not [one for one in found.findings if one.caution]
    return {one.name: one for one in (*found.findings, *found.cautions)}


def test_a_clean_study_has_no_finding(tmp_path):
    """Honest splits, a sound model: nothing is said but that dev and test have few people."""
    assert set(check(tmp_path)) == {"few_people"}


def test_the_traps_of_settings_data_and_model_are_named(tmp_path):
    """Patience that cannot act, dev that is test, and a Functional part whose mode is ignored."""
    found = check(
        tmp_path,
        data={"use": "trapped:vectors", "dev_is_test": True, "leakage": "allow"},
        model={"use": "trapped:wrongly_in_inference"},
        train={"epochs": 3, "early_stopping": {"patience": 9}},
    )
    assert found["never_stopped"].caution
    assert {"never_stopped", "subject_in_two_splits", "chosen_on_test", "training_false_ignored"} <= set(found)
    assert all(set(dataclasses.asdict(one)) == {"name", "severity", "evidence", "remedy"} for one in found.values())


def test_what_a_model_takes_from_outside_is_named(tmp_path, monkeypatch):
    """A file that the study does not name, and a generator of no seed: by name and place, before a trial is run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "outside.txt").write_text("1")
    found = check(tmp_path, model={"use": "trapped:from_outside"})
    assert found["unnamed_files"].evidence.endswith("(outside.txt)")
    assert "np.random.default_rng())" in found["unseeded_randomness"].evidence
