"""What a user brings to `train`: functions and models for tests, named in studies as "brought:NAME"."""

from typing import Any

import keras
import numpy as np


def net(input_shape: tuple[int, ...], n_classes: int, *, width: int = 6, last: str = "sigmoid") -> Any:
    """Return a small net."""
    layers = [keras.layers.Input(input_shape), keras.layers.Dense(width, "relu"), keras.layers.Dense(1, last)]
    return keras.Sequential(layers)


def compiled(input_shape: tuple[int, ...], n_classes: int, *, rate: float = 0.1, logits: bool = False) -> Any:
    """Return a net that is compiled with SGD."""
    model = net(input_shape, n_classes, last="linear" if logits else "sigmoid")
    model.compile(keras.optimizers.SGD(rate), keras.losses.BinaryCrossentropy(from_logits=logits))
    return model


def with_optimizer_alone(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a net that is compiled with an optimizer and without a loss."""
    model = net(input_shape, n_classes)
    model.compile(keras.optimizers.SGD(0.1))
    return model


def two_losses(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a net that is compiled with a list of losses."""
    model = net(input_shape, n_classes)
    model.compile(keras.optimizers.SGD(0.1), ["mse"])
    return model


def sgd(rate: float = 0.1) -> Any:
    """Return an optimizer."""
    return keras.optimizers.SGD(rate)


def halving(steps: int = 4) -> Any:
    """Return a schedule."""
    return keras.optimizers.schedules.ExponentialDecay(0.1, steps, 0.5)


def nothing() -> None:
    """Return nothing."""


def raises() -> None:
    """Raise."""
    raise ZeroDivisionError("no such thing")


def margin(y_true: Any, y_pred: Any, *, m: float = 0.3) -> Any:
    """Return a loss with a margin, a value for each sample."""
    assert y_true.shape[-1] == 1, "labels of one output come as (n, 1)"
    return keras.ops.maximum(0.0, m - (2 * y_true - 1) * (y_pred - 0.5))


def one_for_all(y_true: Any, y_pred: Any) -> Any:
    """Return one value for a batch."""
    return keras.ops.mean(keras.ops.square(y_true - y_pred))


def of_three(y_true: Any, y_pred: Any) -> Any:
    """Return a value for three samples."""
    return keras.ops.square(y_true - y_pred)[:3]


def nan(y_true: Any, y_pred: Any) -> Any:
    """Return NaN."""
    return (y_true - y_pred) / 0.0 * 0.0


def broken(y_true: Any, y_pred: Any) -> Any:
    """Raise."""
    raise ZeroDivisionError("no such loss")


def shift(x: Any, y: Any, rng: np.random.Generator, *, by: float = 0.5) -> tuple[Any, Any]:
    """Return a batch with noise."""
    return x + rng.normal(scale=by, size=x.shape), y


def halves(x: Any, y: Any, rng: np.random.Generator) -> tuple[Any, Any]:
    """Return half a batch."""
    return x[::2], y[::2]


def late(x: Any, y: Any, rng: np.random.Generator) -> tuple[Any, Any]:
    """Raise at some step: where the generator says so, which is not at the first."""
    if rng.random() < 0.3:
        raise ZeroDivisionError("no such batch")
    return x, y


class Halt(keras.callbacks.Callback):  # type: ignore[misc]
    """Stops the training after an epoch, raises in one, or halves the weights at the end."""

    def __init__(self, after: int = -1, fault: int = -1, halve: bool = False) -> None:
        super().__init__()
        self._after, self._fault, self._halve = after, fault, halve

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Act on what dev says."""
        assert {"loss", "val_loss", "val_eer", "val_accuracy"} <= logs.keys()
        if epoch == self._fault:
            raise KeyError("no such log")
        self.model.stop_training = epoch == self._after

    def on_train_end(self, logs: Any = None) -> None:
        """Change the weights where that is asked for."""
        if self._halve:
            self.model.set_weights([one / 2 for one in self.model.get_weights()])
