"""Accuracy, macro F1, balanced accuracy and log loss of a classification, with every subject weighted."""

import numpy as np

from sweep.errors import InputError
from sweep.stats.trial_scores import FloatArray, TrialScores
from sweep.stats.verification_measures import accuracy as accuracy_at_threshold
from sweep.stats.verification_measures import weighted_mean


def accuracy(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the accuracy (B,) of test: of the predicted classes, or at a threshold where the task has none."""
    split = scores.test
    if split.prediction is None:
        return accuracy_at_threshold(scores, trial, weights)
    return weighted_mean((split.prediction[trial] == split.label).astype(np.float64), split, weights)


def macro_f1(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the mean F1 (B,) over the classes that are present or predicted in a replicate."""
    right, support, guesses = _counts(scores, trial, weights)
    seen = support + guesses > 0
    each = np.divide(2 * right, support + guesses, out=np.zeros_like(right), where=seen)
    mean: FloatArray = each.sum(axis=1) / seen.sum(axis=1)
    return mean


def balanced_accuracy(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the mean recall (B,) over the classes present in a replicate."""
    right, support, _ = _counts(scores, trial, weights)
    present = support > 0
    each = np.divide(right, support, out=np.zeros_like(right), where=present)
    mean: FloatArray = each.sum(axis=1) / present.sum(axis=1)
    return mean


def log_loss(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the log loss (B,); the score of a sample is the probability of its own class, clipped at 1e-15."""
    split = scores.test
    return weighted_mean(-np.log(np.clip(split.score[trial], 1e-15, 1)), split, weights)


def of_class(quantity: str, label: float, scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return precision, recall or f1 (B,) of one class; 0 where a replicate leaves nothing to divide by."""
    split = scores.test
    truth, guess = split.label == label, _predicted(scores)[trial] == label
    right, support, guesses = (
        weights @ np.bincount(split.unit[chosen], minlength=weights.shape[1])
        for chosen in (truth & guess, truth, guess)
    )
    above = 2 * right if quantity == "f1" else right
    below = {"precision": guesses, "recall": support, "f1": support + guesses}[quantity]
    share: FloatArray = np.divide(above, below, out=np.zeros_like(above, dtype=np.float64), where=below > 0)
    return share


def _predicted(scores: TrialScores) -> FloatArray:
    if scores.test.prediction is None:
        raise InputError("Expected predicted classes. Received: none. Give prediction=(trials, samples).")
    return scores.test.prediction


def _counts(scores: TrialScores, trial: int, weights: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the right answers, samples and predictions of every class and replicate, (B, k) each."""
    split = scores.test
    guess, truth = _predicted(scores)[trial], split.label
    names, codes = np.unique(np.concatenate((truth, guess)), return_inverse=True)
    label, guessed = codes[: truth.size], codes[truth.size :]
    k, units = names.size, weights.shape[1]

    def count(of: np.ndarray[tuple[int, ...], np.dtype[np.intp]], chosen: slice | FloatArray) -> FloatArray:
        cells = (split.unit * k + of)[chosen]
        total: FloatArray = weights @ np.bincount(cells, minlength=units * k).reshape(units, k)
        return total

    return count(label, label == guessed), count(label, slice(None)), count(guessed, slice(None))
