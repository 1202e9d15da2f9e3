"""What driver and store cost a trial: 100, 1,000 and 10,000 trials that do nothing, and what a million would meet.

    .venv/bin/python benchmarks/driver_scale.py 100 1000

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

from sweep import session, store
from sweep.trial import TrialOrder

SLOTS = 2


def measure(n: int, folder: Path) -> dict[str, float]:
    """Return the costs of n trials, in this process alone."""
    session.quiet_environment()
    from sweep import driver  # imports Ray
    from sweep.slot import Work

    study = {"study": "scale", "data": {"use": "none:none"}, "model": {"use": "none:none"}}
    orders = [
        TrialOrder(f"{at:016x}", f"c{at % 10}", at, "d" * 64, "c" * 16, study, {"x": 0.5}, str(folder), str(folder), ())
        for at in range(n)
    ]
    document = {"study": "scale", "task": "verification", "resolved": {}, "configurations": {}}
    store.write_study(folder, document | {"plan": [{"trial_id": one.trial_id} for one in orders]})
    finished_at: list[float] = []
    cpu, before = _cpu(), _memory()
    driver.run_orders(
        orders,
        lambda summary: finished_at.append(time.monotonic()),
        cpu=1,
        gpu=0,
        slots=SLOTS,
        work=Work(no_op, "no_op_trial"),  # the fork server imports what a trial needs, as for a real one
    )
    found = {
        "driver_cpu_ms": 1000 * (_cpu() - cpu) / n,
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
    """Print the table, and what it means for 1,000 nodes and 1,000,000 trials."""
    columns = ("driver CPU", "wall", "driver", "files", "disk", "compact", "load", "load")
    print("| trials | " + " | ".join(columns) + " |")
    print("|   | ms a trial | ms a trial | MB | | MB | s | s | MB |\n" + "|---" * 9 + "|")
    for n in sizes:
        with tempfile.TemporaryDirectory(prefix="seedsweep-scale-") as place:
            found = _apart("measure", n, Path(place)) | _apart("load", n, Path(place))
        assert found["rows"] == n * SCORES
        print(
            f"| {n:,} | {found['driver_cpu_ms']:.1f} | {found['wall_ms']:.1f} | {found['driver_mb']:.0f} | "
            f"{found['files']:.0f} | {found['mb_on_disk']:.0f} | {found['compact_s']:.1f} | {found['load_s']:.1f} | "
            f"{found['load_mb']:.0f} |",
            flush=True,
        )
    print("\n" + estimate(sizes[-1], found))


def estimate(n: int, found: dict[str, float]) -> str:
    """Return what 1,000 nodes and 1,000,000 trials would meet, by these figures, if all of them stay linear."""
    million = 1_000_000 / n
    cpu = found["driver_cpu_ms"] / 1000
    return "\n".join(
        [
            "1,000,000 trials on 1,000 nodes of 16 slots, by the last line, if everything stays linear:",
            f"- driver: {cpu * 1_000_000 / 3600:.1f} h of one processor; it hands out {1 / cpu:.0f} trials a second, "
            f"which keeps 16,000 slots busy if a trial takes {16_000 * cpu / 60:.0f} min or more",
            f"- driver memory: {found['driver_mb'] * million / 1024:.1f} GB",
            f"- records: {found['files'] * million:,.0f} files in one folder, "
            f"{found['mb_on_disk'] * million / 1024:.0f} GB",
            f"- compaction: {found['compact_s'] * million / 60:.0f} min; loading all scores: "
            f"{found['load_s'] * million / 60:.1f} min and {found['load_mb'] * million / 1024:.0f} GB of memory",
            "First to break: the memory of whoever loads all scores at once; then the driver, if trials are shorter "
            "than said; then a folder of a million files on a network share. Divide such a study by configuration.",
        ]
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"] or sys.argv[1:2] == ["load"]:
        what, size, where = sys.argv[1:]
        answer = measure(int(size), Path(where)) if what == "measure" else load(Path(where))
        print(json.dumps(answer))
    else:
        main([int(word) for word in sys.argv[1:]] or [100, 1000])
