"""Trials a minute: the same trials by Seed Sweep and by what a person would use instead, in turns, in one run.

    python benchmarks/sweep_throughput.py [--seeds 10] [--rounds 1] [--arms ours,loop,tune,kerastuner,pool]

Every arm is a command of its own, its start-up counted. The arms stand for: Seed Sweep; the plain loop in one process;
hand-written Ray Tune; KerasTuner with `executions_per_trial`; and, as a bound, a bare pool of fresh forks that stores
nothing. "share in fit" is the time inside `fit` over wall time x processors.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import sweep
from benchmarks.rivals.work import BATCH, DROPOUTS, EPOCHS, LEARNING_RATE, WIDTH
from sweep.data import synthetic_attack

ROOT = Path(__file__).resolve().parent.parent
RIVALS = {
    "loop": ("plain loop, one process", "benchmarks.rivals.plain_loop"),
    "tune": ("hand-written Ray Tune", "benchmarks.rivals.hand_written_tune"),
    "kerastuner": ("KerasTuner", "benchmarks.rivals.keras_tuner_search"),
    "pool": ("bare pool of fresh forks", "benchmarks.rivals.bare_pool"),
}
DATA = {"subjects": [40, 20, 20], "videos": 3, "frames": 2}


def main() -> None:
    """Run the arms in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10, help="seeds for each of the two configurations")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--arms", default="ours,loop,tune,kerastuner,pool")
    chosen = parser.parse_args()
    splits = synthetic_attack(**DATA)
    with tempfile.TemporaryDirectory() as folder:
        for name, split in splits.items():
            np.save(f"{folder}/{name}_x.npy", np.asarray(split.x))
            np.save(f"{folder}/{name}_y.npy", np.asarray(split.y))
        shape = " x ".join(map(str, splits.train.x.shape))
        print(f"{2 * chosen.seeds} trials (2 configurations x {chosen.seeds} seeds), train {shape}, {EPOCHS} epochs, "
              f"width {WIDTH}, {os.cpu_count()} processors\n")  # fmt: skip
        walls: dict[str, list[float]] = {arm: [] for arm in chosen.arms.split(",")}
        fits: dict[str, list[float]] = {arm: [] for arm in walls}
        for _ in range(chosen.rounds):
            for arm in walls:
                wall, fit = ours(chosen.seeds) if arm == "ours" else rival(RIVALS[arm][1], folder, chosen.seeds)
                walls[arm].append(wall)
                fits[arm].append(fit)
                print(f"  {arm}: {wall:.1f} s", file=sys.stderr, flush=True)
    print(f"{'':28} {'wall s':>8} {'trials/min':>11} {'we are faster':>14} {'share in fit':>13}")
    for arm, seconds in walls.items():
        wall = statistics.median(seconds)
        ratio = "" if arm == "ours" or "ours" not in walls else f"{wall / statistics.median(walls['ours']):.2f} x"
        share = statistics.median(fits[arm]) / (wall * (os.cpu_count() or 1))
        name = "Seed Sweep" if arm == "ours" else RIVALS[arm][0]
        print(f"{name:28} {wall:8.1f} {2 * chosen.seeds / wall * 60:11.1f} {ratio:>14} {share:13.0%}")


def ours(seeds: int) -> tuple[float, float]:
    """Return (wall seconds, seconds inside fit) of `sweep run`, and print how full the slots were."""
    with tempfile.TemporaryDirectory() as folder:
        study = {
            "study": "throughput",
            "seeds": seeds,
            "data": {"use": "sweep.data:synthetic_attack", **DATA},
            "model": {"use": "sweep.models:small_xception", "width": WIDTH, "momentum": 0.9},
            "train": {"epochs": EPOCHS, "batch_size": BATCH, "learning_rate": LEARNING_RATE},
            "grid": {"model.dropout": list(DROPOUTS)},
        }
        file = Path(folder, "throughput.yaml")
        file.write_text(json.dumps(study))  # JSON is YAML
        command = [sys.executable, "-m", "sweep.commands.cli", "run", str(file), "--results", folder]
        at = time.perf_counter()
        subprocess.run(
            command, check=True, capture_output=True, env={**os.environ, "SEEDSWEEP_CACHE": f"{folder}/cache"}
        )
        wall = time.perf_counter() - at
        trials = sweep.load(f"{folder}/throughput").trials
    starts = np.array([np.datetime64(text[:-6]) for text in trials["started_at"]])
    busy = trials["seconds.total"].sum()
    span = ((starts - starts.min()) / np.timedelta64(1, "s") + trials["seconds.total"]).max()
    beyond = trials["seconds.total"] - trials["seconds.fit"]
    print(f"Seed Sweep: first to last trial {span:.1f} s, slots busy {busy / (span * (os.cpu_count() or 1)):.0%}; "
          f"in a trial beyond fit {beyond.median():.2f} s; start-up and report {wall - span:.1f} s")  # fmt: skip
    return wall, float(trials["seconds.fit"].sum())


def rival(module: str, folder: str, seeds: int) -> tuple[float, float]:
    """Return (wall seconds, seconds inside fit) of a rival's script; it must have trained every trial."""
    at = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", module, folder, str(seeds)], check=True, capture_output=True, text=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    wall = time.perf_counter() - at
    said = json.loads(done.stdout.strip().splitlines()[-1])
    assert said["trials"] == 2 * seeds, f"{module} trained {said['trials']} of {2 * seeds} trials"
    return wall, said["fit"]


if __name__ == "__main__":
    main()
