"""Models that a study cannot run, or not as meant, for tests; named in studies as "first_models:NAME"."""

import os
import time
from typing import Any

import keras
from keras import layers

_made: dict[str, Any] = {}


def plain(input_shape: tuple[int, ...], n_classes: int, *, unused: int = 0, activation: str = "sigmoid") -> Any:
    """Return a small net of one output; `unused` is a setting that changes nothing."""
    x = layers.Input(input_shape)
    return keras.Model(x, layers.Dense(1, activation)(layers.Dense(4, "relu", name="hidden")(x)))


def cut_off(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a net with a layer that no gradient reaches, as it was not meant to be frozen."""
    x = layers.Input(input_shape)
    hidden = keras.ops.stop_gradient(layers.Dense(4, "relu", name="forgotten")(x))
    return keras.Model(x, layers.Dense(1, "sigmoid")(hidden))


def of_two(input_shape: tuple[int, ...], n_classes: int, *, activation: str = "softmax") -> Any:
    """Return a small net of two outputs."""
    x = layers.Input(input_shape)
    return keras.Model(x, layers.Dense(2, activation)(x))


def softmax_of_one(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a net whose only score is always 1."""
    return plain(input_shape, n_classes, activation="softmax")


class OwnCall(keras.Model):  # type: ignore[misc]
    """A model whose last activation does not show: scores far beyond 0 and 1."""

    def __init__(self) -> None:
        """Make its one layer."""
        super().__init__()
        self.dense = layers.Dense(1)

    def call(self, x: Any) -> Any:
        """Return 5 and more."""
        return keras.ops.square(self.dense(x)) + 5.0


def outside(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a model of a class of its own with scores beyond 1."""
    return OwnCall()


def two_inputs(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a model that takes the label, too."""
    x, label = layers.Input(input_shape, name="vector"), layers.Input((1,), name="label")
    return keras.Model([x, label], layers.Dense(1, "sigmoid")(layers.Concatenate()([x, label])))


def two_outputs(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a model that gives two arrays."""
    x = layers.Input(input_shape)
    return keras.Model(x, [layers.Dense(1, "sigmoid")(x), layers.Dense(3)(x)])


def mapping(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a model that gives its output in a mapping."""
    x = layers.Input(input_shape)
    return keras.Model(x, {"live": layers.Dense(1, "sigmoid")(x)})


def stateful(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a model that carries a state from batch to batch."""
    x = layers.Input(batch_shape=(8, *input_shape))
    return keras.Model(x, layers.Dense(1, "sigmoid")(layers.LSTM(2, stateful=True)(layers.Reshape((-1, 2))(x))))


def compiled(input_shape: tuple[int, ...], n_classes: int, *, rate: float = 0.1) -> Any:
    """Return a compiled model."""
    model = plain(input_shape, n_classes)
    model.compile(keras.optimizers.SGD(rate), keras.losses.BinaryCrossentropy(from_logits=True))
    return model


def nothing_at_all() -> None:
    """Return nothing."""


def loss_of_two(y_true: Any, y_pred: Any) -> Any:
    """Return a value for two samples."""
    return (y_true - y_pred)[:2]


def loss_of_nan(y_true: Any, y_pred: Any) -> Any:
    """Return NaN."""
    return (y_true - y_pred) / 0.0 * 0.0


def half(x: Any, y: Any, rng: Any) -> Any:
    """Return half a batch."""
    return x[::2], y[::2]


class OwnStep(keras.Model):  # type: ignore[misc]
    """A training step whose loss has another name."""

    def train_step(self, data: Any) -> Any:
        """Return no loss."""
        return {"my_loss": 0.0}


def own_step(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a model with a training step of its own."""
    x = layers.Input(input_shape)
    return OwnStep(x, layers.Dense(1, "sigmoid")(x))


def made_once(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return one model at every call."""
    return _made.setdefault("model", plain(input_shape, n_classes))


def nothing(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Forget to return the model."""
    plain(input_shape, n_classes)


def a_class(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a class."""
    return OwnCall


def a_layer(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a layer."""
    return layers.Dense(1, "sigmoid")


def no_model(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return something else."""
    return {"layers": 3}


def nan_at_once(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a model that answers NaN."""
    x = layers.Input(input_shape)
    return keras.Model(x, layers.Lambda(lambda values: keras.ops.log(values - 2.0))(layers.Dense(1, "sigmoid")(x)))


def does_not_fit(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Return a model for data of another shape."""
    x = layers.Input((input_shape[0] + 1,))
    return keras.Model(x, layers.Dense(1, "sigmoid")(x))


def raises(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Raise."""
    raise ZeroDivisionError("no such width")


def crashes(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """End the process."""
    os.write(2, b"out of luck\n")
    os._exit(7)


def hangs(input_shape: tuple[int, ...], n_classes: int) -> Any:
    """Wait without end."""
    time.sleep(3600)
