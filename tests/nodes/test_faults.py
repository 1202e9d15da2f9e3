"""A study on a cluster whose nodes, driver and storage fail: every trial counts once, with the bits of a quiet run."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest

import sweep
from tests.driver.runs import DIGESTS, parts_of, start, wait_for

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(sys.platform != "linux", reason="Ray's cluster on one machine is for Linux"),
    # Ray's own processes and sockets, which it closes when they are collected
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
FROM_FOLDER = """
from pathlib import Path
from sweep.data import synthetic_vectors

def from_folder(root):
    assert (Path(root) / "one.png").exists(), "no pictures"
    return synthetic_vectors()
"""
# Ends when the blind node is the only one with processors: the nodes of the test before have left. A process of its
# own, since that of the tests may be connected to another Ray.
JOINED = """
import ray, sys, time
ray.init(address=sys.argv[1], log_to_driver=False, logging_level="ERROR")
while not ((there := ray.cluster_resources()).get("blind") and there["CPU"] == 1):
    time.sleep(0.1)
"""


def finish(process):
    """Return the exit code and standard error of a command."""
    _, err = process.communicate(timeout=600)
    return process.returncode, err


def assert_whole(results, expected):
    """Assert that every planned trial is stored as ok once, with the bits of the quiet run; return the trials."""
    trials = sweep.load(results / "tiny").trials
    ok = trials[trials["status"] == "ok"].set_index("trial_id").sort_index()
    assert ok.index.is_unique
    pd.testing.assert_frame_equal(ok[DIGESTS], expected[DIGESTS])
    return trials


def test_a_killed_driver_and_storage_that_is_away(undisturbed, cluster, add_node, tmp_path):
    """After kill -9 of the driver the same command goes on; while the results are away their records wait."""
    study, expected = undisturbed
    add_node()
    add_node()
    process = start(study, tmp_path, "--address", cluster.address)
    wait_for(lambda: len(parts_of(tmp_path)) >= 2, 300, "two stored trials", process)
    process.kill()
    finish(process)
    stored = parts_of(tmp_path)
    assert 2 <= len(stored) < 8

    process = start(study, tmp_path, "--address", cluster.address)
    wait_for(lambda: len(parts_of(tmp_path)) >= len(stored) + 1, 300, "another trial", process)
    (tmp_path / "tiny").rename(tmp_path / "away")
    time.sleep(4)  # longer than a trial takes: both slots have a record that they cannot write
    (tmp_path / "away").rename(tmp_path / "tiny")
    code, err = finish(process)
    assert code == 0, err
    after = parts_of(tmp_path)
    assert {name: after[name] for name in stored} == stored, "a finished trial was run again"
    trials = assert_whole(tmp_path, expected)
    assert len(trials) == 8


def test_a_node_that_dies_a_node_that_joins_and_a_poisonous_trial(
    undisturbed, cluster, add_node, write_study, tmp_path
):
    """The dead node's trial runs elsewhere, the late node gets work, and trials that always die stay failed rows."""
    study, expected = undisturbed
    first = add_node(NVIDIA_TF32_OVERRIDE="1")  # stands in environments.parquet, so that the nodes can be told apart
    process = start(study, tmp_path, "--address", cluster.address)
    wait_for(lambda: len(parts_of(tmp_path)) >= 2, 300, "two stored trials", process)
    add_node(NVIDIA_TF32_OVERRIDE="0")
    cluster.remove_node(first, allow_graceful=False)
    code, err = finish(process)
    assert code == 0, err
    trials = assert_whole(tmp_path, expected)
    environments = sweep.load(tmp_path / "tiny").environments.set_index("env_id")["flag.NVIDIA_TF32_OVERRIDE"]
    assert set(trials["env_id"].map(environments)) == {"0", "1"}

    poisonous = write_study(seeds=2, grid={"model.kind": ["dies", "ok"]})
    results = tmp_path / "poisonous"
    code, err = finish(start(poisonous, results, "--address", cluster.address))
    assert code == 1, err
    by_kind = dict(tuple(sweep.load(results / "tiny").trials.groupby("hp.model.kind")))
    assert by_kind["ok"]["status"].tolist() == ["ok", "ok"]
    assert by_kind["dies"].groupby("trial_id")["attempt"].apply(list).tolist() == [[0, 1, 2]] * 2


@pytest.fixture
def blind_node(cluster, tmp_path):
    """Return a function: folder -> a node that finds another in its place, with nothing but the folder tiny in it."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("a mount of a node's own needs root and unshare")
    started = []

    def start_one(folder):
        options = ["--address", cluster.address, "--num-cpus", "1", "--resources", '{"blind": 1}', "--block"]
        command = shlex.join([sys.executable, str(Path(sys.executable).parent / "ray"), "start", *options])
        # Ray gives itself 30 s to start, which a busy machine exceeds.
        inside = f"mount -t tmpfs tmpfs {folder} && mkdir {folder}/tiny && for attempt in 1 2 3 4; do {command}; done"
        own = {**os.environ, "SEEDSWEEP_CACHE": str(tmp_path / "cache of the node")}
        words = ["unshare", "-m", "sh", "-c", inside]
        with (tmp_path / "node.log").open("wb") as log:
            started.append(subprocess.Popen(words, stdout=log, stderr=log, env=own, start_new_session=True))
        return started[-1]

    yield start_one
    for node in started:
        with suppress(ProcessLookupError):
            os.killpg(node.pid, signal.SIGTERM)  # `ray start` ends all that it started
        node.wait(240)


@pytest.mark.parametrize(
    ("hidden", "said"),
    [
        ("share", "Mount or copy it there"),
        pytest.param("share/faces", "no pictures", marks=pytest.mark.thorough),
    ],
)
def test_a_late_node_without_the_data(cluster, add_node, blind_node, write_study, tmp_path, hidden, said):
    """One message names it, and no trial is stored as failed for it: with the folder empty, and with none at all."""
    folder = tmp_path / "share" / "faces"
    folder.mkdir(parents=True)
    (folder / "one.png").touch()
    model = {"use": "odd_models:plain", "kind": "sleeps"}
    study = write_study(seeds=30, data={"use": "odd_data:from_folder", "root": str(folder)}, model=model)
    (study.parent / "odd_data.py").write_text(FROM_FOLDER)
    add_node()
    process = start(study, tmp_path, "--address", cluster.address)
    wait_for(lambda: len(parts_of(tmp_path)) >= 2, 300, "two stored trials", process)
    blind_node(tmp_path / hidden)
    code, err = finish(process)
    assert code == 3, err
    assert said in err
    assert re.search(r"[Nn]ode:? \d+\.", err), err
    assert "Traceback" not in err
    stored = sweep.load(tmp_path / "tiny").trials
    assert 2 <= len(stored) < 60
    assert (stored["status"] == "ok").all()


def test_a_node_that_does_not_see_the_results(undisturbed, cluster, blind_node, tmp_path):
    """Its records travel through Ray to the driver, which stores them; the person is told so."""
    study, expected = undisturbed
    results = tmp_path / "results"
    results.mkdir()
    node = blind_node(results)
    joining = subprocess.run(
        [sys.executable, "-c", JOINED, cluster.address], capture_output=True, text=True, timeout=300
    )
    assert joining.returncode == 0, joining.stderr + (tmp_path / "node.log").read_text()
    assert node.poll() is None, (tmp_path / "node.log").read_text()
    code, err = finish(start(study, results, "--address", cluster.address))
    assert code == 0, err
    assert "1 of 1 nodes do not see" in err
    trials = assert_whole(results, expected)
    assert len(trials) == 8
    assert sorted(path.name for path in results.glob("tiny/.driver-*")) == []


@pytest.mark.thorough
def test_a_node_whose_disk_is_full_fails_no_trial(undisturbed, cluster, add_node, small_disk, tmp_path):
    """One message names the node; no trial is stored as failed for it, and room is all that it takes to go on."""
    study, expected = undisturbed
    disk = small_disk("40k")  # too small for the decoded data
    add_node(SEEDSWEEP_CACHE=str(disk))
    code, err = finish(start(study, tmp_path, "--address", cluster.address))
    assert code == 3, err
    assert "No space left on device" in err
    assert "Node: " in err
    assert "Traceback" not in err
    assert parts_of(tmp_path) == {}
    subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True)
    code, err = finish(start(study, tmp_path, "--address", cluster.address, "--seeds", "1"))
    assert code == 0, err
    ok = sweep.load(tmp_path / "tiny").trials.set_index("trial_id")
    pd.testing.assert_frame_equal(ok[DIGESTS].sort_index(), expected[DIGESTS].loc[sorted(ok.index)])
