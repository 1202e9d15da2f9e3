"""How much each sample of the training counts in its loss: its own weight, times that of its class."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data import Split
from sweep.errors import InputError


def weights_of_outputs(split: Split, weights: NDArray[np.float32] | None, scored: str) -> Any:
    """Return the weights of `sample_weights` for each output that has labels: classes are those of the scored one.

    scored: its name. Without labels of several outputs the weights are returned as they are.
    """
    if weights is None or len(split.labels) < 2:
        return weights
    own = np.ones(len(split), np.float32) if split.sample_weight is None else split.sample_weight
    return {name: weights if name == scored else own for name in split.labels}


class ClassWeights:
    """The weight of each class, (classes,)."""

    def __init__(self, of_class: NDArray[np.float64]) -> None:
        self._of_class = of_class

    def of(self, y: NDArray[Any], own: NDArray[np.float32] | None) -> NDArray[np.float32]:
        """Return the weights of samples with labels y (n,): those of their classes, times their own."""
        weights = self._of_class[y.astype(np.int64)].astype(np.float32)
        return weights if own is None else weights * own


def class_weights(class_weight: Any, counts: NDArray[np.int64], task: str) -> ClassWeights | None:
    """Return the weights of the classes, None where all count alike.

    Args:
        class_weight: None, "balanced" or class -> weight; a class that is not named has 1.
        counts: samples of each class, (classes,).
        task: verification, classification or regression.

    Raises:
        InputError: weights of classes in a regression, or of a class that is not there.
    """
    if class_weight is None:
        return None
    if task == "regression":
        raise InputError("train.class_weight: expected a task with classes. Received: regression. Weigh the samples.")
    classes = len(counts)
    if class_weight == "balanced":
        return ClassWeights(counts.sum() / (classes * np.maximum(counts, 1)))
    strange = [label for label in class_weight if label >= classes]
    if strange:
        raise InputError(
            f"train.class_weight: expected classes from 0 to {classes - 1}. Received: {strange[0]}, of which there "
            "are no samples."
        )
    return ClassWeights(np.asarray([class_weight.get(label, 1.0) for label in range(classes)]))


def sample_weights(split: Split, class_weight: Any, task: str, classes: int) -> NDArray[np.float32] | None:
    """Return the weight of each sample, (n,); None where all count alike.

    Args:
        split: the training set, with weights of its samples or without.
        class_weight: as in `class_weights`.
        task: verification, classification or regression.
        classes: how many there are.

    "balanced" is n / (classes * samples of the class), after King and Zeng (2001), so that each class has the same
    weight in sum and the mean weight is 1.

    Raises:
        InputError: weights of classes in a regression, of a class that is not there, or none above 0.
    """
    counts = np.empty(0, np.int64) if task == "regression" else np.bincount(split.y.astype(np.int64), minlength=classes)
    found = class_weights(class_weight, counts, task)
    if found is None:
        return split.sample_weight
    weights = found.of(split.y, split.sample_weight)
    if not weights.any():
        raise InputError("train.class_weight: expected some samples of train to count. Received: 0 for all of them.")
    return weights
