"""The order of samples: every sample once an epoch, another order in each epoch, given by its stream alone."""

import pytest

from sweep import process

pytestmark = pytest.mark.tensorflow


def orders_seen(_):
    """Train three epochs in this fresh process and return the order in which each epoch met the samples."""
    import keras
    import numpy as np

    from sweep import training

    seen = []

    class Spy(training.ShuffledBatches):
        def __getitem__(self, index):
            batch = super().__getitem__(index)
            seen[-1].extend(batch[1].tolist())
            return batch

        def begin_epoch(self, epoch):
            super().begin_epoch(epoch)
            seen.append([])

    keras.utils.set_random_seed(0)
    x = np.zeros((50, 2), np.float32)
    batches = Spy(x, np.arange(50.0), 8, order=7)
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    training.compile_model(model, optimizer="sgd", learning_rate=1e-6, loss="mse")
    keep = {"monitor": "loss", "patience": None, "min_delta": 0.0, "keep_best": False}
    training.fit(model, batches, dict, measured=(), epochs=3, **keep)
    return seen[-3:]


def test_each_epoch_meets_every_sample_once_in_another_order():
    """Three epochs of `fit` give three permutations, all different."""
    process.warm_up("sweep.preload")
    epochs = process.call(orders_seen, None).value
    assert [sorted(epoch) for epoch in epochs] == [list(map(float, range(50)))] * 3
    assert epochs[0] != epochs[1] != epochs[2] != epochs[0]
