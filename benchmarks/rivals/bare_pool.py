"""The bound: a bare pool of fresh forks from a server with TensorFlow imported, nothing stored, no Ray."""

import multiprocessing
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

from benchmarks.rivals.work import DROPOUTS, WORKS, answer, arguments, arrays, one_training


def train(task: tuple[str, str, float, int]) -> float:
    """Train one configuration with one seed in this fresh process, and return the seconds inside fit."""
    from pathlib import Path

    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    return one_training(WORKS[task[1]], arrays(Path(task[0])), task[2], task[3])["fit"]


if __name__ == "__main__":
    folder, seeds, _ = arguments()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tensorflow", "keras"])
    tasks = [(sys.argv[1], sys.argv[3], dropout, seed) for seed in range(seeds) for dropout in DROPOUTS]
    with context.Pool(os.cpu_count(), maxtasksperchild=1) as pool:
        answer(pool.map(train, tasks, chunksize=1))
