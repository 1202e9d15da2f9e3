"""Trials of JAX on one GPU: are repeats equal to the bit, and how many trials a minute does it give when they share it?

    .venv-jax/bin/python benchmarks/gpu.py [--size 64] [--epochs 3] [--at-once 1,2,4,8]

Without a GPU the same runs on the processor, and the first line says so. Each trial is a fresh process, as in a run,
and compiles its programs. Each number at once is measured on twice as many trials, each with a seed of its own.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from sweep.machine import process
from sweep.machine.hardware import gpus_here, processor
from sweep.machine.variables import quiet_environment
from sweep.running import preparation, shared_run
from sweep.store import records
from sweep.study.study import Study
from sweep.trial.trial import run_trial

JAX = {"KERAS_BACKEND": "jax"}
ROUNDS = 2  # of each number of trials at once


def study(size: int, epochs: int, share: float, seeds: int) -> Study:
    """Return a study of a small convolutional net on drawn faces of size x size pixels."""
    return Study.model_validate(
        {
            "study": "gpu",
            "backend": "jax",
            "data": {"use": "sweep.data:synthetic_attack", "image_size": size},
            "model": {"use": "sweep.models:small_xception", "width": 0.125},
            "train": {"epochs": epochs},
            "resources": {"gpu": share},
            "seeds": seeds,
        }
    )


def run(order: Any) -> records.Record:
    """Return the record of a trial that ran in a fresh process."""
    outcome = process.call(run_trial, order, variables=JAX)
    if outcome.crash or outcome.value.status != "ok":
        sys.exit(f"Expected a trial that ends well. Received: {outcome.crash or outcome.value.error} {outcome.log}")
    found = [records.read_part(path)[0] for path, _, _ in records.parts(Path(order.results))]
    return next(one for one in found if one.trial["trial_id"] == order.trial_id)


def bits(record: records.Record) -> tuple[Any, ...]:
    """Return what two runs of a trial are compared by."""
    return tuple(epoch["weights_sha256"] for epoch in record.epochs), record.trial["scores_sha256"]


def orders(size: int, epochs: int, at_once: int, gpu: bool, room: str) -> list[Any]:
    """Return the trials of all rounds, each with a folder of its own in `room`, on the first GPU where there is one."""
    trials, _ = preparation.prepare(study(size, epochs, 1 / at_once if gpu else 0, ROUNDS * at_once))
    made = [shared_run.order_of(one, Path(tempfile.mkdtemp(dir=room)), room, ()) for one in trials]
    return [replace(one, gpus="0" if gpu else "") for one in made]


def measure(size: int, epochs: int, at_once: Sequence[int], room: str) -> None:
    """Print whether repeats are equal, and the trials a minute for each number at once."""
    quiet_environment()
    gpu = gpus_here() > 0
    process.warm_up("sweep.trial.preload", variables=JAX)
    first = orders(size, epochs, 1, gpu, room)[0]
    found = [run(replace(first, results=tempfile.mkdtemp(dir=room))) for _ in range(3)]
    said = found[0].environment
    print(
        f"{date.today().isoformat()}, {said['gpu_model'] or f'no GPU here: {processor()}'}, jax {said['version.jax']}, "
        f"keras {said['version.keras']}; small_xception width .125, {size} x {size} pixels, {epochs} epochs"
    )
    equal = len({bits(one) for one in found}) == 1
    print(f"3 repeats of one trial are {'equal to the bit' if equal else 'NOT equal'}")
    alone = bits(found[0])
    for n in at_once:
        asked = orders(size, epochs, n, gpu, room)
        at = time.perf_counter()
        with ThreadPoolExecutor(n) as pool:
            done = list(pool.map(run, asked))
        minutes = (time.perf_counter() - at) / 60
        same = "equal to" if bits(done[0]) == alone else "OTHER than"
        print(f"{n} at once: {len(done) / minutes:.1f} trials a minute; the bits are {same} those of a trial alone")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--at-once", default="1,2,4,8")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gpu-") as room:
        measure(given.size, given.epochs, [int(number) for number in given.at_once.split(",")], room)
