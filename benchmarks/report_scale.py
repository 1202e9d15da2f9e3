"""What `sweep report` costs for a large study: processor seconds and peak memory of the command, a process of its own.

    python benchmarks/report_scale.py [--trials 1000] [--scores 20000] [--configurations 20] [--folder FOLDER]

The study is made up: normal scores of 200 subjects on dev and on test, half of the scores each, through the store as
trials write it, and compacted. `--folder` keeps it for another time. The aim: 60 s and 2 GB for the study above.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from sweep.machine.hardware import processor
from sweep.metrics.verification import verification
from sweep.store import store
from sweep.store.records import Record, write_part
from sweep.study.study import Study

SUBJECTS = 200  # of each split
AIM_SECONDS, AIM_GB = 60, 2.0


def main() -> None:
    """Make the study, report it, print what it took."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--trials", type=int, default=1000)
    asked.add_argument("--scores", type=int, default=20_000)
    asked.add_argument("--configurations", type=int, default=20)
    asked.add_argument("--folder", type=Path)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch) / "scale"
        if not (folder / "study.json").exists():
            make(folder, options.configurations, options.trials // options.configurations, options.scores)
        seconds, peak = cost_of([sys.executable, "-m", "sweep", "report", str(folder)])
        page = (folder / "report" / "index.html").stat().st_size
    print(f"{processor()}, {os.cpu_count()} processors")
    print(f"{options.trials} trials of {options.scores} scores, {options.configurations} configurations")
    print(
        f"sweep report: {seconds:.1f} s of processor time (aim {AIM_SECONDS}), {peak:.2f} GB at most (aim {AIM_GB:g})"
    )
    print(f"index.html: {page / 1e6:.2f} MB")


def make(folder: Path, configurations: int, seeds: int, scores: int) -> None:
    """Store a study as its trials would, and compact it."""
    folder.mkdir(parents=True)
    names = [f"c{at:011d}" for at in range(configurations)]
    plan = [
        {"trial_id": f"{seed * configurations + at:016x}", "config_id": name, "seed": seed}
        for seed in range(seeds)
        for at, name in enumerate(names)
    ]
    study = Study.model_validate(
        {
            "study": "scale",
            "task": "verification",
            "seeds": seeds,
            "data": {"use": "sweep.data:synthetic_attack"},
            "model": {"use": "sweep.models:small_xception"},
            "hold": {"split": 0},
        }
    )
    configured = {name: {"label": f"model.width={at}", "hp": {"model.width": at}} for at, name in enumerate(names)}
    document = {
        "study": "scale",
        "task": "verification",
        "schema_version": 1,
        "resolved": study.model_dump(mode="json"),
    }
    store.write_study(folder, document | {"configurations": configured, "plan": plan})
    half = scores // 2
    of = np.random.default_rng(0)
    label = np.tile((np.arange(half) % 5 == 0).astype(float), 2)  # one genuine to four impostors
    split = np.repeat(["dev", "test"], half)
    subject = np.concatenate([of.integers(0, SUBJECTS, half), SUBJECTS + of.integers(0, SUBJECTS, half)])
    hard = of.normal(0, 0.5, 2 * SUBJECTS)[subject]
    columns = {
        "split": split,
        "sample": np.array([f"{at:06d}" for at in range(2 * half)]),
        "subject": np.array([f"s{at:04d}" for at in subject]),
        "video": np.array([f"s{at:04d}" for at in subject]),
        "label": label,
        "prediction": np.full(2 * half, np.nan),
    }
    for trial in plan:
        rng = np.random.default_rng([trial["seed"], int(str(trial["config_id"])[1:])])
        score = rng.normal(2.2 * label + hard + 0.02 * int(str(trial["config_id"])[1:]) * label)
        dev = split == "dev"
        measured = verification(label[dev], score[dev], label[~dev], score[~dev])
        threshold = measured.pop("eer_threshold")
        row = {
            "study": "scale", **trial, "attempt": 0, "status": "ok", "error": "", "data_id": "d", "code_id": "k",
            "threshold": threshold, "kept_epoch": 3, "epochs": 6, "hp": {"model.width": 1}, "metric": measured,
            "final_sha256": f"{rng.integers(2**62):064x}",
        }  # fmt: skip
        epochs = [{"epoch": float(e), "loss": 0.7 / (e + 1), "val_loss": 0.8 / (e + 1)} for e in range(6)]
        write_part(folder, Record(row, columns | {"score": score}, epochs, {"threads": 1, "determinism": True}))
    store.compact(folder)


def cost_of(command: list[str]) -> tuple[float, float]:
    """Return the processor seconds and the peak memory in GB of a command that must end well."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6


if __name__ == "__main__":
    main()
