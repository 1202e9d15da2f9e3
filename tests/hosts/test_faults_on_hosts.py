"""A study on hosts that are namespaces of this machine: cut off, joining late, dying."""

import json
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

import sweep
from tests.driver.runs import DIGESTS, sweep_run
from tests.hosts.namespaces import run_on_hosts, skip_without_namespaces

HERE = Path(__file__).parent
STUDY = {
    "study": "tiny",
    "seeds": 40,
    "data": {"use": "sweep.data:synthetic_vectors"},
    "model": {"use": "odd_models:plain", "kind": "sleeps"},  # so that the trials outlast the faults on any machine
    "train": {"epochs": 2},
}


@pytest.mark.ray
@pytest.mark.thorough
def test_a_cut_a_late_and_a_dead_host_cost_no_trial_and_no_bit(tmp_path: Path) -> None:
    """Every trial is stored once as ok, with the bits of a run on one machine, and the late node had its share."""
    skip_without_namespaces()
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(STUDY))
    shutil.copy(HERE.parent / "trial" / "odd_models.py", tmp_path)
    found = run_on_hosts(HERE / "faults_on_hosts.py", tmp_path)
    assert found["exit_code"] == 0, found["said"]
    assert "do not see" in found["said"]
    trials = sweep.load(tmp_path / "results" / "tiny").trials
    assert sorted(trials["seed"][trials["status"] == "ok"]) == list(range(40))
    assert {"10.78.0.2", "10.78.0.3", "10.78.0.4"} == set(trials["node"])
    assert (tmp_path / "token").read_text() not in found["said"]
    few = sweep_run(tmp_path / "tiny.yaml", tmp_path / "here", "--seeds", "4")
    assert few.returncode == 0, few.stderr
    quiet = sweep.load(tmp_path / "here" / "tiny").trials.set_index("trial_id")
    ok = trials[trials["status"] == "ok"].set_index("trial_id")
    pd.testing.assert_frame_equal(ok.loc[quiet.index, DIGESTS], quiet[DIGESTS])
    times = {name: round(seconds, 1) for name, seconds in found.items() if isinstance(seconds, float)}
    sys.stdout.write(f"{json.dumps(times)}\n")  # pytest -s shows what docs/many-nodes.md states
