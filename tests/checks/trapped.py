"""Models and data with a trap in them, for tests; named in studies as "trapped:NAME"."""

from typing import Any

import keras
import numpy as np
from keras import layers


def settled(input_shape: tuple[int, ...], n_classes: int, *, momentum: float = 0.9, scale: float = 1.0) -> Any:
    """Return a net with BatchNormalization; momentum 0.999 does not settle, a large scale saturates the scores."""
    return keras.Sequential(
        [
            layers.Input(input_shape),
            layers.Rescaling(1.0, offset=3.0),
            layers.Dense(8, activation="relu"),
            layers.BatchNormalization(momentum=momentum),
            layers.Dense(1),
            layers.Rescaling(scale),
            layers.Activation("sigmoid"),
        ]
    )


def half_frozen(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a net whose BatchNormalization has frozen gamma and beta, but is not frozen."""
    model = settled(input_shape, n_classes)
    model.layers[2].gamma.trainable = model.layers[2].beta.trainable = False
    return model


def wrongly_in_inference(input_shape: tuple[int, ...], n_classes: int, *, freeze: bool = False) -> Any:
    """Return a net around a Functional one that was called with training=False."""
    inner = keras.Input(input_shape)
    base = keras.Model(inner, layers.BatchNormalization(momentum=0.9)(layers.Dense(8)(inner)))
    base.trainable = not freeze
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(base(inputs, training=False)))


def off_scale(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a net whose scores rank well and all lie below 0.5."""
    inputs = keras.Input(input_shape)
    x = layers.Dense(8, activation="relu")(inputs)
    return keras.Model(inputs, layers.Rescaling(0.4)(layers.Dense(1, activation="sigmoid")(x)))


def deaf(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a net whose weights are written down: no seed reaches it."""
    start = keras.initializers.RandomNormal(stddev=0.01, seed=1)
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid", kernel_initializer=start)(inputs))


def vectors(*, swapped: bool = False, dev_is_test: bool = False) -> Any:
    """Return easy vectors; test's labels may be swapped, or test be dev once more."""
    from sweep.data import synthetic_vectors

    splits = synthetic_vectors(noise=0.4 if not dev_is_test else 1.5, subjects=(12, 8, 8))
    test = splits.dev if dev_is_test else splits.test
    found = {name: {"x": one.x, "y": one.y, "subject": one.subject} for name, one in splits.items()}
    found["test"] = {"x": test.x, "y": 1 - test.y if swapped else test.y, "subject": np.char.add(test.subject, "")}
    return found


def from_outside(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a net whose function reads a file that no study names, and whose layer draws without a seed."""
    from pathlib import Path

    Path("outside.txt").read_text()
    return keras.Sequential([layers.Input(input_shape), Noise(), layers.Dense(1, activation="sigmoid")])


class Noise(layers.Layer):
    """Adds noise of no seed, drawn when it is built."""

    def build(self, input_shape: Any) -> None:
        """Draw."""
        self.noise = np.random.default_rng().normal(size=input_shape[-1]).astype("float32")

    def call(self, x: Any) -> Any:
        """Return the input with the noise."""
        return x + 0.01 * self.noise
