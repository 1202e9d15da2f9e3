"""Several rounds of orders use one Ray, and listeners hear of every trial in the driver's process."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sweep.store import store

pytestmark = pytest.mark.ray

TWO_ROUNDS = """
import json, sys
from pathlib import Path
from sweep.machine.output import output_as_errors
from sweep.machine.variables import quiet_environment
quiet_environment()
import ray
from sweep.running import driver
from sweep.running.preparation import ready
from sweep.running.ray_session import ray_session
from sweep.running.shared_run import order_of

there = ready(sys.argv[1], results=sys.argv[2])
there.folder.mkdir(parents=True)
orders = [order_of(one, there.folder, str(Path.cwd()), there.modules) for one in there.trials]
heard, nodes = [], []
with output_as_errors(), ray_session(None, 2) as found:
    for some in (orders[:2], orders[2:]):
        driver.run_orders(found, some, heard.append, cpu=1, gpu=0)
        nodes.append([node["NodeID"] for node in ray.nodes()])
ended = not ray.is_initialized()
print(json.dumps({"heard": [one.as_dict() for one in heard], "nodes": nodes, "ended": ended}))
"""

WITH_LISTENERS = """
import json, os, sys
import sweep

def broken(outcome):
    raise SystemExit(3)

heard = []
done = sweep.run(sys.argv[1], results=sys.argv[2], slots=2, listeners=[broken, lambda one: heard.append(one.as_dict())])
print(json.dumps({"heard": heard, "n_run": done.n_run, "n_failed": done.n_failed}))
"""


def said(script: str, study: Path, results: Path) -> tuple[Any, str]:
    """Return what a script prints, and its standard error; it runs in a process of its own."""
    command = [sys.executable, "-c", script, str(study), str(results)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def test_two_rounds_run_on_one_ray(write_study, tmp_path: Path) -> None:
    """The second round needs no other start; every order of both is stored, and reported with its own ids."""
    found, _ = said(TWO_ROUNDS, write_study(seeds=2), tmp_path)
    first, second = found["nodes"]
    assert first == second
    assert found["ended"]
    trials = store.trials(tmp_path / "tiny")
    assert len(trials) == 4
    heard = {(one["trial_id"], one["config_id"], one["seed"], one["status"]) for one in found["heard"]}
    assert heard == set(zip(trials["trial_id"], trials["config_id"], trials["seed"], ["ok"] * 4, strict=True))


def test_listeners_hear_of_good_and_failed_trials(write_study, tmp_path: Path) -> None:
    """Metrics are those that are stored; a listener that ends the process does not end the run."""
    found, err = said(WITH_LISTENERS, write_study(seeds=1, grid={"model.kind": ["ok", "raises"]}), tmp_path)
    assert (found["n_run"], found["n_failed"]) == (2, 1)
    assert err.count("the listener broken failed at trial") == 1
    heard = {one["status"]: one for one in found["heard"]}
    stored = store.trials(tmp_path / "tiny").set_index("status")
    assert heard["ok"]["metrics"]["eer"] == stored.loc["ok", "metric.eer"]
    assert (heard["failed"]["stage"], heard["failed"]["metrics"]) == ("fit", {})
    assert heard["failed"]["error"] == stored.loc["failed", "error"].partition("\n")[0]
