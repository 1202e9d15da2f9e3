"""Making a built model ready for a phase of its training: which layers are trained, by which optimizer and loss."""

import inspect
import warnings
from typing import Any

import keras

from sweep.errors import InputError, nearest
from sweep.models.layers import innermost_layers
from sweep.study.chosen import Named, in_keywords
from sweep.study.parts import Use
from sweep.study.train import Phase
from sweep.trial.keras_names import class_called, instance, made


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


def optimizer_of(phase: Phase) -> Any:
    """Return a new optimizer for a phase; what the study does not say is Keras's own value.

    Raises:
        InputError: Keras knows no such optimizer, schedule or keyword, the optimizer takes no momentum, or the user's
            function makes something else.
    """
    chosen = phase.optimizer
    if isinstance(chosen, Use):
        return made("optimizer", "train.optimizer", chosen)
    name = chosen.name if isinstance(chosen, Named) else chosen
    kind = _class(name)
    keywords = chosen.keywords if isinstance(chosen, Named) else {}
    given = {"learning_rate": phase.learning_rate, "momentum": phase.momentum} | keywords
    if phase.momentum is not None and "momentum" not in inspect.signature(kind).parameters:
        raise InputError(f"train.momentum: expected an optimizer with momentum, such as sgd. Received: {name}.")
    given["learning_rate"] = _rate(given["learning_rate"])
    return instance("optimizer", "train.optimizer", kind, {key: one for key, one in given.items() if one is not None})


def scheduled(optimizer: Any) -> bool:
    """Return whether an optimizer's learning rate follows a schedule, so that nothing else can set it."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    return isinstance(inner.get_config().get("learning_rate"), dict)  # a number otherwise


def compile_model(
    model: keras.Model,
    *,
    optimizer: Any,
    loss: Any,
    loss_weights: Any = None,
    jit_compile: bool | None = None,
    build: bool = True,
) -> None:
    """Compile a model; jit_compile None leaves it to Keras. loss, loss_weights: in the structure of its outputs.

    build: see `keep_compiled`.

    Raises:
        InputError: XLA is asked for, and Keras would leave it off.
    """
    model.compile(optimizer=optimizer, loss=loss, loss_weights=loss_weights, jit_compile="auto")
    keep_compiled(model, jit_compile, build)


def keep_compiled(model: keras.Model, jit_compile: bool | None, build: bool = True) -> None:
    """Switch XLA on or off in a compiled model, and make its optimizer's variables; None leaves XLA as it is.

    build: whether its optimizer's variables are made; not of a model that another one trains in place of.

    Raises:
        InputError: XLA is asked for, and Keras would leave it off.
    """
    if jit_compile is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Keras says of it is said below
            model.jit_compile = jit_compile
        if jit_compile and not model.jit_compile:
            raise InputError(
                "train.jit_compile: expected off. Received: on, but Keras leaves XLA off with deterministic operations "
                "and for layers that XLA does not know. Leave it away, or set `determinism: off`."
            )
    # A step that creates variables is traced twice: built beforehand, a short trial takes a third less time.
    if build:
        model.optimizer.build(model.trainable_variables)


def _class(name: str) -> type[Any]:
    """Return Keras's class of optimizer, or one that the user registered with Keras under that word."""
    try:
        return class_called("optimizer", "train.optimizer", name)
    except InputError:
        try:
            return type(keras.optimizers.get(name))
        except (ValueError, TypeError):
            pass
        raise


def _rate(rate: Any) -> Any:
    if isinstance(rate, dict):  # among the optimizer's keywords
        try:
            rate = in_keywords(rate)
        except ValueError as error:
            raise InputError(f"train.optimizer.learning_rate: expected {error}.") from None
    return made("schedule", "train.learning_rate", rate) if isinstance(rate, Named | Use) else rate
