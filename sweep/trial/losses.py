"""The loss of a training: which one is meant, whether it takes probabilities, whether it fits the model's outputs.

Keras is imported when a loss is asked for, not before.
"""

from collections.abc import Mapping
from typing import Any

from sweep.errors import InputError
from sweep.study.chosen import Chosen, Named
from sweep.study.parts import Use
from sweep.study.train import Train
from sweep.trial.keras_names import class_called, classes, instance, written

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


def chosen_loss(train: Train, usual: str, *, kept: Any = None, weighted: bool = False) -> Any:
    """Return the loss of a model with one output, as Keras's `compile` takes it.

    Args:
        train: what the study says.
        usual: the word for the loss where nothing else is said.
        kept: the loss of a model that its function compiled, or None.
        weighted: whether samples of the training have weights.

    Raises:
        InputError: losses by output are named, or as in `named_loss`.
    """
    if isinstance(train.loss, Mapping) or train.loss_weights:
        said = train.loss_weights or (train.loss if isinstance(train.loss, Mapping) else {})
        raise InputError(
            f"train.{'loss_weights' if train.loss_weights else 'loss'}: expected a model with several outputs for "
            f"{', '.join(said)}. Received: one output. Name one loss, "
            "`train: {loss: ...}`."
        )
    return named_loss(train.loss, usual if kept is None else kept, weighted=weighted)


def named_loss(said: Chosen | None, usual: Any, *, weighted: bool = False) -> Any:
    """Return a loss as Keras's `compile` takes it: a word, or an object where it has keywords or is the user's.

    said: as the study has it. usual: the loss where it says nothing. weighted: whether samples have weights.

    Raises:
        InputError: Keras knows no such loss or keyword, or the user's function is not there.
    """
    if said is None:
        return usual
    if isinstance(said, Use):
        from sweep.trial.own_loss import OwnLoss

        return OwnLoss(said, weighted=weighted)
    if isinstance(said, Named):
        return instance("loss", "train.loss", class_called("loss", "train.loss", canonical(said.name)), said.keywords)
    import keras

    try:
        keras.losses.get(said)
    except (ValueError, TypeError):
        return canonical(said)
    return said


def canonical(name: str) -> str:
    """Return Keras's own name of a loss, such as "binary_crossentropy" for "bce" or "Binary_CrossEntropy".

    Raises:
        InputError: there is none, with the nearest name.
    """
    import keras

    try:
        found = keras.losses.get(name)
    except (ValueError, TypeError):
        try:
            return written("loss", class_called("loss", "train.loss", name))
        except InputError as error:
            why = " Logits are not served: end the model in a sigmoid or softmax." if "from_logits" in name else ""
            raise InputError(f"{error}{why}") from None
    return str(getattr(found, "__name__", None) or getattr(found, "name", name))


def loss_name(loss: Any) -> str:
    """Return how a loss is called: Keras's own name, or that of the user's function or class."""
    if isinstance(loss, str):
        return canonical(loss)
    for name, one in classes("loss").items():
        if type(loss) is one:
            return name
    return str(getattr(loss, "name", None) or getattr(loss, "__name__", None) or type(loss).__name__)


def takes_probabilities(loss: Any) -> bool:
    """Return whether a loss takes a model's outputs as probabilities; of a function of the user's that is not known."""
    return loss_name(loss) in ON_PROBABILITIES and _of_keras(loss) and not takes_logits(loss)


def takes_logits(loss: Any) -> bool:
    """Return whether a loss was made with from_logits=True."""
    return bool(getattr(loss, "from_logits", False))


def check_loss(loss: Any, outputs: int, task: str) -> None:
    """Raise InputError unless a loss fits the number of a model's outputs, where labels are whole numbers.

    Keras would compare every output with the number of the class, without a word. A loss of the user's own knows.
    """
    found = loss_name(loss)
    known = _of_keras(loss)
    name = loss if isinstance(loss, str) else found
    if not known:
        return
    if takes_logits(loss) and task != "verification":
        raise InputError(
            f"train.loss: expected a loss on probabilities or numbers for {task}. Received: {name} with from_logits. "
            "Logits are not served: end the model in a sigmoid or softmax."
        )
    if outputs == 1 and found in BY_CLASS | SPARSE:
        instead = "mse" if task == "regression" else "binary_crossentropy"
        raise InputError(
            f"train.loss: expected a loss for one output, such as {instead}. Received: {name}, which takes an output "
            "for each class. Change the loss or the model's last layer."
        )
    if outputs > 1 and found not in SPARSE:
        raise InputError(
            f"train.loss: expected sparse_categorical_crossentropy for {outputs} outputs, as labels are whole numbers. "
            f"Received: {name}, which would compare each output with the number of the class."
        )
    if task == "regression" and found in ON_PROBABILITIES:
        raise InputError(
            f"train.loss: expected a loss for numbers, such as mse, mae or huber. Received: {name}, which takes "
            "probabilities. Change the loss, or set `task: verification` or `task: classification`."
        )


def _of_keras(loss: Any) -> bool:
    import keras

    if isinstance(loss, str):
        return canonical(loss) in vars(keras.losses)
    return type(loss) in classes("loss").values() or loss in vars(keras.losses).values()
