"""What room on the heap saves a trial: one trial by the defaults of glibc, with room, and with huge pages as well.

    .venv/bin/python benchmarks/heap.py [STUDY ...]

A trial's fork server starts with 64 MB kept at the heap's top (`sweep.machine.process`).
GLIBC_TUNABLES=glibc.malloc.hugetlb=1, which a person may set, asks for huge pages. The largest example has pictures
of 96 x 96 pixels and batches of 32. Each figure is the median of three trials, taken in turn: seconds of the
processor, those of them in the kernel, peak memory.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

LARGE = {"data.image_size": 96, "model.width": 0.25, "train.epochs": 1}
TURNS = 3
SETTINGS = {"defaults": {}, "room": {}, "room, huge pages": {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}}


def timed(order):
    """Return seconds of the processor, those of them in the kernel, peak memory (MB) and the metrics in words."""
    from sweep.trial.trial import run_trial

    outcome = run_trial(order)
    assert outcome.status == "ok", outcome.error
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_stime, used.ru_maxrss / 1024, str(outcome.metrics)


def measure(name: str, setting: str) -> None:
    """Print what `timed` returns for the first trial of a study."""
    from heap import timed as importable  # by its name: the fresh process finds it there, and not in __main__

    from sweep.machine import process
    from sweep.machine.variables import quiet_environment
    from sweep.running import opening, preparation, shared_run
    from sweep.study.study import Study

    quiet_environment()
    if setting == "defaults":
        process._HEAP.clear()
    with tempfile.TemporaryDirectory() as results:
        study = Study.load(name.removesuffix(", large"), seeds=1, results=results)
        if name.endswith(", large"):
            document = study.model_dump(mode="json")
            for key, value in LARGE.items():
                group, word = key.split(".")
                document[group][word] = value
            study = Study.model_validate(document)
        (one, *_), _ = preparation.prepare(study)
        folder = opening.results_folder(study)
        (folder / "parts").mkdir(parents=True)
        process.warm_up("sweep.trial.preload")
        outcome = process.call(importable, shared_run.order_of(one, folder, str(Path.cwd()), ()))
    print(json.dumps(outcome.value))


def main(names: list[str]) -> None:
    """Print a line a study."""
    print("| one trial of | " + " | ".join(SETTINGS) + " | ratios |\n" + "|---" * (len(SETTINGS) + 2) + "|")
    for name in names:
        found = {setting: [] for setting in SETTINGS}
        for setting in list(SETTINGS) * TURNS:
            command = [sys.executable, __file__, "measure", name, setting]
            here = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent), **SETTINGS[setting]}
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=here)
            found[setting].append(json.loads(done.stdout.splitlines()[-1]))
        assert len({turn[-1] for turns in found.values() for turn in turns}) == 1, "the metrics differ"
        middle = {
            setting: [statistics.median(turn[at] for turn in turns) for at in range(3)]
            for setting, turns in found.items()
        }
        cells = [f"{seconds:.1f} s ({kernel:.1f}, {peak:.0f} MB)" for seconds, kernel, peak in middle.values()]
        ratios = [f"{middle['defaults'][0] / middle[setting][0]:.2f}" for setting in list(SETTINGS)[1:]]
        print(f"| {name} | " + " | ".join(cells) + f" | {', '.join(ratios)} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(*sys.argv[2:])
    else:
        main(sys.argv[1:] or ["transport-mode", "demo", "demo, large"])
