"""The order of samples: every sample once an epoch, another order in each epoch, given by its stream alone."""

import pytest

from sweep.machine import process

pytestmark = pytest.mark.tensorflow


def orders_seen(_):
    """Train three epochs in this fresh process and return the order in which each epoch met the samples."""
    import keras
    import numpy as np
    import tensorflow as tf

    from sweep.trial.batches import ShuffledBatches
    from sweep.trial.compiling import compile_model
    from sweep.trial.fitting import fit

    seen = []

    class Spy(keras.layers.Layer):
        def call(self, x, training=False):
            if training:
                tf.py_function(lambda rows: seen.extend(rows.numpy()[:, 0].tolist()), [x], [])
            return x

    keras.utils.set_random_seed(0)
    x = np.repeat(np.arange(50, dtype=np.float32)[:, None], 2, axis=1)
    batches = ShuffledBatches(x, np.arange(50.0), 8, order=7)
    model = keras.Sequential([keras.layers.Input((2,)), Spy(), keras.layers.Dense(1)])
    compile_model(model, optimizer=keras.optimizers.SGD(1e-9), loss="mse")
    keep = {"monitor": "loss", "patience": None, "min_delta": 0.0, "keep_best": False}
    fit(model, batches, dict, measured=(), epochs=3, **keep)
    return [seen[start : start + 50] for start in range(0, len(seen), 50)], [
        batches.permutation(epoch).tolist() for epoch in range(3)
    ]


def test_each_epoch_meets_every_sample_once_in_another_order():
    """Three epochs of `fit` give three permutations, all different."""
    process.warm_up("sweep.trial.preload")
    epochs, said = process.call(orders_seen, None).value
    assert [sorted(epoch) for epoch in epochs] == [list(range(50))] * 3
    assert epochs[0] != epochs[1] != epochs[2] != epochs[0]
    assert epochs == said
