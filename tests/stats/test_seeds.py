"""The t-interval over seeds."""

import math

import numpy as np
import pytest
from scipy import stats

from sweep.errors import InputError
from sweep.stats import t_interval


def test_agrees_with_scipy() -> None:
    """Mean, limits and degrees of freedom are SciPy's."""
    values = [75.57, 75.85, 76.39]
    got = t_interval(values)
    low, high = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (got.low, got.high) == pytest.approx((low, high))
    assert (got.n_seeds, got.df, got.covers) == (3, 2, "this test set")
    assert got.sd == pytest.approx(np.std(values, ddof=1))


def test_one_seed_has_a_value_and_a_reason_for_no_interval() -> None:
    """One seed gives its value, NaN limits and the reason."""
    got = t_interval([0.1])
    assert got.value == 0.1
    assert math.isnan(got.low)
    assert math.isnan(got.high)
    assert "one seed" in got.note
    assert "no interval" in str(got)


def test_constant_metric_has_zero_width_and_a_note() -> None:
    """Seeds that agree exactly give a zero width, said in words."""
    got = t_interval([0.1] * 5)
    assert got.low == got.high == got.value == 0.1
    assert got.note == "every seed gave the same value"


@pytest.mark.parametrize("values", [[], [0.1, math.nan], [0.1, math.inf], [[0.1, 0.2]]])
def test_bad_values_are_refused(values: list[float]) -> None:
    """No seed, a NaN, an infinity or a table stops with a message."""
    with pytest.raises(InputError, match="Expected"):
        t_interval(values)


@pytest.mark.parametrize("level", [0, 1, 95])
def test_bad_level_is_refused(level: float) -> None:
    """A level outside (0, 1) stops with a message."""
    with pytest.raises(InputError, match="level"):
        t_interval([1, 2], level)


@pytest.mark.parametrize("n", [5, 10, 30])
def test_coverage_over_seeds(n: int) -> None:
    """Over 4,000 simulated studies the interval covers about 95 %."""
    rng = np.random.default_rng(n)
    hits = sum((got := t_interval(rng.normal(size=n))).low <= 0 <= got.high for _ in range(4000))
    assert stats.binomtest(hits, 4000, 0.95).pvalue > 1e-3
