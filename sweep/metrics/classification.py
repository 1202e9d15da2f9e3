"""What is measured of one classification trial: accuracy, macro F1, balanced accuracy and log loss.

The metrics are rows of the catalogue; here the labels and probabilities are checked. NumPy alone, since importing
scikit-learn would cost every trial a second; the tests compare with it.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sweep.errors import InputError
from sweep.metrics.catalogue import CLASSIFICATION, metrics_of_trial
from sweep.metrics.scored import Scored, ScoredSplit


def classification(
    dev_label: ArrayLike,
    dev_probability: ArrayLike,
    test_label: ArrayLike,
    test_probability: ArrayLike,
    *,
    train_label: ArrayLike | None = None,
    train_probability: ArrayLike | None = None,
) -> dict[str, float]:
    """Return the metrics of one trial: those of test under their names, those of dev as dev_*.

    accuracy; macro_f1: mean over the classes that are present or predicted; balanced_accuracy: mean recall over the
    classes present; log_loss: natural logarithm, probabilities clipped at 1e-15. train_accuracy where train is given.

    Args:
        dev_label, test_label, train_label: (n,) class 0 to k - 1.
        dev_probability, test_probability, train_probability: (n, k) rows that sum to 1; finite. The prediction is the
            first class of the highest probability.

    Raises:
        InputError: shapes do not fit, a label that is no class, or a row that is no distribution.
    """
    scored = Scored(
        test=_split("test", test_label, test_probability),
        dev=_split("dev", dev_label, dev_probability),
        train=None
        if train_label is None or train_probability is None
        else _split("train", train_label, train_probability),
    )
    return metrics_of_trial(CLASSIFICATION, scored)


def _split(name: str, label: ArrayLike, probability: ArrayLike) -> ScoredSplit:
    labels, probabilities = _checked(name, label, probability)
    own = probabilities[np.arange(len(labels)), labels]
    return ScoredSplit(labels.astype(np.float64), own, prediction=probabilities.argmax(axis=1))


def _checked(name: str, label: ArrayLike, probability: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    labels, probabilities = np.asarray(label), np.asarray(probability, dtype=np.float64)
    if probabilities.ndim != 2 or labels.shape != probabilities.shape[:1] or not labels.size:
        raise InputError(
            f"Expected {name} labels (n,) and probabilities (n, k), n at least 1. "
            f"Received: {labels.shape} and {probabilities.shape}."
        )
    sums = probabilities.sum(axis=1)
    wrong = ~((np.abs(sums - 1) < 1e-3) & (probabilities >= 0).all(axis=1))  # NaN is wrong too
    if wrong.any():
        raise InputError(
            f"Expected {name} probabilities in rows that sum to 1. Received: {probabilities[wrong][0].tolist()} in "
            f"{int(wrong.sum())} of {len(sums)} rows. End the model with a softmax; NaN means that it diverged."
        )
    if not np.isin(labels, np.arange(probabilities.shape[1])).all():
        raise InputError(
            f"Expected {name} labels 0 to {probabilities.shape[1] - 1}. Received: {labels.min()} to {labels.max()}."
        )
    return labels.astype(np.int64), probabilities / sums[:, None]
