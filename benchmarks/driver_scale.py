"""What driver and store cost a trial: 100, 1,000 and 10,000 trials that do nothing, and what a million would meet.

    .venv/bin/python benchmarks/driver_scale.py 100 1000 10000

Every trial is a fresh process without TensorFlow that stores a record of 1,000 scores; two slots on this machine.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from no_op_trial import SCORES, no_op

from sweep.machine.variables import quiet_environment
from sweep.store import claims, store
from sweep.trial.trial import TrialOrder

SLOTS = 2


def measure(n: int, folder: Path) -> dict[str, float]:
    """Return the costs of n trials, in this process alone."""
    quiet_environment()
    from sweep.running import driver  # imports Ray
    from sweep.running.ray_session import ray_session
    from sweep.running.slot import Work

    study = {"study": "scale", "data": {"use": "none:none"}, "model": {"use": "none:none"}}
    orders = [
        TrialOrder(f"{at:016x}", f"c{at % 10}", at, "d" * 64, "c" * 16, study, {"x": 0.5}, str(folder), str(folder), ())
        for at in range(n)
    ]
    document = {"study": "scale", "task": "verification", "resolved": {}, "configurations": {}}
    store.write_study(folder, document | {"plan": [{"trial_id": order.trial_id} for order in orders]})
    finished_at: list[float] = []
    cpu, before = _cpu(), _memory()
    with ray_session(None, SLOTS) as there:
        driver.run_orders(
            there,
            orders,
            lambda _: finished_at.append(time.monotonic()),
            cpu=1,
            gpu=0,
            work=Work(no_op, "no_op_trial"),  # the fork server imports what a trial needs, as for a real one
            owner=claims.this_process(),
        )
    found = {
        "driver_cpu_s": _cpu() - cpu,
        "wall_ms": 1000 * (finished_at[-1] - finished_at[0]) / (n - 1),
        "driver_mb": _memory() - before,
    }
    found["files"] = sum(len(names) for _, _, names in os.walk(folder))
    found["mb_on_disk"] = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
    at = time.monotonic()
    notes = store.compact(folder)
    found["compact_s"] = time.monotonic() - at
    assert not notes, notes
    return found


def load(folder: Path) -> dict[str, float]:
    """Return the cost of loading what was compacted."""
    before, at = _memory(), time.monotonic()
    results = store.load(folder)
    seconds = time.monotonic() - at
    return {"load_s": seconds, "load_mb": _memory() - before, "rows": len(results.scores)}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _apart(what: str, n: int, folder: Path) -> dict[str, float]:
    """Return what a process of its own measures, so that the peaks of memory are its own."""
    here = str(Path(__file__).resolve().parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))}
    command = [sys.executable, __file__, what, str(n), str(folder)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main(sizes: list[int]) -> None:
    """Print the table, and what the growth between its last two lines means for 1,000 nodes and 1,000,000 trials."""
    measured: list[dict[str, float]] = []
    columns = ("driver CPU", "wall", "driver", "files", "disk", "compact", "load", "load")
    print("| trials | " + " | ".join(columns) + " |")
    print("|   | ms a trial | ms a trial | MB | | MB | s | s | MB |\n" + "|---" * 9 + "|")
    for n in sizes:
        with tempfile.TemporaryDirectory(prefix="seedsweep-scale-") as place:
            found = _apart("measure", n, Path(place)) | _apart("load", n, Path(place))
        assert found["rows"] == n * SCORES
        measured.append(found | {"trials": n})
        print(
            f"| {n:,} | {1000 * found['driver_cpu_s'] / n:.1f} | {found['wall_ms']:.1f} | {found['driver_mb']:.0f} | "
            f"{found['files']:.0f} | {found['mb_on_disk']:.0f} | {found['compact_s']:.1f} | {found['load_s']:.1f} | "
            f"{found['load_mb']:.0f} |",
            flush=True,
        )
    if len(measured) > 1:
        print("\n" + estimate(measured[-2], measured[-1]))


def estimate(small: dict[str, float], large: dict[str, float]) -> str:
    """Return what 1,000 nodes and 1,000,000 trials would meet, if all grows as between these two sizes."""
    more = large["trials"] - small["trials"]

    def of_a_million(name: str, unit: float = 1.0) -> float:
        return 1_000_000 * (large[name] - small[name]) / more / unit

    cpu = (large["driver_cpu_s"] - small["driver_cpu_s"]) / more
    return "\n".join(
        [
            "1,000,000 trials on 1,000 nodes of 16 slots, if all grows as between the last two lines:",
            f"- driver: {1000 * cpu:.1f} ms of one processor a trial, {cpu * 1_000_000 / 3600:.1f} h in all; "
            f"16,000 slots stay busy if a trial takes {16_000 * cpu / 60:.0f} min or more",
            f"- driver memory: {of_a_million('driver_mb', 1024):.0f} GB",
            f"- records: {of_a_million('files'):,.0f} files in one folder, {of_a_million('mb_on_disk', 1024):.0f} GB",
            f"- compaction: {of_a_million('compact_s', 60):.0f} min; loading all scores: "
            f"{of_a_million('load_s', 60):.1f} min and {of_a_million('load_mb', 1024):.0f} GB of memory",
        ]
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"] or sys.argv[1:2] == ["load"]:
        what, size, where = sys.argv[1:]
        answer = measure(int(size), Path(where)) if what == "measure" else load(Path(where))
        print(json.dumps(answer))
    else:
        main([int(word) for word in sys.argv[1:]] or [100, 1000])
