"""Keras's losses and optimizers by name: which there are, which take probabilities, which fit a number of outputs.

Keras is imported when a name is asked for, not before.
"""

import inspect
from typing import Any

from sweep.errors import InputError, nearest

SPARSE = {"sparse_categorical_crossentropy", "categorical_generalized_cross_entropy"}  # labels are whole numbers
BY_CLASS = {"categorical_crossentropy", "categorical_focal_crossentropy", "categorical_hinge"}  # labels are rows
ON_PROBABILITIES = {
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "dice",
    "kl_divergence",
    "tversky",
    *SPARSE,
}


def known_optimizer(name: str) -> type[Any]:
    """Return Keras's class of optimizer of that name.

    Raises:
        InputError: there is none, with the nearest name.
    """
    import keras

    try:
        return type(keras.optimizers.get(name))
    except (ValueError, TypeError):
        known = [key.lower() for key in _public(keras.optimizers, keras.optimizers.Optimizer)]
        raise InputError(_unknown("optimizer", name, known)) from None


def known_loss(name: str) -> str:
    """Return Keras's own name of a loss, such as "binary_crossentropy" for "bce".

    Raises:
        InputError: there is none, with the nearest name.
    """
    import keras

    try:
        found = keras.losses.get(name)
    except (ValueError, TypeError):
        known = [key for key, value in vars(keras.losses).items() if inspect.isfunction(value)]
        known = [key for key in known if key not in ("get", "serialize", "deserialize")]
        why = " Logits are not served: end the model in a sigmoid or softmax." if "from_logits" in name else ""
        raise InputError(_unknown("loss", name, known) + why) from None
    return str(getattr(found, "__name__", None) or getattr(found, "name", name))


def check_loss(name: str, outputs: int, task: str) -> None:
    """Raise InputError unless a loss fits the number of a model's outputs, where labels are whole numbers.

    Keras would compare every output with the number of the class, without a word.
    """
    import keras

    found = known_loss(name)
    known = found in vars(keras.losses)
    if outputs == 1 and found in BY_CLASS | SPARSE:
        instead = "mse" if task == "regression" else "binary_crossentropy"
        raise InputError(
            f"train.loss: expected a loss for one output, such as {instead}. Received: {name}, which takes an output "
            "for each class. Change the loss or the model's last layer."
        )
    if outputs > 1 and known and found not in SPARSE:
        raise InputError(
            f"train.loss: expected sparse_categorical_crossentropy for {outputs} outputs, as labels are whole numbers. "
            f"Received: {name}, which would compare each output with the number of the class."
        )
    if task == "regression" and found in ON_PROBABILITIES:
        raise InputError(
            f"train.loss: expected a loss for numbers, such as mse, mae or huber. Received: {name}, which takes "
            "probabilities. Change the loss, or set `task: verification` or `task: classification`."
        )


def _public(module: Any, kind: type[Any]) -> list[str]:
    return [key for key, value in vars(module).items() if inspect.isclass(value) and issubclass(value, kind)]


def _unknown(key: str, name: str, known: list[str]) -> str:
    said = nearest(name.lower(), known) or f" Known: {', '.join(sorted(known)[:8])} and more."
    return f"train.{key}: expected names that Keras knows. Received: {name}.{said}"
