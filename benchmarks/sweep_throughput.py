"""Trials a minute: the same trials by Seed Sweep and by what a person would use instead, in turns, in one run.

    python benchmarks/sweep_throughput.py [--trials short|dense|long] [--rounds 3] [--arms ours,loop,tune,...]

Every arm is a command of its own, its start-up counted. The arms stand for: Seed Sweep; the plain loop in one process;
hand-written Ray Tune; KerasTuner with `executions_per_trial`; and, as a bound, a bare pool of fresh forks that stores
nothing. Medians over the rounds. "processor s" counts every process of an arm, on Linux its daemons, too; "load" is
that of the machine when an arm began, at its highest. `--parts` shows where a trial's processor seconds go instead.
"""

import argparse
import datetime
import json
import os
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import sweep
from benchmarks.rivals.spent import Spent, spent_by
from benchmarks.rivals.work import DROPOUTS, WORKS, Work, named
from benchmarks.trial_parts import print_parts
from sweep.machine.hardware import processor

ROOT = Path(__file__).resolve().parent.parent
RIVALS = {
    "loop": ("plain loop, one process", "benchmarks.rivals.plain_loop"),
    "tune": ("hand-written Ray Tune", "benchmarks.rivals.hand_written_tune"),
    "kerastuner": ("KerasTuner", "benchmarks.rivals.keras_tuner_search"),
    "pool": ("bare pool of fresh forks", "benchmarks.rivals.bare_pool"),
}


@dataclass
class Arm:
    """What the rounds of one arm cost: each round, and the seconds inside fit."""

    rounds: list[Spent] = field(default_factory=list)
    fits: list[float] = field(default_factory=list)

    @property
    def wall(self) -> float:
        """Return the median of the wall seconds."""
        return statistics.median(one.wall for one in self.rounds)

    @property
    def processor(self) -> float:
        """Return the median of the processor seconds."""
        return statistics.median(one.processor for one in self.rounds)


def main() -> None:
    """Run the arms in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", choices=WORKS, default="short")
    parser.add_argument("--seeds", type=int, help="seeds for each of the two configurations")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--arms", default="ours,loop,tune,kerastuner,pool")
    parser.add_argument("--parts", action="store_true")
    chosen = parser.parse_args()
    work = WORKS[chosen.trials]
    seeds = chosen.seeds or work.seeds
    splits = named(work.data)(**work.data_keywords)
    shape = " x ".join(map(str, splits.train.x.shape))
    cores = os.cpu_count() or 1
    print(f"{datetime.datetime.now(datetime.UTC):%d %B %Y}, {processor()}, {cores} processors\n{2 * seeds} trials "
          f"({chosen.trials}: 2 configurations x {seeds} seeds), train {shape}, {work.epochs} epochs\n")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        if chosen.parts:
            print_parts(study_file(Path(folder), work, seeds), min(seeds, 6))
            return
        for name, split in splits.items():
            np.save(f"{folder}/{name}_x.npy", np.asarray(split.x))
            np.save(f"{folder}/{name}_y.npy", np.asarray(split.y))
        arms = {name: Arm() for name in chosen.arms.split(",")}
        for _ in range(chosen.rounds):
            for name, arm in arms.items():
                if name == "ours":
                    spent, fit = ours(work, seeds)
                else:
                    spent, fit = rival(RIVALS[name][1], folder, seeds, chosen.trials)
                arm.rounds.append(spent)
                arm.fits.append(fit)
                print(f"  {name}: {spent.wall:.1f} s", file=sys.stderr, flush=True)
    heads = f"{'':25} {'wall s':>7} {'we are faster':>14} {'processor s':>12}"
    print(f"{heads} {'we need less':>13} {'in fit':>7} {'load':>5}")
    for name, arm in arms.items():
        ratios = ("", "")
        if name != "ours" and "ours" in arms:
            ratios = (f"{arm.wall / arms['ours'].wall:.2f} x", f"{arm.processor / arms['ours'].processor:.2f} x")
        share = statistics.median(arm.fits) / (arm.wall * cores)
        load = max(one.load for one in arm.rounds)
        said = "Seed Sweep" if name == "ours" else RIVALS[name][0]
        print(
            f"{said:25} {arm.wall:7.1f} {ratios[0]:>14} {arm.processor:12.1f} {ratios[1]:>13} {share:7.0%} {load:5.1f}"
        )


def study_file(folder: Path, work: Work, seeds: int) -> Path:
    """Write the study that trains the same trials, and return its file."""
    study = {
        "study": "throughput",
        "seeds": seeds,
        "data": {"use": work.data, **work.data_keywords},
        "model": {"use": work.model, **work.model_keywords},
        "train": {"epochs": work.epochs, "batch_size": work.batch_size, "learning_rate": work.learning_rate},
        "grid": {"model.dropout": list(DROPOUTS)},
    }
    file = folder / "throughput.yaml"
    file.write_text(json.dumps(study))  # JSON is YAML
    return file


def ours(work: Work, seeds: int) -> tuple[Spent, float]:
    """Return what `sweep run` costs and the seconds inside fit, and print how full the slots were."""
    with tempfile.TemporaryDirectory() as folder:
        file = study_file(Path(folder), work, seeds)
        command = [sys.executable, "-m", "sweep.commands.cli", "run", str(file), "--results", folder]
        spent = spent_by(command, env={**os.environ, "SEEDSWEEP_CACHE": f"{folder}/cache"})
        trials = sweep.load(f"{folder}/throughput").trials
    assert len(trials) == 2 * seeds, f"{len(trials)} of {2 * seeds} trials"
    assert (trials["status"] == "ok").all(), "a trial failed"
    starts = np.array([np.datetime64(text[:-6]) for text in trials["started_at"]])
    busy = trials["seconds.total"].sum()
    span = ((starts - starts.min()) / np.timedelta64(1, "s") + trials["seconds.total"]).max()
    beyond = trials["seconds.total"] - trials["seconds.fit"]
    print(f"Seed Sweep: first to last trial {span:.1f} s, slots busy {busy / (span * (os.cpu_count() or 1)):.0%}; "
          f"in a trial beyond fit {beyond.median():.2f} s; start-up and report {spent.wall - span:.1f} s")  # fmt: skip
    return spent, float(trials["seconds.fit"].sum())


def rival(module: str, folder: str, seeds: int, kind: str) -> tuple[Spent, float]:
    """Return what a rival's script costs and the seconds inside fit; it must have trained every trial."""
    command = [sys.executable, "-m", module, folder, str(seeds), kind]
    spent = spent_by(command, cwd=str(ROOT), env={**os.environ, "PYTHONPATH": str(ROOT)})
    said = json.loads(spent.stdout.strip().splitlines()[-1])
    assert said["trials"] == 2 * seeds, f"{module} trained {said['trials']} of {2 * seeds} trials"
    return spent, said["fit"]


if __name__ == "__main__":
    main()
