"""A Ray of one machine without daemons that no trial needs, whose workers become slots."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.ray

_PROGRAM = """\
import json, os, sys, time
from pathlib import Path
from sweep.machine.variables import quiet_environment
quiet_environment()
import ray
from ray import tune
from sweep.running.lean_ray import is_lean, lean_actors
from sweep.running.ray_session import ray_session

def daemons():
    found = []
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = one.read_bytes().replace(b"\\0", b" ").decode()
        except OSError:
            continue
        if str(ray._private.worker._global_node.get_session_dir_path()) in words or words.startswith("ray::"):
            found.append(words)
    return found

class Told(tune.Trainable):
    def step(self):
        return {"done": True, "pid": os.getpid(), "ready": "sweep.running.slot" in sys.modules,
                "fork": os.environ.get("PL_DISABLE_FORK")}

with ray_session(None, 2) as session:
    words = daemons()
    with lean_actors():
        results = tune.Tuner(Told, param_space={"at": tune.grid_search([0, 1])}).fit()
    told = [one.metrics for one in results]
    print(json.dumps({"own": session.own, "lean": is_lean(), "daemons": words,
                      "trials": [[one["ready"], one["fork"]] for one in told]}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc")
def test_a_ray_of_one_machine_starts_two_daemons_and_workers_that_become_slots(tmp_path: Path) -> None:
    """No dashboard, autoscaler, log monitor or agent; a slot's process has imported what it needs before Tune asks."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, timeout=180, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(next(line for line in done.stdout.splitlines() if line.startswith('{"own"')))
    assert told["own"]
    assert told["lean"]
    said = " ".join(word for words in told["daemons"] for word in words.split()[:4])
    assert "gcs_server" in said
    assert "raylet" in said
    for absent in ("dashboard.py", "agent.py", "monitor.py", "runtime_env/agent"):
        assert absent not in said
    assert told["trials"] == [[True, "1"], [True, "1"]]
