"""The metrics of a classification trial beside scikit-learn."""

import math

import numpy as np
import pytest
from sklearn import metrics as sk

from sweep.errors import InputError
from sweep.metrics.classification import classification


def simulated(n: int, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return labels (n,) and float32 softmax rows (n, k) that know something of them."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, k, n)
    logits = rng.normal(size=(n, k)) + 1.5 * np.eye(k)[label]
    rows = np.exp(logits)
    return label, (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)


def test_agrees_with_scikit_learn() -> None:
    """Accuracy, macro F1, balanced accuracy and log loss of both splits are scikit-learn's."""
    dev, test, train = simulated(200, 4, 1), simulated(300, 4, 2), simulated(100, 4, 3)
    got = classification(*dev, *test, train_label=train[0], train_probability=train[1])
    expected = {"train_accuracy": sk.accuracy_score(train[0], train[1].argmax(axis=1))}
    for prefix, (label, rows) in (("", test), ("dev_", dev)):
        guess, rows = rows.argmax(axis=1), rows.astype(float)
        expected |= {
            f"{prefix}accuracy": sk.accuracy_score(label, guess),
            f"{prefix}macro_f1": sk.f1_score(label, guess, average="macro"),
            f"{prefix}balanced_accuracy": sk.balanced_accuracy_score(label, guess),
            f"{prefix}log_loss": sk.log_loss(label, rows / rows.sum(axis=1, keepdims=True)),
        }
    assert got == pytest.approx(expected)


def test_absent_classes_count_only_where_predicted() -> None:
    """A class that is neither present nor predicted is left out; one that is predicted has F1 0."""
    rows = np.array([[0.8, 0.2, 0.0], [0.3, 0.7, 0.0], [0.9, 0.1, 0.0], [0.6, 0.4, 0.0]])
    got = classification([0, 1, 0, 0], rows, [0, 0, 0, 0], rows)
    assert got["dev_macro_f1"] == 1
    assert got["balanced_accuracy"] == 0.75
    assert got["macro_f1"] == pytest.approx((2 * 3 / 7 + 0) / 2)


@pytest.mark.parametrize(
    ("label", "rows", "says"),
    [
        ([0, 1], [[0.5, 0.5], [math.nan, 0.5]], "sum to 1"),
        ([0, 1], [[3.0, -2.0], [0.5, 0.5]], "softmax"),
        ([0, 2], [[0.5, 0.5], [0.5, 0.5]], "labels 0 to 1"),
        ([0], [0.5], "probabilities"),
        ([], np.zeros((0, 2)), "at least 1"),
    ],
)
def test_refuses_what_is_no_distribution(label: list[int], rows: list[list[float]], says: str) -> None:
    """NaN, logits, a label beyond the classes and wrong shapes stop with one message."""
    with pytest.raises(InputError, match=says):
        classification([0, 1], [[0.9, 0.1], [0.2, 0.8]], label, rows)
