"""Intervals for the SD of values that are not normal, and the comparison of two spreads."""

import numpy as np
import pytest

from sweep.stats import equal_spread, sd_interval, sd_interval_of

STUDIES = 1000


def held(draw, sd, n, interval):
    """Return the share of simulated studies whose interval holds the SD."""
    rng = np.random.default_rng(0)
    limits = [interval(draw(rng, n)) for _ in range(STUDIES)]
    return np.mean([low <= sd <= high for low, high in limits])


def chi_square(values):
    """Return the interval that takes the values as normal."""
    return sd_interval(values.std(ddof=1), values.size - 1)


@pytest.mark.parametrize("n", [10, 30])
def test_normal_values_are_covered(n):
    """For normal values the interval holds the SD in about 95 % of the studies."""
    assert held(lambda rng, n: rng.normal(0, 1, n), 1, n, sd_interval_of) > 0.93


def test_skewed_values_are_covered_better_than_by_chi_square():
    """For exponential values, skewed as a loss is, chi-square holds the SD far too seldom, this one nearly as said."""
    shares = [held(lambda rng, n: rng.exponential(1, n), 1, 30, one) for one in (chi_square, sd_interval_of)]
    assert shares[0] < 0.80
    assert shares[1] > 0.88


def test_the_interval_has_no_unit_and_no_place():
    """Shifted and scaled values scale the limits; equal values have no width; few values fall back on chi-square."""
    values = np.random.default_rng(1).exponential(1, 20)
    low, high = sd_interval_of(values)
    assert sd_interval_of(1e-6 * values + 3) == pytest.approx((1e-6 * low, 1e-6 * high), rel=1e-6)
    assert low < values.std(ddof=1) < high
    assert sd_interval_of([0.1, 0.1, 0.1]) == (0, 0)
    assert sd_interval_of(values[:3]) == pytest.approx(chi_square(values[:3]))
    assert np.isnan(sd_interval_of([1.0])).all()


def test_equal_spreads_are_seldom_told_apart_and_unequal_ones_are():
    """False alarms stay near 5 % for skewed values; a spread ten times as large is seen."""
    rng = np.random.default_rng(2)
    alarms = np.mean([equal_spread(rng.exponential(1, 30), rng.exponential(1, 30)) < 0.05 for _ in range(500)])
    assert alarms < 0.08
    assert equal_spread(rng.exponential(1, 30), rng.exponential(10, 30)) < 0.001
    assert equal_spread([1.0, 1.0], [2.0, 2.0]) == 1


def test_two_values_are_equally_far_from_their_median_whatever_they_are():
    """Nothing can be said of two, and values all equally far from their median are no division by zero."""
    assert np.isnan(equal_spread([0.34275699, 0.00195133], [0.47803278, 0.00563231]))
    assert equal_spread([-1.0, -1.0, 1.0, 1.0], [0.0, 0.0, 0.0]) == 0
    assert equal_spread([-1.0, -1.0, 1.0, 1.0], [1.0, 1.0, 3.0, 3.0]) == 1
