"""The loops that people ask about, as functions without arguments; each is also run as a script in the tests."""

import keras
import numpy as np

EPOCHS = 2


def data(rng=None):
    """Return a few samples, from NumPy's global generator if none is given."""
    x = np.random.normal(size=(24, 3)) if rng is None else rng.normal(size=(24, 3))  # noqa: NPY002
    return x.astype("float32"), (x.sum(axis=1) > 0).astype("float32")


def compiled():
    """Return a small compiled model."""
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model


def train(model, x, y):
    """Train a model."""
    model.fit(x, y, epochs=EPOCHS, batch_size=8, verbose=0)


def model_inside():
    """Train three models, each seeded and made anew: the right loop."""
    for _ in range(3):
        keras.utils.set_random_seed(7)
        train(compiled(), *data(np.random.default_rng(1)))


def model_outside():
    """Train one model three times, although each time is seeded: the loop of the question."""
    keras.utils.set_random_seed(7)
    model = compiled()
    for _ in range(3):
        keras.utils.set_random_seed(7)
        train(model, *data(np.random.default_rng(1)))


def unseeded():
    """Train without any seed on the same data."""
    train(compiled(), *data(np.random.default_rng(1)))


def numpy_in_data():
    """Seed nothing but Keras's own draws, and take the data from np.random."""
    import random

    import tensorflow as tf

    x, y = data()
    random.seed(3)
    tf.random.set_seed(3)
    train(compiled(), x, y)


def own_generator():
    """Seed everything that Keras seeds, but draw the data from a generator without a seed."""
    keras.utils.set_random_seed(7)
    train(compiled(), *data(np.random.default_rng()))
