"""Macro F1, balanced accuracy and log loss of a classification, and precision, recall and F1 of one class."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError
from sweep.metrics.scored import Scored, ScoredSplit, Weights, count, mean, ratio
from sweep.metrics.scores import FloatArray

LEAST_PROBABILITY = 1e-15  # a smaller one is taken for this in the log loss


@dataclass(frozen=True)
class ClassCounts:
    """Of each class that is present or predicted, (B, k) each: right answers, samples, predictions."""

    right: FloatArray
    support: FloatArray
    guesses: FloatArray


def macro_f1(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the mean F1 over the classes that are present or predicted, (B,)."""
    found = class_counts(split, weights)
    return _mean_over_classes(2 * found.right, found.support + found.guesses)


def balanced_accuracy(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the mean recall over the classes present, (B,)."""
    found = class_counts(split, weights)
    return _mean_over_classes(found.right, found.support)


def log_loss(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the log loss, (B,): of each sample's probability of its own class, clipped at 1e-15; natural logarithm."""
    return mean(-np.log(np.clip(split.score, LEAST_PROBABILITY, 1)), split, weights)


def of_class(quantity: str, label: float, scored: Scored, weights: Weights) -> FloatArray:
    """Return precision, recall or f1 of one class on test, (B,); 0 where there is nothing to divide by."""
    split = scored.test
    truth, guess = split.label == label, _predicted(split) == label
    right, support, guesses = (count(split, chosen, weights) for chosen in (truth & guess, truth, guess))
    above = 2 * right if quantity == "f1" else right
    below = {"precision": guesses, "recall": support, "f1": support + guesses}[quantity]
    return ratio(above, below, otherwise=0.0)


def class_counts(split: ScoredSplit, weights: Weights) -> ClassCounts:
    """Return what is counted of each class.

    Raises:
        InputError: the split has no predicted classes.
    """
    truth, guess = split.label, _predicted(split)
    names, codes = np.unique(np.concatenate((truth, guess)), return_inverse=True)
    label, guessed = codes[: truth.size], codes[truth.size :]
    k = names.size

    def counted(of: NDArray[np.intp], chosen: slice | NDArray[np.bool_]) -> FloatArray:
        if weights is None:
            return np.bincount(of[chosen], minlength=k).astype(np.float64)[None]
        units = weights.shape[1]
        cells = (split.column * k + of)[chosen]
        found: FloatArray = weights @ np.bincount(cells, minlength=units * k).reshape(units, k)
        return found

    return ClassCounts(counted(label, label == guessed), counted(label, slice(None)), counted(guessed, slice(None)))


def _mean_over_classes(above: FloatArray, below: FloatArray) -> FloatArray:
    """Return the mean of above / below, (B, k) each, over the classes of each replicate that have something below."""
    if len(below) == 1:  # no zeros between the shares, whose sum is then the same to the last bit in every release
        seen = below[0] > 0
        return np.array([np.mean(above[0][seen] / below[0][seen])])
    each = ratio(above, below, otherwise=0.0)
    average: FloatArray = each.sum(axis=1) / (below > 0).sum(axis=1)
    return average


def _predicted(split: ScoredSplit) -> NDArray[Any]:
    if split.prediction is None:
        raise InputError("Expected predicted classes. Received: none. Give prediction=(trials, samples).")
    return split.prediction
