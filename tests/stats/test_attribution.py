"""Attribution: the array is orthogonal, planted variances come back, and the intervals hold them as often as said."""

import itertools

import numpy as np
import pytest
from scipy import stats

from sweep.errors import InputError
from sweep.stats.attribution import attribute, orthogonal_array
from tests.simulations import FULL, studies

NAMES = ("init", "order", "dropout", "augment", "split")


def planted(sds, noise, n_levels, rng):
    """Return the values of one study: an effect for each level of each source, and noise for each run."""
    array = orthogonal_array(n_levels, len(sds))
    effects = [rng.normal(0, sd, n_levels)[column] for sd, column in zip(sds, array.T, strict=True)]
    return np.sum(effects, axis=0) + rng.normal(0, noise, len(array)), array


@pytest.mark.parametrize(("n_levels", "n_sources"), [(5, 5), (5, 2), (7, 7), (11, 4)])
def test_any_two_columns_meet_every_pair_of_levels_once(n_levels, n_sources):
    """Strength 2 and index 1: what makes the sources' mean squares independent."""
    array = orthogonal_array(n_levels, n_sources)
    for a, b in itertools.combinations(range(n_sources), 2):
        assert len({(int(row[a]), int(row[b])) for row in array}) == n_levels**2 == len(array)


def test_a_worked_case():
    """One source that is the only cause: its variance is that of its level means, and nothing is left over."""
    array = orthogonal_array(5, 2)
    effect = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    found = attribute(effect[array[:, 0]], array, ("a", "b"), rng=np.random.default_rng(0))
    a, b = found.sources
    assert a.sd == pytest.approx(effect.std(ddof=1))
    assert (b.sd, found.rest.sd) == (0, 0)
    assert a.share == pytest.approx(1)


def test_mean_squares_agree_with_a_regression_on_dummies():
    """A second way to the same F test: two nested least-squares fits."""
    rng = np.random.default_rng(3)
    y, array = planted((1.0, 0.5, 0.2), 0.4, 5, rng)
    found = attribute(y, array, NAMES[:3], rng=rng)

    def residual(columns):
        dummies = np.hstack([np.ones((25, 1)), *(np.eye(5)[array[:, at]][:, 1:] for at in columns)])
        left = y - dummies @ np.linalg.lstsq(dummies, y, rcond=None)[0]
        return left @ left

    full = residual([0, 1, 2])
    for at, source in enumerate(found.sources):
        f = (residual([other for other in range(3) if other != at]) - full) / 4 / (full / 12)
        assert source.p == pytest.approx(stats.f.sf(f, 4, 12), rel=1e-9)
    assert found.rest.raw_variance == pytest.approx(full / 12)


@pytest.mark.parametrize("n_levels", [5, 7])
def test_intervals_cover_planted_sources(n_levels):
    """Over simulated studies each planted SD lies in its 95 % interval in 93 to 97 % of them (binomial bound)."""
    rng = np.random.default_rng(n_levels)
    sds, noise, n = (1.5, 1.0, 0.7, 0.4, 0.0), 0.5, studies(2000)
    held = np.zeros(6)
    for _ in range(n):
        y, array = planted(sds, noise, n_levels, rng)
        found = attribute(y, array, NAMES, rng=rng)
        for at, (source, truth) in enumerate(zip((*found.sources, found.rest), (*sds, noise), strict=True)):
            held[at] += source.low <= truth <= source.high
    coverage = held / n
    assert 0.93 <= held[[0, 1, 2, 3, 5]].mean() / n <= 0.97, coverage
    bound = stats.binom.ppf([0.0005, 0.9995], n, 0.95) / n
    assert ((coverage[[0, 5]] >= bound[0]) & (coverage[[0, 5]] <= bound[1])).all(), coverage
    # A source that does nothing can only be missed on one side: 0.975 where it is told apart from nothing.
    assert coverage[4] >= bound[0], coverage
    assert (coverage[1:4] >= bound[0]).all(), coverage
    most = 0.98 if FULL else stats.binom.ppf(0.9995, n, 0.98) / n
    assert (coverage[1:4] <= most).all(), coverage


def test_bad_input_is_one_message():
    """A run without a value, other levels, too many sources."""
    array = orthogonal_array(5, 3)
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="without balance"):
        attribute([*np.zeros(24), np.nan], array, NAMES[:3], rng=rng)
    with pytest.raises(InputError, match="every level 5 times"):
        attribute(np.zeros(25), np.zeros((25, 3), int), NAMES[:3], rng=rng)
    with pytest.raises(InputError, match="number of levels"):
        orthogonal_array(6, 3)
    with pytest.raises(InputError, match="1 to 5 sources"):
        orthogonal_array(5, 6)


@pytest.mark.parametrize("offset", [0.0, 0.1, 1e6])
def test_idle_sources_beside_the_only_one_that_acts_are_nothing(offset):
    """Where one source explains every run the others have an SD of 0 and an interval that begins and ends there."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        y, array = planted((1.0, 0.0, 0.0, 0.0), 0.0, 5, rng)
        found = attribute(y + offset, array, NAMES[:4], rng=rng)
        assert found.sources[0].low > 0
        assert all((one.sd, one.low, one.high, one.p) == (0, 0, 0, 1) for one in found.sources[1:])
