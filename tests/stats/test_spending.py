"""The limits of several looks: known values, the error that they allow, and what bad input gets."""

import numpy as np
import pytest

from sweep.errors import InputError
from sweep.stats import boundaries
from sweep.stats.spending import obrien_fleming, pocock


@pytest.mark.parametrize(
    ("looks", "spending", "known"),
    [
        (4, obrien_fleming, [4.333, 2.963, 2.359, 2.014]),
        (5, obrien_fleming, [4.877, 3.357, 2.680, 2.290, 2.031]),
        (4, pocock, [2.368, 2.368, 2.358, 2.350]),
        (1, pocock, [1.960]),
    ],
)
def test_limits_are_the_published_ones(looks: int, spending: object, known: list[float]) -> None:
    """Of equal looks at 5 % the limits are those that the literature and its software print."""
    found = boundaries(np.arange(1, looks + 1) / looks, 0.05, spending)  # type: ignore[arg-type]
    np.testing.assert_allclose(found, known, atol=6e-4)


def test_all_looks_together_cross_with_the_error_that_was_spent() -> None:
    """A normal walk that is looked at unevenly crosses some limit as often as alpha says."""
    rng, fractions = np.random.default_rng(0), np.array([0.3, 0.5, 0.55, 0.9, 1.0])
    steps = rng.normal(0, np.sqrt(np.diff(fractions, prepend=0)), (200_000, 5))
    crossed = (np.abs(steps.cumsum(axis=1)) / np.sqrt(fractions) >= boundaries(fractions, 0.05, pocock)).any(axis=1)
    assert abs(crossed.mean() - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 200_000)


def test_a_look_that_brings_nothing_spends_nothing() -> None:
    """Where the information stands still the limit is infinite, and the next look has what was saved."""
    found = boundaries([0.5, 0.5005, 1.0], 0.05)
    assert np.isinf(found[1])
    np.testing.assert_allclose(found[[0, 2]], boundaries([0.5, 1.0], 0.05), atol=1e-6)


@pytest.mark.parametrize("fractions", [[], [0.0, 1.0], [0.5, 0.4], [0.5, 1.2], [0.5, float("nan")]])
def test_fractions_that_do_not_rise_are_refused(fractions: list[float]) -> None:
    """Fractions of the information rise from above 0 to 1."""
    with pytest.raises(InputError, match="rising fractions"):
        boundaries(fractions, 0.05)
