"""Trials a minute by slots and by number of trials, and the memory that a run keeps: small dense nets on vectors.

    python benchmarks/scaling.py [--slots 1,2] [--trials 20,200,2000]

Each line is a `sweep run` of its own with its start-up and report counted. "memory" is what all processes of a run hold
for themselves (private pages) at their most, in the first 20 trials and in the last 20; the difference is what trials
leave behind.
"""

import argparse
import datetime
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.rivals.work import WORKS
from benchmarks.sweep_throughput import study_file
from sweep.machine.hardware import processor, usable_processors

_EACH = 20  # trials at the beginning, and at the end, whose memory is compared
_PAUSE = 2.0  # seconds between two looks at the processes


def main() -> None:
    """Print a line for each number of slots and trials."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--slots", default="1,2")
    parser.add_argument("--trials", default="20,200,2000")
    chosen = parser.parse_args()
    print(f"{datetime.datetime.now(datetime.UTC):%d %B %Y}, {processor()}, {usable_processors()} processors\n")
    print(f"{'slots':>5} {'trials':>7} {'minutes':>8} {'trials a minute':>16} {'MB first, last':>26} {'load':>5}")
    for slots in map(int, chosen.slots.split(",")):
        for trials in map(int, chosen.trials.split(",")):
            load = os.getloadavg()[0]
            seconds, first, last = run(slots, trials)
            rate = 60 * trials / seconds
            told = f"{first / 2**20:.0f}, {last / 2**20:.0f}"
            print(f"{slots:5} {trials:7} {seconds / 60:8.2f} {rate:16.1f} {told:>26} {load:5.1f}", flush=True)


def run(slots: int, trials: int) -> tuple[float, float, float]:
    """Return the seconds of a run, and the most bytes that its processes held in its first and last trials."""
    with tempfile.TemporaryDirectory() as folder:
        file = study_file(Path(folder), WORKS["dense"], trials // 2)
        words = [sys.executable, "-m", "sweep", "run", str(file), "--results", folder, "--slots", str(slots)]
        at = time.perf_counter()
        with subprocess.Popen(
            words,
            env={**os.environ, "SEEDSWEEP_CACHE": f"{folder}/cache"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            looks: list[tuple[int, float]] = []
            ended = threading.Event()
            parts = Path(folder) / "throughput" / "parts"
            watcher = threading.Thread(target=_watch, args=(process.pid, parts, looks, ended))
            watcher.start()
            said = process.communicate()[1]
            ended.set()
            watcher.join()
        if process.returncode:
            raise SystemExit(said)
        seconds = time.perf_counter() - at
    first = max((size for done, size in looks if 0 < done <= _EACH), default=0.0)
    last = max((size for done, size in looks if done > trials - _EACH), default=0.0)
    return seconds, first, last


def _watch(pid: int, parts: Path, looks: list[tuple[int, float]], ended: threading.Event) -> None:
    while not ended.wait(_PAUSE):
        try:
            root = psutil.Process(pid)
            sizes = [_private(one) for one in (root, *root.children(recursive=True))]
        except psutil.Error:
            continue
        done = sum(1 for one in parts.glob("*.parquet")) if parts.is_dir() else 0
        looks.append((done, sum(sizes)))


def _private(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().uss)
    except psutil.Error:
        return 0.0


if __name__ == "__main__":
    main()
