"""A model made ready for a phase of its training: its first layers frozen, compiled with optimizer and loss."""

import inspect

import keras

from sweep.errors import InputError, nearest
from sweep.models.layers import innermost_layers
from sweep.trial.losses import known_loss, known_optimizer


def train_from(model: keras.Model, place: int | str) -> None:
    """Freeze the layers of a model before a place, and no other; compile the model afterwards.

    Args:
        model: its inner models are opened, so that place counts layers that hold no model.
        place: number of the first layer that is trained, from 0, or its name.

    Raises:
        InputError: no such layer.
    """
    every = list(innermost_layers(model))
    names = [layer.name for layer in every]
    if isinstance(place, str) and place not in names:
        said = nearest(place, names) or f" The last layers: {', '.join(names[-8:])}."
        raise InputError(f"train.trainable_from: expected a layer's name or number. Received: {place}.{said}")
    start = names.index(place) if isinstance(place, str) else place
    if start > len(every):
        raise InputError(f"train.trainable_from: expected a layer from 0 to {len(every)}. Received: {place}.")
    for at, layer in enumerate(every):
        layer.trainable = at >= start


def compile_model(
    model: keras.Model, *, optimizer: str, learning_rate: float | None, loss: str, momentum: float | None = None
) -> None:
    """Compile a model with an optimizer and a loss that Keras knows by name; None leaves Keras's own value.

    Raises:
        InputError: Keras knows no such optimizer or loss, or the optimizer takes no momentum.
    """
    kind = known_optimizer(optimizer)
    known_loss(loss)
    given = {"learning_rate": learning_rate, "momentum": momentum}
    if momentum is not None and "momentum" not in inspect.signature(kind).parameters:
        raise InputError(f"train.momentum: expected an optimizer with momentum, such as sgd. Received: {optimizer}.")
    model.compile(optimizer=kind(**{key: value for key, value in given.items() if value is not None}), loss=loss)
    # A step that creates variables is traced twice: built beforehand, a short trial takes a third less time.
    model.optimizer.build(model.trainable_variables)
