"""Models whose files need more than Keras, and a measure that shows what saving left behind; for tests."""

import random
from typing import Any

import keras
import numpy as np


class Scaled(keras.layers.Layer):  # type: ignore[misc]
    """A layer of a person's own, with settings that Keras can ask for."""

    def __init__(self, by: float = 2.0, **further: Any) -> None:
        super().__init__(**further)
        self.by = by

    def call(self, x: Any) -> Any:
        return self.by * x

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "by": self.by}


class Silent(keras.layers.Layer):  # type: ignore[misc]
    """A layer that does not say its settings."""

    def __init__(self, by: float) -> None:
        super().__init__()
        self.by = by

    def call(self, x: Any) -> Any:
        return self.by * x


def net(input_shape: tuple[int, ...], n_classes: int, *, kind: str = "plain") -> Any:
    """Return a small net with dropout; `kind` adds a layer."""
    more = {"plain": [], "own": [Scaled(0.5)], "silent": [Silent(0.5)]}[kind]
    return keras.Sequential(
        [
            keras.layers.Input(input_shape),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.3),
            *more,
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


def left_behind(model: Any, splits: Any) -> dict[str, float]:
    """Return what the generators of the process give next, and the sum of the model's weights."""
    total = sum(float(np.sum(one)) for one in model.get_weights())
    return {"python": random.random(), "numpy": float(np.random.rand()), "weights": total}  # noqa: NPY002 (that state)
