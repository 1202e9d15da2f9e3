"""Hand-written Ray Tune: a function trainable, a grid over configurations and seeds, one processor a trial."""

import os
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import ray
from ray import tune

from benchmarks.rivals.work import DROPOUTS, Work, answer, arguments, arrays, one_training


def trainable(config: dict, data: dict, work: Work) -> None:
    """Train one configuration with one seed."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)  # one processor a trial; more would only make it slower
    tune.report(one_training(work, data, config["dropout"], config["seed"]))


if __name__ == "__main__":
    folder, seeds, work = arguments()
    ray.init(address="local", include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    tuner = tune.Tuner(
        tune.with_resources(tune.with_parameters(trainable, data=arrays(folder), work=work), {"cpu": 1}),
        param_space={"dropout": tune.grid_search(list(DROPOUTS)), "seed": tune.grid_search(list(range(seeds)))},
        run_config=tune.RunConfig(storage_path=tempfile.mkdtemp(), verbose=0),
    )
    grid = tuner.fit()
    answer([one.metrics["fit"] for one in grid if one.error is None])
    ray.shutdown()
