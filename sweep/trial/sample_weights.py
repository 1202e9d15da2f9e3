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


def sample_weights(split: Split, class_weight: Any, task: str, classes: int) -> NDArray[np.float32] | None:
    """Return the weight of each sample, (n,); None where all count alike.

    Args:
        split: the training set, with weights of its samples or without.
        class_weight: None, "balanced" or class -> weight; a class that is not named has 1.
        task: verification, classification or regression.
        classes: how many there are.

    "balanced" is n / (classes * samples of the class), after King and Zeng (2001), so that each class has the same
    weight in sum and the mean weight is 1.

    Raises:
        InputError: weights of classes in a regression, of a class that is not there, or none above 0.
    """
    own = split.sample_weight
    if class_weight is None:
        return own
    if task == "regression":
        raise InputError("train.class_weight: expected a task with classes. Received: regression. Weigh the samples.")
    counts = np.bincount(split.y.astype(np.int64), minlength=classes)
    if class_weight == "balanced":
        of_class = len(split) / (classes * np.maximum(counts, 1))
    else:
        strange = [label for label in class_weight if label >= classes]
        if strange:
            raise InputError(
                f"train.class_weight: expected classes from 0 to {classes - 1}. Received: {strange[0]}, of which there "
                "are no samples."
            )
        of_class = np.asarray([class_weight.get(label, 1.0) for label in range(classes)])
    weights = of_class[split.y.astype(np.int64)].astype(np.float32)
    weights = weights if own is None else weights * own
    if not weights.any():
        raise InputError("train.class_weight: expected some samples of train to count. Received: 0 for all of them.")
    return weights
