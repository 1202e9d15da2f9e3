"""What a model function may return: a Keras model of one input and one output, for batches of any size."""

import inspect
from collections.abc import Sequence
from typing import Any

from sweep.errors import InputError
from sweep.models.layers import every_layer, outputs_as_given


def check_model(use: str, model: Any) -> None:
    """Raise InputError unless what a model function returned is a Keras model."""
    import keras

    expected = f"model: expected {use} to return a keras.Model."
    if model is None:
        raise InputError(f"{expected} Received: nothing. Is `return model` missing?")
    if inspect.isclass(model):
        raise InputError(f"{expected} Received: the class {model.__name__}, no model of it. Return {model.__name__}().")
    kind = f"{type(model).__module__.partition('.')[0]}: {type(model).__name__}"
    if not isinstance(model, keras.Model):
        if isinstance(model, keras.layers.Layer):
            raise InputError(
                f"{expected} Received: a layer, {type(model).__name__}. Put it into keras.Sequential([...])."
            )
        others = {"torch": "PyTorch", "tf_keras": "Keras 2", "jax": "JAX", "flax": "Flax", "tensorflow": "TensorFlow"}
        other = [name for package, name in others.items() if kind.startswith(f"{package}:")]
        said = f"an object of {other[0]}, {type(model).__name__}" if other else type(model).__name__
        raise InputError(f"{expected} Received: {said}.")


def check_compiled(use: str, model: Any, named: Sequence[str]) -> None:
    """Raise InputError where a compiled model and the study both decide optimizer or loss, or it has several losses.

    named: what the study says of them, such as ("optimizer", "loss").
    """
    if not model.compiled:
        return
    if model.loss is None and tuple(named) == ("loss",):  # compiled with an optimizer alone
        return
    optimizer = type(model.optimizer).__name__
    loss = getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", type(loss).__name__))
    if named:
        raise InputError(
            f"model: expected optimizer and loss in one place. Received: {use} returns a model compiled with "
            f"{optimizer} and {name}, and the study names {', '.join(f'train.{one}' for one in named)}. Take that out "
            "of `train:` to keep what the model has, or leave model.compile away (or load with compile=False)."
        )
    if isinstance(loss, dict | list | tuple):
        raise InputError(
            f"model: expected {use} to compile the model with one loss. Received: {type(loss).__name__} of "
            f"{len(loss)}. Compile it with the loss of the output that is scored."
        )


def check_structure(use: str, model: Any, fixed: int | None) -> None:
    """Raise InputError unless a built model takes one array, gives one, and carries nothing from batch to batch.

    fixed: the one size of batch that a model may be made for, or None.
    """
    inputs = getattr(model, "inputs", None) or []
    if len(inputs) > 1:
        names = ", ".join(str(one.name) for one in inputs)
        raise InputError(
            f"model: expected {use} to return a model of one input, as a sample is one array. Received: {len(inputs)} "
            f"inputs ({names}). A label is no input; put what belongs together into one array and take it apart in the "
            "model."
        )
    carried = [layer.name for layer in every_layer(model) if getattr(layer, "stateful", False)]
    if carried:
        raise InputError(
            f"model: expected {use} to return a model that answers each sample by itself. Received: {carried[0]} with "
            "stateful=True, which would carry the state of one sample into another, as samples come in a drawn order. "
            "Set stateful=False."
        )
    batch = inputs[0].shape[0] if inputs else None
    if batch is not None and batch != fixed:
        raise InputError(
            f"model: expected {use} to return a model for batches of any size. Received: one for batches of {batch} "
            "alone. Use Input(shape=...) in place of batch_shape."
        )


def one_output(use: str, model: Any) -> None:
    """Raise InputError where a Functional model gives its outputs in a list or a mapping."""
    outputs = outputs_as_given(model)
    if isinstance(outputs, dict):
        one_shape(use, outputs)
    elif isinstance(outputs, list | tuple):
        one_shape(use, list(outputs))


def one_shape(use: str, shape: Any) -> tuple[int | None, ...]:
    """Return the shape of a model's one output.

    Raises:
        InputError: the model gives several, or one in a list or a mapping.
    """
    if isinstance(shape, dict):
        received = f"a mapping with {', '.join(map(str, shape))}"
    elif isinstance(shape, list) or (isinstance(shape, tuple) and any(isinstance(one, tuple | list) for one in shape)):
        received = f"a list of {len(shape)}"
    else:
        return tuple(shape)
    raise InputError(
        f"model: expected {use} to return a model with one output, an array. Received: {received}. Return "
        "keras.Model(inputs, output) with the output that shall be scored."
    )
