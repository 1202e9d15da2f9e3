"""A small study of folds from its file to its report, by one Ray."""

import json
from pathlib import Path

import pytest

import sweep
from tests.one_ray import sweep_here

pytestmark = pytest.mark.ray


def test_a_folded_study_runs_reports_and_verifies(one_ray, write_study, tmp_path: Path, monkeypatch) -> None:
    """Every fold of every seed is a trial that repeats to the bit; the report has a value a seed, of all folds."""
    study = write_study(seeds=2, grid={}, division={"folds": 3}, results=str(tmp_path))
    monkeypatch.chdir(study.parent)  # where `verify` finds the module
    planned = sweep_here("plan", study)
    assert "1 configurations x 3 folds x 2 seeds = 6 trials; 0 stored" in planned.stdout
    done = sweep_here("run", study)
    assert done.returncode == 0, done.stderr
    assert "1 configuration, 2 of 2 runs of 3 folds ok" in done.stdout
    assert "Each run is the 3 folds of one seed." in " ".join(done.stdout.split())
    results = sweep.load(tmp_path / "tiny")
    assert sorted(results.trials["hp.division.fold"]) == [0, 0, 1, 1, 2, 2]
    tested = results.scores[results.scores["split"] == "test"].groupby(["seed", "sample"], observed=True).size()
    assert (tested == 1).all()
    assert len(tested) == results.trials["n_test"].sum()
    found = sweep.estimate(results, "hter")
    assert found.this_test_set.n_seeds == 2
    assert found.new_subjects.n_subjects == 26
    verified = sweep_here("verify", tmp_path / "tiny", "--trials", "3", "--json")
    assert verified.returncode == 0, verified.stdout
    told = json.loads(verified.stdout)
    assert [trial["equal"] for trial in told["trials"]] == [True] * 3
    assert {trial["label"] for trial in told["trials"]} == {f"division.fold={fold}" for fold in range(3)}
    again = sweep_here("plan", study)
    assert "6 stored" in again.stdout
