"""What a model function may return: a Keras model of the inputs that the data have, for batches of any size."""

import inspect
from collections.abc import Sequence
from typing import Any

from sweep.data import Inputs
from sweep.errors import InputError, nearest
from sweep.models.layers import every_layer, inputs_as_given


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
            f"{len(loss)}. Leave model.compile away and say them under `train.loss`, a mapping output -> loss."
        )


def check_structure(use: str, model: Any, fixed: int | None, x: Any) -> None:
    """Raise InputError unless a built model takes the inputs that the data have, and carries nothing between batches.

    fixed: the one size of batch that a model may be made for, or None. x: the inputs of train.
    """
    inputs = getattr(model, "inputs", None) or []
    if inputs:
        _check_inputs(use, inputs, inputs_as_given(model), x)
    carried = [layer.name for layer in every_layer(model) if getattr(layer, "stateful", False)]
    if carried:
        raise InputError(
            f"model: expected {use} to return a model that answers each sample by itself. Received: {carried[0]} with "
            "stateful=True, which would carry the state of one sample into another, as samples come in a drawn order. "
            "Set stateful=False."
        )
    batch = next((each.shape[0] for each in inputs if each.shape[0] is not None), None)
    if batch is not None and batch != fixed:
        raise InputError(
            f"model: expected {use} to return a model for batches of any size. Received: one for batches of {batch} "
            "alone. Use Input(shape=...) in place of batch_shape."
        )


def _check_inputs(use: str, inputs: Sequence[Any], given: Any, x: Any) -> None:
    """Raise InputError unless a Functional model has the inputs of the data: Keras would pair them by place."""
    names = [str(each.name) for each in inputs]
    told = f"{len(inputs)} input{'s' if len(inputs) > 1 else ''} ({', '.join(names)})"
    if not isinstance(x, Inputs):
        if len(inputs) > 1:
            raise InputError(
                f"model: expected {use} to return a model of one input, as x is one array. Received: {told}. A label "
                "is no input; for several inputs let the data function return x as a mapping name -> array."
            )
        return
    if x.named:
        names = list(given) if isinstance(given, dict) else names
        for name in x.arrays:
            if name not in names:
                raise InputError(
                    f"model: expected {use} to return a model with the inputs {', '.join(x.arrays)}, as the data have "
                    f"them. Received: {told}, none called {name}.{nearest(name, names)}"
                )
        if missing := [name for name in names if name not in x.arrays]:
            raise InputError(
                f"model: expected the data to have every input of {use} ({', '.join(names)}). Received: no "
                f"{', '.join(missing)}. Let the data function return it in x."
            )
    elif len(inputs) != len(x.arrays) or isinstance(given, dict):
        made = "by name" if isinstance(given, dict) else f"with {told}"
        raise InputError(
            f"model: expected {use} to return a model with a list of {len(x.arrays)} inputs, as x is a tuple of so "
            f"many arrays. Received: one {made}. Let the data function return x as a mapping name -> array."
        )
