"""The plain loop of the question: one process, a fresh model for every seed and configuration."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

from benchmarks.rivals.work import DROPOUTS, answer, arguments, arrays, one_training

if __name__ == "__main__":
    folder, seeds, work = arguments()
    data = arrays(folder)
    answer([one_training(work, data, dropout, seed)["fit"] for seed in range(seeds) for dropout in DROPOUTS])
