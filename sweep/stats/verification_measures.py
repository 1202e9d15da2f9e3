"""EER, HTER and what else is measured at dev's threshold, with every subject weighted."""

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError
from sweep.metrics.weighted import weighted_eer, weighted_rates
from sweep.stats.auc import weighted_auc
from sweep.stats.trial_scores import FloatArray, SplitScores, TrialScores

KERAS_THRESHOLD = 0.5  # Keras's binary accuracy counts a score above it, not at it, as genuine


def eer(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the EER (B,) of dev, or of test where no dev is given, as the trials' table has it."""
    return weighted_eer(*classes(scores.dev or scores.test, trial), weights)[0]


def test_eer(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the EER (B,) of test."""
    return weighted_eer(*classes(scores.test, trial), weights)[0]


def hter(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the HTER (B,) of test at the threshold of dev's EER, which every replicate finds anew."""
    false_accept, false_reject = rates(scores, trial, weights)
    return (false_accept + false_reject) / 2


def far(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the FAR (B,) of test at dev's threshold."""
    return rates(scores, trial, weights)[0]


def frr(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the FRR (B,) of test at dev's threshold."""
    return rates(scores, trial, weights)[1]


def recall(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the recall (B,) of genuine samples of test at dev's threshold: 1 - FRR."""
    return 1 - rates(scores, trial, weights)[1]


def f1(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the F1 (B,) of genuine samples of test at dev's threshold."""
    false_accept, false_reject = rates(scores, trial, weights)
    n_genuine, n_impostor = class_weights(scores.test, trial, weights)
    true_accepts = (1 - false_reject) * n_genuine
    share: FloatArray = 2 * true_accepts / (true_accepts + false_accept * n_impostor + n_genuine)
    return share


def accuracy(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the accuracy (B,) of test at dev's threshold, or at 0.5 where no dev is given."""
    if scores.dev is None:
        return keras_accuracy(scores, trial, weights)
    false_accept, false_reject = rates(scores, trial, weights)
    n_genuine, n_impostor = class_weights(scores.test, trial, weights)
    wrong: FloatArray = (false_accept * n_impostor + false_reject * n_genuine) / (n_genuine + n_impostor)
    return 1 - wrong


def keras_accuracy(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the accuracy (B,) of test at the decision 0.5, as Keras prints it."""
    split = scores.test
    right = (split.score[trial] > KERAS_THRESHOLD) == (split.label == 1)
    return weighted_mean(right.astype(np.float64), split, weights)


def auc(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the area (B,) under test's ROC."""
    return weighted_auc(*classes(scores.test, trial), weights)


def rates(scores: TrialScores, trial: int, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return FAR and FRR (B,) of test at the threshold of dev's EER.

    Raises:
        InputError: no development set.
    """
    if scores.dev is None:
        raise InputError("Expected dev scores, which give HTER its threshold. Received: none. Give dev=(score, label).")
    threshold = weighted_eer(*classes(scores.dev, trial), weights)[1]
    return weighted_rates(*classes(scores.test, trial), weights, threshold)


def classes(split: SplitScores, trial: int) -> tuple[FloatArray, FloatArray, NDArray[np.intp], NDArray[np.intp]]:
    """Return genuine and impostor scores and their units, failures to acquire (NaN) set aside.

    Raises:
        InputError: a class without a score.
    """
    score = split.score[trial]
    kept = ~np.isnan(score)
    genuine, impostor = kept & (split.label == 1), kept & (split.label == 0)
    if not genuine.any() or not impostor.any():
        raise InputError(
            f"Expected genuine (label 1) and impostor (label 0) scores. Received: {int(genuine.sum())} and "
            f"{int(impostor.sum())}. Check the labels of the split."
        )
    return score[genuine], score[impostor], split.unit[genuine], split.unit[impostor]


def class_weights(split: SplitScores, trial: int, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return how many genuine and impostor samples each replicate holds, (B,) each."""
    _, _, genuine, impostor = classes(split, trial)
    units = weights.shape[1]
    return weights @ np.bincount(genuine, minlength=units), weights @ np.bincount(impostor, minlength=units)


def weighted_mean(loss: FloatArray, split: SplitScores, weights: FloatArray) -> FloatArray:
    """Return the mean loss (B,) of every replicate; loss: (n,)."""
    units = weights.shape[1]
    total, count = np.bincount(split.unit, loss, minlength=units), np.bincount(split.unit, minlength=units)
    share: FloatArray = (weights @ total) / (weights @ count)
    return share
