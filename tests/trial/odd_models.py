"""Models that a user might bring by mistake, for tests; named in studies as "odd_models:NAME"."""

import multiprocessing
import os
import signal
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np

_eaten: list[Any] = []


def plain(input_shape: tuple[int, ...], n_classes: int, *, dropout: float = 0.0, kind: str = "ok") -> Any:
    """Return a small net; `kind` makes its training end badly."""
    _die_once()
    layers = [
        keras.layers.Input(input_shape),
        keras.layers.GaussianNoise(0.1),
        keras.layers.Dense(8, activation="relu"),
        keras.layers.Dropout(dropout),
    ]
    if kind == "nan":
        layers.append(keras.layers.Lambda(lambda x: x / 0.0 - x / 0.0))
    if kind == "dies":
        layers.append(_OnCall(lambda: os.kill(os.getpid(), signal.SIGKILL)))
    if kind == "raises":
        layers.append(_OnCall(_raise))
    if kind == "hungry":
        layers.append(_OnCall(lambda: _eaten.append(np.ones(2**30))))  # 8 GiB
    if kind == "sleeps":
        time.sleep(1.5)
    return keras.Sequential([*layers, keras.layers.Dense(1, activation="sigmoid")])


def _die_once() -> None:
    """Kill the trial's process where ODD_DIE_ONCE names a file that is there, and take the file away."""
    marker = os.environ.get("ODD_DIE_ONCE")
    if marker and multiprocessing.parent_process() is not None:
        try:
            Path(marker).unlink()
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


def noisy(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a net with a layer for every stream."""
    return keras.Sequential(
        [
            keras.layers.Input(input_shape),
            keras.layers.Reshape((*input_shape, 1, 1)),
            keras.layers.RandomFlip("vertical"),
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


def draws_from_numpy(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a net whose first weights come from NumPy's global generator."""
    model = plain(input_shape, n_classes)
    model.set_weights([np.random.normal(size=weights.shape) for weights in model.get_weights()])  # noqa: NPY002
    return model


def raises(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Raise while building."""
    raise ZeroDivisionError("no such width")


def no_model(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return something else than a model."""
    return "a model"


def three_outputs(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a model whose outputs do not fit verification."""
    return keras.Sequential([keras.layers.Input(input_shape), keras.layers.Dense(3, activation="softmax")])


class _OnCall(keras.layers.Layer):  # type: ignore[misc]
    def __init__(self, act: Any) -> None:
        super().__init__()
        self._act = act

    def call(self, x: Any, training: bool = False) -> Any:
        if training:
            self._act()
        return x


def _raise() -> None:
    raise ValueError("a fault in the training step")


class Subclassed(keras.Model):  # type: ignore[misc]
    """A model written as a subclass."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = keras.layers.Dense(8, activation="relu")
        self.drop = keras.layers.Dropout(0.3)
        self.last = keras.layers.Dense(1, activation="sigmoid")

    def call(self, x: Any, training: bool = False) -> Any:
        return self.last(self.drop(self.hidden(x), training=training))


def subclassed(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a subclassed model."""
    return Subclassed()


def exits(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Leave Python while building."""
    raise SystemExit("bye")


class _Approximate(keras.layers.Layer):  # type: ignore[misc]
    def call(self, x: Any) -> Any:
        import tensorflow as tf

        return tf.raw_ops.Rsqrt(x=1.0 + x * x)


class _Half(keras.layers.Layer):  # type: ignore[misc]
    def call(self, x: Any) -> Any:
        return keras.ops.cast(keras.ops.tanh(keras.ops.cast(x, "float16")), "float32")


def approximate(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a model with a kernel that differs over processors, and a layer that computes in half precision."""
    layers = [_Approximate(name="own_kernel"), _Half(name="half"), keras.layers.Dense(1, activation="sigmoid")]
    return keras.Sequential([keras.layers.Input(input_shape), *layers])
