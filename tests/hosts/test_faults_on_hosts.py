"""A study on hosts that are namespaces of this machine: cut off, joining late, dying."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

import sweep
from tests.driver.runs import sweep_run

HERE = Path(__file__).parent
OWN = ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"]
DIGESTS = ["init_sha256", "final_sha256", "scores_sha256"]
STUDY = {
    "study": "tiny",
    "seeds": 40,
    "data": {"use": "sweep.data:synthetic_vectors"},
    "model": {"use": "sweep.models:dense_net"},
    "train": {"epochs": 2},
}


@pytest.mark.ray
def test_a_cut_a_late_and_a_dead_host_cost_no_trial_and_no_bit(tmp_path: Path) -> None:
    """Every trial is stored once as ok, with the bits of a run on one machine, and the late node had its share."""
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip("hosts are made by unshare and ip, which are not installed")
    tried = subprocess.run(
        [*OWN, "ip", "link", "add", "one", "type", "veth", "peer", "name", "two"], capture_output=True, text=True
    )
    if tried.returncode:
        pytest.skip(f"no network namespaces here: {tried.stderr.strip()}")
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(STUDY))
    temporary = Path("/tmp") / f"seedsweep-{secrets.token_hex(4)}"  # noqa: S108 (short: Ray's sockets lie below it)
    temporary.mkdir()
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    surroundings |= {"RAY_TMPDIR": str(temporary), "TMPDIR": str(temporary)}
    try:
        done = subprocess.run(
            [*OWN, sys.executable, str(HERE / "faults_on_hosts.py"), str(tmp_path)],
            env=surroundings,
            capture_output=True,
            text=True,
            timeout=1500,
        )
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
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
