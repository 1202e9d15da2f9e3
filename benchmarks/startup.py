"""What each command costs before and beside its work: processor and wall seconds, and the slowest imports.

    python benchmarks/startup.py [--repeats 5] [--with-run]

Each command is a process of its own, run once to warm up and then `--repeats` times; medians are printed, and the
lowest processor seconds. These are user + system of the process and of those that it waited for.
`--with-run` trains the built-in demo with two seeds first (minutes), and then runs the finished study again.
"""

import argparse
import datetime
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from sweep.machine.hardware import processor

HERE = Path(__file__).resolve().parents[1]
REFERENCE = HERE / "results" / "reference"
SLOWEST = 3  # imports that a line names
_LINE = re.compile(r"import time:\s*\d+ \|\s*(\d+) \|( +)(\S+)")


def main() -> None:
    """Print a line a command."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--repeats", type=int, default=5)
    asked.add_argument("--with-run", action="store_true")
    options = asked.parse_args()
    print(f"{datetime.datetime.now(datetime.UTC):%d %B %Y}, {processor()}, {os.cpu_count()} processors")
    print(f"{'command':<20} {'processor s':>11} {'lowest':>6} {'wall s':>6}  slowest packages (s of import)")
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in commands(Path(folder), with_run=options.with_run).items():
            spent = [seconds_of(arguments) for _ in range(options.repeats + 1)][1:]
            busy, wall = ([one[at] for one in spent] for at in (0, 1))
            said = ", ".join(f"{package} {seconds:.2f}" for package, seconds in slowest_imports(arguments))
            print(f"{name:<20} {median(busy):11.2f} {min(busy):6.2f} {median(wall):6.2f}  {said}", flush=True)


def commands(folder: Path, *, with_run: bool) -> dict[str, list[str]]:
    """Return name -> arguments of Python; folder: an empty one, where copies and results may lie."""
    results = folder / "reference"
    shutil.copytree(REFERENCE, results, ignore=shutil.ignore_patterns("parts", "report"))
    dev, test = (score_file(folder / f"{split}.csv", split) for split in ("dev", "test"))
    sweep, load = ["-m", "sweep"], f"import sweep; sweep.load({str(results)!r})"
    found = {
        "python": ["-c", "pass"],
        "sweep --help": [*sweep, "--help"],
        "sweep.load": ["-c", load],
        "sweep.estimate": ["-c", f"import sweep; sweep.estimate({str(results)!r}, 'hter', 'dropout=0')"],
        "sweep metrics": [*sweep, "metrics", "--dev", str(dev), "--test", str(test)],
        "sweep compare": [*sweep, "compare", str(results)],
        "sweep report": [*sweep, "report", str(results)],
        "sweep plan": [*sweep, "plan", "demo"],
    }
    if with_run:
        found["sweep run, finished"] = [*sweep, "run", "demo", "--seeds", "2", "--results", str(folder / "runs")]
        seconds_of(found["sweep run, finished"])
    return found


def score_file(path: Path, split: str) -> Path:
    """Return a file with the scores of the reference study's first trial."""
    from sweep.store import store

    scores = store.load(REFERENCE).scores
    own = scores[(scores["trial_id"] == scores["trial_id"].iloc[0]) & (scores["split"] == split)]
    own[["label", "score", "subject"]].to_csv(path, index=False)
    return path


def seconds_of(arguments: Sequence[str]) -> tuple[float, float]:
    """Return the processor and wall seconds of a process, which must end well."""
    began, before = time.monotonic(), os.times()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = os.times()
    busy = after.children_user - before.children_user + after.children_system - before.children_system
    return busy, time.monotonic() - began


def slowest_imports(arguments: Sequence[str]) -> list[tuple[str, float]]:
    """Return the packages whose import took longest, each with what it imported itself from other packages."""
    told = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True
    ).stderr
    longest: dict[str, float] = {}
    for microseconds, _, module in _LINE.findall(told):
        package = module.partition(".")[0]
        longest[package] = max(longest.get(package, 0.0), int(microseconds) / 1e6)
    longest.pop("sweep", None)  # it imports all the others
    return sorted(longest.items(), key=lambda one: -one[1])[:SLOWEST]


if __name__ == "__main__":
    main()
