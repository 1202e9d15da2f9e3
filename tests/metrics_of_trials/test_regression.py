"""The metrics of a regression trial beside scikit-learn."""

import math

import numpy as np
import pytest
from sklearn import metrics as sk

from sweep.errors import InputError
from sweep.metrics.regression import regression


def test_agrees_with_scikit_learn() -> None:
    """MSE, MAE, RMSE and R^2 of both splits are scikit-learn's."""
    rng = np.random.default_rng(1)
    dev, test = ((label := rng.normal(size=n), label + rng.normal(0, 0.4, n)) for n in (80, 120))
    expected = {}
    for prefix, pair in (("", test), ("dev_", dev)):
        expected |= {
            f"{prefix}mse": sk.mean_squared_error(*pair),
            f"{prefix}mae": sk.mean_absolute_error(*pair),
            f"{prefix}rmse": sk.root_mean_squared_error(*pair),
            f"{prefix}r2": sk.r2_score(*pair),
        }
    assert regression(*dev, *test) == pytest.approx(expected)


def test_constant_labels_have_no_r2() -> None:
    """Where the labels do not vary nothing could be explained."""
    assert math.isnan(regression([1, 2], [1, 2], [3, 3], [3, 4])["r2"])


@pytest.mark.parametrize(
    ("label", "score", "says"),
    [
        ([1, 2], [1, math.nan], "NaN"),
        ([1, 2], [1], "1, 2"),
        ([], [], "at least one"),
        ([1, math.inf], [1, 2], "infinite"),
    ],
)
def test_refuses_what_is_no_number(label: list[float], score: list[float], says: str) -> None:
    """A NaN, an infinity, no row and unequal lengths stop with one message."""
    with pytest.raises(InputError, match=says):
        regression([1, 2], [1, 2], label, score)
