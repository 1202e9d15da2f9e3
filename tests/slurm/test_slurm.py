"""A real Slurm of two nodes on this machine: what `sweep submit` makes of a study there, and what faults cost."""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import sweep
from tests.driver.runs import DIGESTS, sweep_run
from tests.hosts.namespaces import run_on_hosts, short_folder, skip_without_namespaces

HERE = Path(__file__).parent
N_SEEDS = 30
STUDY = {
    "study": "tiny",
    "seeds": N_SEEDS,
    "data": {"use": "sweep.data:synthetic_vectors"},
    "model": {"use": "odd_models:plain", "kind": "sleeps"},  # so that the trials outlast the faults on any machine
    "train": {"epochs": 2},
}


@pytest.fixture(scope="module")
def found() -> Any:
    """What every step of `slurm_hosts.py` said and gave back, and the stored trials of its three studies."""
    skip_without_namespaces("slurmctld", "slurmd", "munged")
    with short_folder("/var/tmp") as folder:  # noqa: S108 (see there)
        (folder / "tiny.yaml").write_text(yaml.safe_dump(STUDY))
        shutil.copy(HERE.parent / "trial" / "odd_models.py", folder)
        said = run_on_hosts(HERE / "slurm_hosts.py", folder)
        trials = {name: sweep.load(folder / "results" / name).trials for name in ("tiny", "left", "right")}
        sys.stdout.write(f"{json.dumps(said['times'])}\n")  # pytest -s shows what docs/cluster.md states
        return said | {"trials": trials, "token": (folder / "token").read_text()}


pytestmark = pytest.mark.ray


def test_two_commands_at_once_make_one_job(found: Any) -> None:
    """Both end well and name the same job, whose cost one of them asked for; other settings are refused meanwhile."""
    jobs = {re.findall(r"job (\d+)|(\d+) runs", found[name]["said"])[-1] for name in ("first", "twin")}
    assert {number for pair in jobs for number in pair if number} == {"1"}
    assert [found[name]["exit_code"] for name in ("first", "twin")] == [0, 0]
    assert "cost: at most 4.00 = 2 nodes x 4 hours x 0.5" in found["first"]["said"] + found["twin"]["said"]
    assert found["other settings"]["exit_code"] == 3
    assert (
        "Received: 1, which waits or runs. Wait for its end, or end it: `scancel 1`" in found["other settings"]["said"]
    )
    stands = json.loads(found["status"]["said"])["submissions"][0]
    assert (stands["state"], stands["n_planned"]) == ("running", N_SEEDS)


def test_a_cancelled_job_and_a_lost_node_cost_no_trial_and_no_bit(found: Any, tmp_path: Path) -> None:
    """The same command goes on with what is missing; its bits are those of a run on one machine."""
    assert found["cancelled"] == "CANCELLED"
    assert found["again"]["exit_code"] == 0, found["again"]["said"]
    assert found["without a node"] == "COMPLETED"
    trials = found["trials"]["tiny"]
    assert sorted(trials["seed"][trials["status"] == "ok"]) == list(range(N_SEEDS))
    assert {name.partition(".")[0] for name in found["before"]} <= set(trials["trial_id"])
    assert f"{len(found['before'])} of {N_SEEDS} trials are stored" in found["again"]["said"]
    assert set(trials["node"]) == {"10.78.0.1", "10.78.0.2"}
    shutil.copy(HERE.parent / "trial" / "odd_models.py", tmp_path)
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(STUDY))
    few = sweep_run(tmp_path / "tiny.yaml", tmp_path / "here", "--seeds", "2")
    assert few.returncode == 0, few.stderr
    quiet = sweep.load(tmp_path / "here" / "tiny").trials.set_index("trial_id")
    ok = trials[trials["status"] == "ok"].set_index("trial_id")
    pd.testing.assert_frame_equal(ok.loc[quiet.index, DIGESTS], quiet[DIGESTS])


def test_a_job_ends_its_own_ray_alone(found: Any) -> None:
    """Of two jobs on one node, the one that was ended left the other its Ray; Slurm then started that one again."""
    assert found["down"]["exit_code"] == 0
    left = re.findall(r"submitted job (\d+)", found["left"]["said"])[-1]
    assert f"ended {left}; what is stored stays" in found["down"]["said"]
    assert found["other's Ray"] > 0
    assert found["requeued"] == "COMPLETED"
    trials = found["trials"]["right"]
    assert sorted(trials["seed"][trials["status"] == "ok"]) == list(range(12))


def test_no_log_holds_the_token(found: Any) -> None:
    """Neither what the command says nor what a job writes."""
    assert found["token"] not in json.dumps(found["logs"])
    assert all(found["token"] not in found[name]["said"] for name in ("first", "again", "down"))
