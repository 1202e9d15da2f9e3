"""The weighted EER and rates against the plain ones on the scores repeated by weight."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.errors import InputError
from sweep.metrics import eer, fmr, fnmr, weighted_eer, weighted_rates


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n_units=st.integers(1, 10),
    n_genuine=st.integers(1, 300),
    n_impostor=st.integers(1, 900),
    grid=st.sampled_from([1, 4, 1000]),
)
def test_equals_the_eer_of_repeated_scores(seed: int, n_units: int, n_genuine: int, n_impostor: int, grid: int) -> None:
    """The value, the threshold, and the rates at it are those of `eer` on each score repeated by its unit's weight."""
    rng = np.random.default_rng(seed)
    genuine = np.round(rng.normal(1, 1, n_genuine) * grid) / grid
    impostor = np.round(rng.normal(0, 1, n_impostor) * grid) / grid
    unit_g, unit_i = rng.integers(0, n_units, n_genuine), rng.integers(0, n_units, n_impostor)
    weights = rng.multinomial(n_units, np.ones(n_units) / n_units, size=5)
    value, threshold = weighted_eer(genuine, impostor, unit_g, unit_i, weights)
    step, _ = weighted_eer(genuine, impostor, unit_g, unit_i, weights, method="step")
    limits = rng.choice(np.concatenate((genuine, impostor)), 5)
    far, frr = weighted_rates(genuine, impostor, unit_g, unit_i, weights, limits)
    for b, weight in enumerate(weights):
        g, i = np.repeat(genuine, weight[unit_g]), np.repeat(impostor, weight[unit_i])
        if g.size and i.size:
            expected = eer(g, i)
            assert value[b] == pytest.approx(expected.value, abs=1e-12)
            assert step[b] == pytest.approx(expected.step, abs=1e-12)
            assert threshold[b] == expected.threshold
            assert fmr(i, threshold[b]) == pytest.approx(fmr(i, expected.threshold), abs=1e-12)
            assert fnmr(g, threshold[b]) == pytest.approx(fnmr(g, expected.threshold), abs=1e-12)
        else:
            assert np.isnan([value[b], step[b], threshold[b]]).all()
        if i.size:
            assert far[b] == pytest.approx((i >= limits[b]).mean(), abs=1e-12)
        else:
            assert np.isnan(far[b])
        if g.size:
            assert frr[b] == pytest.approx((g < limits[b]).mean(), abs=1e-12)
        else:
            assert np.isnan(frr[b])


def test_threshold_in_the_gap_of_what_was_drawn() -> None:
    """A separated replicate has its threshold in the middle between the scores drawn, whatever else was given."""
    assert weighted_eer([0.9, 0.95], [0.1, 0.2], [0, 1], [0, 1], [[2, 0]])[1].tolist() == [0.5]
    assert weighted_eer([0.9, 0.95], [0.1, 0.2], [0, 1], [0, 1], [[0, 1], [1, 1]])[1].tolist() == [0.575, 0.55]


def test_nan_threshold_gives_nan() -> None:
    """A replicate without a threshold has no rates."""
    far, frr = weighted_rates([1.0], [0.0], [0], [0], [[1], [1]], [np.nan, 0.5])
    np.testing.assert_array_equal(far, [np.nan, 0])
    np.testing.assert_array_equal(frr, [np.nan, 0])


@pytest.mark.parametrize(
    ("unit", "weights", "message"),
    [
        ([0, 2], [[1, 1]], "units from 0 to 1"),
        ([0], [[1, 1]], "one whole number a genuine score"),
        ([0.0, 1.0], [[1, 1]], "one whole number a genuine score"),
        ([0, 1], [[1, -1]], "weights >= 0"),
        ([0, 1], [1, 1], "shape"),
    ],
)
def test_bad_units_and_weights_stop(unit: list[int], weights: list[list[int]], message: str) -> None:
    """Units and weights that do not fit raise one message."""
    with pytest.raises(InputError, match=message):
        weighted_eer([1.0, 2.0], [0.0], unit, [0], weights)
