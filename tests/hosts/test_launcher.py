"""A study on three machines of one's own: made a cluster by SSH, with the head lost and started again."""

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

HERE, ROOT = Path(__file__).parent, Path(__file__).resolve().parents[2]
STUDY = {
    "study": "tiny",
    "seeds": 48,
    "data": {"use": "sweep.data:synthetic_vectors"},
    "model": {"use": "odd_models:plain", "kind": "sleeps"},
    "train": {"epochs": 2},
}


@pytest.mark.ray
@pytest.mark.thorough
def test_a_cluster_by_ssh_runs_a_study_and_outlives_the_loss_of_its_head(tmp_path: Path) -> None:
    """`--up` makes a cluster; when its head is lost, `--up` again goes on; what was brought home is not run again."""
    skip_without_namespaces("sshd", "ssh", "ssh-keygen", "rsync", "nsenter")
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(STUDY))
    shutil.copy(HERE.parent / "trial" / "odd_models.py", tmp_path)
    shutil.copy(ROOT / "cluster" / "on-prem.yaml", tmp_path / "template.yaml")
    shutil.copy(ROOT / "locks" / "requirements.lock", tmp_path)
    found = run_on_hosts(HERE / "launched_hosts.py", tmp_path)
    said = "\n".join(step["said"] for step in found.values() if isinstance(step, dict))
    assert found["up"]["exit_code"] == 0, said
    assert found["left"]["exit_code"] == 130, said
    assert found["again"]["exit_code"] == 0, said
    assert found["token"] not in said
    before = found["home_before"]
    assert 0 < len(before) < 48, said
    assert f"{len(before)} of 48 trials are stored; starting Ray for the rest" in found["again"]["said"]
    assert "48 of 48 trials" in found["status"]["said"]
    trials = sweep.load(tmp_path / "results" / "tiny").trials
    assert sorted(trials["seed"]) == list(range(48))
    assert set(trials["status"]) == {"ok"}
    assert set(trials["node"]) == {"10.78.0.1", "10.78.0.2", "10.78.0.3"}
    assert found["down"]["exit_code"] == 0, said
    few = sweep_run(tmp_path / "tiny.yaml", tmp_path / "here", "--seeds", "3")
    assert few.returncode == 0, few.stderr
    quiet = sweep.load(tmp_path / "here" / "tiny").trials.set_index("trial_id")
    pd.testing.assert_frame_equal(trials.set_index("trial_id").loc[quiet.index, DIGESTS], quiet[DIGESTS])
    times = {name: round(seconds, 1) for name, seconds in found.items() if name.startswith("seconds")}
    sys.stdout.write(f"{json.dumps(times)}\n")  # pytest -s shows what docs/many-nodes.md states
