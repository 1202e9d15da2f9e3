"""The losses of a model with several outputs: one for each output that has labels, the scored one among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data import Splits
from sweep.errors import InputError, nearest
from sweep.study.study import Study
from sweep.trial.losses import SPARSE, check_loss, loss_name, named_loss
from sweep.trial.model_outputs import ModelOutputs
from sweep.trial.tasks import TASKS


@dataclass(frozen=True)
class OutputLosses:
    """The losses of a training.

    losses: output -> what Keras's compile takes, for each output that is trained. weights: of these in the sum, {}
    where all count alike. guessed: outputs whose loss follows from their labels alone.
    """

    outputs: ModelOutputs
    losses: dict[str, Any]
    weights: dict[str, float]
    guessed: tuple[str, ...] = ()

    @property
    def scored(self) -> Any:
        """Return the loss of the output that is the score."""
        return self.losses[self.outputs.scored]

    def compiled(self) -> dict[str, Any]:
        """Return `loss` and, where there are some, `loss_weights`, as Keras's compile takes them."""
        found = {"loss": self.outputs.in_structure(self.losses.get)}
        if self.weights:
            found["loss_weights"] = self.outputs.in_structure(lambda name: self.weights.get(name, 1.0))
        return found


def loss_of_score(loss: Any) -> Any:
    """Return the loss of the scored output, of `sweep.trial.building.loss_of`."""
    return loss.scored if isinstance(loss, OutputLosses) else loss


def output_losses(study: Study, outputs: ModelOutputs, splits: Splits, weighted: bool) -> OutputLosses:
    """Return the losses of a model with several outputs: those of the study, or what labels and outputs ask for.

    weighted: whether samples of the training have weights.

    Raises:
        InputError: a loss or weight for an output that is not there or has no labels, one loss for several outputs, or
            one that does not fit its output.
    """
    said, labels = study.train.loss, splits.train.labels
    trained = [outputs.scored, *(name for name in labels if name != outputs.scored)]
    if isinstance(said, Mapping):
        _check_names("train.loss", said, outputs, trained)
        if outputs.scored not in said:
            raise InputError(
                f"train.loss: expected a loss of {outputs.scored}, the output that is scored. Received: "
                f"{', '.join(said)}. Add it, or say `train: {{output: ...}}`."
            )
        trained = [name for name in trained if name in said]
    elif said is not None and len(trained) > 1:
        raise InputError(
            f"train.loss: expected a mapping output -> loss, as {', '.join(trained)} have labels. Received: one loss. "
            "Outputs that the mapping leaves out are not trained."
        )
    losses: dict[str, Any] = {}
    for name in trained:
        chosen = said.get(name) if isinstance(said, Mapping) else said
        shape = outputs.shapes[name]
        if name == outputs.scored:
            size = int(shape[-1] or 0)
            losses[name] = named_loss(chosen, TASKS[study.task].loss(size), weighted=weighted)
            check_loss(losses[name], size, study.task)
        else:
            losses[name] = named_loss(chosen, _usual(labels[name], shape), weighted=weighted)
            for split_name, split in splits.items():
                _check_fit(name, losses[name], shape, split.labels[name], split_name)
    weights = dict(study.train.loss_weights or {})
    _check_names("train.loss_weights", weights, outputs, trained)
    guessed = tuple(name for name in trained if name != outputs.scored and not isinstance(said, Mapping))
    return OutputLosses(outputs, losses, weights, guessed)


def _usual(labels: NDArray[Any], shape: tuple[int | None, ...]) -> str:
    if labels.ndim == 1 and labels.dtype.kind == "i":
        if len(shape) == 2 and (shape[1] or 0) > 1:
            return "sparse_categorical_crossentropy"
        if np.isin(labels, (0, 1)).all():
            return "binary_crossentropy"
    return "mse"


def _check_names(key: str, said: Mapping[str, Any], outputs: ModelOutputs, trained: list[str]) -> None:
    for name in said:
        if name not in outputs.shapes:
            raise InputError(
                f"{key}: expected outputs of the model ({', '.join(outputs.shapes)}). Received: {name}."
                f"{nearest(name, outputs.shapes)}"
            )
        if name not in trained:
            raise InputError(
                f"{key}: expected outputs that are trained ({', '.join(trained)}). Received: {name}, which has no "
                "labels or no loss. Let the data function return y as a mapping with its labels, or leave it out."
            )


def _check_fit(name: str, loss: Any, shape: tuple[int | None, ...], labels: NDArray[Any], split: str) -> None:
    """Raise InputError unless the labels of an output that is not scored fit it: Keras might compare what it likes."""
    called, of_sample = loss_name(loss), labels.shape[1:]
    if labels.ndim == 1 and len(shape) == 2 and (shape[1] or 0) > 1:
        if called not in SPARSE and isinstance(loss, str):
            raise InputError(
                f"train.loss.{name}: expected sparse_categorical_crossentropy for {shape[1]} outputs and one label a "
                f"sample. Received: {called}."
            )
        if called in SPARSE and not (labels.min() >= 0 and labels.max() < (shape[1] or 0)):
            raise InputError(
                f"Expected labels of {name} from 0 to {(shape[1] or 0) - 1}, as the model gives {shape[1]} values. "
                f"Received: {labels.min()} to {labels.max()} in {split}."
            )
    elif (labels.ndim == 1 and shape[1:] != (1,)) or (labels.ndim > 1 and of_sample != shape[1:]):
        raise InputError(
            f"Expected labels of {name} with the shape of that output, {('n', *shape[1:])}. Received: "
            f"{('n', *of_sample)} in {split}. Change the labels or the model."
        )
    elif called in SPARSE:
        raise InputError(
            f"train.loss.{name}: expected a loss for outputs of shape {shape}. Received: {called}, which takes a value "
            "for each class."
        )
