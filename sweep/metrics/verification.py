"""What is measured of one verification trial: the threshold from dev, everything else at that threshold on test.

Counts and NumPy alone, since importing scikit-learn would cost every trial a second; the tests compare with it.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sweep.errors import InputError
from sweep.metrics.curves import auc_of
from sweep.metrics.equal import eer_of
from sweep.metrics.half_total import hter_of
from sweep.metrics.scores import Class, both, vector

KERAS_THRESHOLD = 0.5  # Keras's binary accuracy counts a score above it, not at it, as genuine


def verification(
    dev_label: ArrayLike,
    dev_score: ArrayLike,
    test_label: ArrayLike,
    test_score: ArrayLike,
    *,
    train_label: ArrayLike | None = None,
    train_score: ArrayLike | None = None,
) -> dict[str, float]:
    """Return the metrics of one trial, rates as fractions.

    eer, eer_threshold: of dev, interpolated; accept when score >= threshold. dev_auc: area under dev's ROC.
    hter, far, frr, accuracy, precision, recall, f1: of test at eer_threshold, genuine being positive; precision is NaN
    when nothing is accepted. auc: area under test's ROC, from the scores. mae, mse: of test, score against label.
    test_accuracy, train_accuracy: at the decision 0.5, as Keras prints them; train_accuracy only where train is given.

    Args:
        dev_label, test_label, train_label: (n,) 1 for genuine, 0 for impostor.
        dev_score, test_score, train_score: (n,) higher is more genuine; finite.

    Raises:
        InputError: lengths differ, a label other than 0 and 1, a score that is not finite, or a split with one class.
    """
    dev, test = _split("dev", dev_label, dev_score), _split("test", test_label, test_score)
    threshold = eer_of(*dev.classes)
    half_total = hter_of(*test.classes, threshold.threshold)
    true_accepts = half_total.n_genuine - half_total.false_rejects
    false_accepts, n = half_total.false_accepts, half_total.n_genuine + half_total.n_impostor
    accepted = true_accepts + false_accepts
    error = test.score - test.label
    metrics = {
        "eer": threshold.value,
        "eer_threshold": threshold.threshold,
        "hter": half_total.value,
        "far": half_total.far,
        "frr": half_total.frr,
        "accuracy": (n - false_accepts - half_total.false_rejects) / n,
        "auc": auc_of(*test.classes),
        "f1": 2 * true_accepts / (accepted + half_total.n_genuine),
        "precision": true_accepts / accepted if accepted else math.nan,
        "recall": true_accepts / half_total.n_genuine,
        "mae": float(np.mean(np.abs(error))),
        "mse": float(np.mean(error**2)),
        "test_accuracy": test.keras_accuracy,
        "dev_auc": auc_of(*dev.classes),
    }
    if train_label is not None and train_score is not None:
        metrics["train_accuracy"] = _split("train", train_label, train_score).keras_accuracy
    return metrics


@dataclass(frozen=True)
class _Split:
    """The labels (n,) and scores (n,) of one split, checked, in float64."""

    label: NDArray[np.float64]
    score: NDArray[np.float64]

    @property
    def classes(self) -> tuple[Class, Class]:
        return both(self.score[self.label == 1], self.score[self.label == 0])

    @property
    def keras_accuracy(self) -> float:
        return float(np.mean((self.score > KERAS_THRESHOLD) == (self.label == 1)))


def _split(name: str, label: ArrayLike, score: ArrayLike) -> _Split:
    labels, scores = vector(label, f"{name} labels for"), vector(score, name)
    if labels.size != scores.size:
        raise InputError(f"Expected a {name} score for each label. Received: {labels.size} and {scores.size}.")
    if np.isnan(scores).any():
        raise InputError(
            f"Expected finite {name} scores. Received: NaN for {int(np.isnan(scores).sum())} of {scores.size}. "
            "The training diverged, or the model divides by zero."
        )
    missing = [word for value, word in ((1, "genuine (1)"), (0, "impostor (0)")) if not (labels == value).any()]
    if missing or not np.isin(labels, (0, 1)).all():
        raise InputError(
            f"Expected {name} labels 1 (genuine) and 0 (impostor), both present. "
            f"Received: {', '.join(f'{value:g}' for value in np.unique(labels)[:5]) or 'none'}."
        )
    return _Split(labels, scores)
