"""How long a cluster of Ray needs to go on: when a node joins late, and when the only node dies and another joins.

    .venv/bin/python benchmarks/recovery.py

Nodes are Ray's on this machine; trials take half a second and train nothing, so that only Ray's own times are seen.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from no_op_trial import no_op

from sweep.machine.variables import quiet_environment
from sweep.store import records
from sweep.trial.trial import TrialOrder

TRIALS, PATIENCE = 400, 300.0


def slow_no_op(order):
    """Return the outcome of a trial of half a second; its record names the node that ran it."""
    from dataclasses import replace

    time.sleep(0.5)
    return no_op(replace(order, node=os.environ["BENCH_NODE"]))


def drive(address: str, folder: str) -> None:
    """Run the trials on the cluster, as `sweep run --address` does."""
    quiet_environment()
    from recovery import slow_no_op as importable  # by its name: a worker finds it there, and not in __main__

    from sweep.running import driver
    from sweep.running.ray_session import ray_session
    from sweep.running.slot import Work

    study = {"study": "x", "data": {"use": "sweep.data:synthetic_vectors"}, "model": {"use": "sweep.models:dense_net"}}
    orders = [
        TrialOrder(f"{at:016x}", "c", at, "d" * 64, "c" * 16, study, {}, folder, folder, ()) for at in range(TRIALS)
    ]
    with ray_session(address, None) as there:
        driver.run_orders(there, orders, lambda _: None, cpu=1, gpu=0, work=Work(importable, "no_op_trial"))


def main() -> None:
    """Print the times as a table."""
    from ray.cluster_utils import Cluster

    here = str(Path(__file__).resolve().parent)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    with tempfile.TemporaryDirectory(prefix="seedsweep-recovery-") as folder:
        first = cluster.add_node(num_cpus=1, env_vars={"BENCH_NODE": "first"})
        command = [sys.executable, __file__, cluster.address, folder]
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # Ray tells of each death
        try:
            started = time.monotonic()
            _wait(Path(folder), "first", run)
            print("| what | seconds |\n|---|---|")
            print(f"| from the command to the first record | {time.monotonic() - started:.1f} |")
            second = cluster.add_node(num_cpus=1, env_vars={"BENCH_NODE": "second"})
            joined = time.monotonic()
            _wait(Path(folder), "second", run)
            print(f"| from a late node's joining to its first record | {time.monotonic() - joined:.1f} |", flush=True)
            cluster.remove_node(first, allow_graceful=False)
            cluster.remove_node(second, allow_graceful=False)
            died = time.monotonic()
            cluster.add_node(num_cpus=1, env_vars={"BENCH_NODE": "third"})
            _wait(Path(folder), "third", run)
            print(f"| from the death of all nodes, one joining, to its first record | {time.monotonic() - died:.1f} |")
        finally:
            run.kill()
            run.wait()
            cluster.shutdown()


def _wait(folder: Path, node: str, run: "subprocess.Popen[bytes]") -> None:
    """Return when a record of that node is stored."""
    seen: set[Path] = set()
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and run.poll() is None:
        for path, _, _ in records.parts(folder):
            if path not in seen:
                seen.add(path)
                if records.read_part(path)[0].trial["node"] == node:
                    return
        time.sleep(0.05)
    raise SystemExit(f"no record of the {node} node within {PATIENCE:.0f} s")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        drive(*sys.argv[1:])
    else:
        main()
