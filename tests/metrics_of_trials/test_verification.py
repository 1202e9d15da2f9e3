"""The metrics of a verification trial, by hand and beside scikit-learn."""

import math

import numpy as np
import pytest
from sklearn import metrics as sk

from sweep.errors import InputError
from sweep.metrics.verification import verification


def simulated(n: int, shift: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return labels (n,) and sigmoid-like float32 scores (n,)."""
    rng = np.random.default_rng(seed)
    label = (rng.random(n) < 0.4).astype(float)
    return label, (1 / (1 + np.exp(-rng.normal(shift * (2 * label - 1))))).astype(np.float32)


def test_agrees_with_scikit_learn_at_the_dev_threshold() -> None:
    """Decisions, area and errors of test are those of scikit-learn; the threshold is dev's."""
    dev, test, train = simulated(300, 0.9, 1), simulated(400, 0.7, 2), simulated(200, 1.0, 3)
    got = verification(*dev, *test, train_label=train[0], train_score=train[1])
    label, score = test[0], test[1].astype(float)
    accepted = score >= got["eer_threshold"]
    expected = {
        "accuracy": sk.accuracy_score(label, accepted),
        "f1": sk.f1_score(label, accepted),
        "precision": sk.precision_score(label, accepted),
        "recall": sk.recall_score(label, accepted),
        "auc": sk.roc_auc_score(label, score),
        "dev_auc": sk.roc_auc_score(*dev),
        "mae": sk.mean_absolute_error(label, score),
        "mse": sk.mean_squared_error(label, score),
        "test_accuracy": sk.accuracy_score(label, score > 0.5),
        "train_accuracy": sk.accuracy_score(train[0], train[1] > 0.5),
        "far": accepted[label == 0].mean(),
        "frr": (~accepted[label == 1]).mean(),
    }
    assert {key: got[key] for key in expected} == pytest.approx(expected)
    assert got["hter"] == pytest.approx((got["far"] + got["frr"]) / 2)
    fpr, tpr, _ = sk.roc_curve(*dev, drop_intermediate=False)
    crossing = np.interp(0, fpr - (1 - tpr), fpr)  # FMR - FNMR grows along the ROC
    assert got["eer"] == pytest.approx(crossing)


def test_worked_by_hand() -> None:
    """Four scores a split: one error of each kind on dev, nothing accepted on test."""
    got = verification([1, 1, 0, 0], [0.9, 0.4, 0.6, 0.1], [1, 1, 0, 0], [0.5, 0.4, 0.2, 0.1])
    assert got["eer"] == 0.5
    assert got["eer_threshold"] == 0.6
    assert (got["far"], got["frr"], got["hter"]) == (0, 1, 0.5)
    assert (got["accuracy"], got["f1"], got["recall"]) == (0.5, 0, 0)
    assert math.isnan(got["precision"])
    assert got["auc"] == 1
    assert "train_accuracy" not in got


def test_keras_counts_above_one_half_as_genuine() -> None:
    """A model that says 0.5 of everything is right about the impostors alone, as in Keras."""
    assert verification([1, 0], [0.5, 0.5], [1, 0, 0], [0.5, 0.5, 0.5])["test_accuracy"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("label", "score", "says"),
    [
        ([1, 0], [0.5, math.nan], "NaN"),
        ([1, 0], [0.5, math.inf], "infinite"),
        ([1, 1], [0.5, 0.6], "genuine"),
        ([1, 2], [0.5, 0.6], "Received: 1, 2"),
        ([1, 0, 0], [0.5, 0.6], "3 and 2"),
        ([], [], "none"),
    ],
)
def test_refuses_what_has_no_error_rate(label: list[float], score: list[float], says: str) -> None:
    """A NaN, an infinity, a missing class, a foreign label and unequal lengths stop with one message."""
    with pytest.raises(InputError, match=says):
        verification([1, 0], [0.9, 0.1], label, score)
    with pytest.raises(InputError, match=says):
        verification(label, score, [1, 0], [0.9, 0.1])
