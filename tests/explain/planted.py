"""A small convolutional net for the tests of `sweep verify`; a file beside this one may plant a fault in it."""

from pathlib import Path
from typing import Any

import keras

HERE = Path(__file__).parent
INITIALIZER = "glorot_uniform"


class _PatchedInEpoch(keras.callbacks.Callback):  # type: ignore[misc]
    """Moves one weight of the last layer at the end of an epoch."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self._epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if epoch == self._epoch:
            layer = self.model.layers[-1]
            kernel, bias = layer.get_weights()
            kernel[0, 0] += 1e-6
            layer.set_weights([kernel, bias])


class PatchedNet(keras.Model):  # type: ignore[misc]
    """A Functional net whose `fit` patches a layer where the file `patch` says in which epoch."""

    def fit(self, *args: Any, callbacks: Any = (), **keywords: Any) -> Any:
        plan = HERE / "patch"
        patch = [_PatchedInEpoch(int(plan.read_text()))] if plan.exists() else []
        return super().fit(*args, callbacks=[*patch, *callbacks], **keywords)


def net(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a net wide enough that threads and oneDNN change its bits."""
    inputs = keras.Input(input_shape)
    x = keras.layers.Rescaling(1 / 255)(inputs)
    x = keras.layers.Conv2D(16, 3, strides=2, activation="relu")(x)
    x = keras.layers.Conv2D(32, 3, strides=2, activation="relu")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(16, activation="relu", kernel_initializer=INITIALIZER)(x)
    return PatchedNet(inputs, keras.layers.Dense(1, activation="sigmoid")(x))


def faces(*, other_byte: bool = False) -> Any:
    """Return a few built-in faces; the file `byte` changes one pixel by one."""
    from sweep.data import synthetic_attack

    splits = synthetic_attack(subjects=(8, 4, 4), videos=1, frames=1, image_size=32)
    if (HERE / "byte").exists():
        splits.test.x[3, 5, 5, 0] ^= 1
    return splits
