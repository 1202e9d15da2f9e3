"""The two-level bootstrap: what it must give where the answer is known."""

import numpy as np
import pytest

from sweep.errors import InputError
from sweep.stats import Design, estimate, measure, simulate
from sweep.stats.crossed_bootstrap import crossed_means
from sweep.stats.simulation import truth
from sweep.stats.two_level import two_level_limits, two_level_means


def test_seeds_alone_have_the_variance_of_their_mean() -> None:
    """Where no subject matters the draws vary by s^2 / S, to 3 %; the crossed bootstrap's by (S - 1) / S of that."""
    seeds = np.random.default_rng(0).normal(size=6)
    replicates = np.tile(seeds, (40_000, 1))
    expected = seeds.var(ddof=1) / seeds.size
    drawn = two_level_means(replicates, np.random.default_rng(1))
    crossed = crossed_means(replicates, np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(seeds.mean(), abs=4 * np.sqrt(expected / 40_000))
    assert drawn.var() == pytest.approx(expected, rel=0.03)
    assert crossed.var() == pytest.approx(expected * 5 / 6, rel=0.03)


def test_subjects_alone_keep_their_percentiles() -> None:
    """Where all seeds are one the limits are the percentiles of the replicates of the subjects, whatever is drawn."""
    subjects = np.random.default_rng(2).normal(size=999)
    replicates = np.repeat(subjects[:, None], 4, axis=1)
    limits = two_level_limits(replicates, 0.9, np.random.default_rng(3))
    assert limits == pytest.approx(np.quantile(subjects, [0.05, 0.95]))


def test_one_generator_makes_one_interval() -> None:
    """The same rng gives the same limits, and none is refused with what to give; a dash may stand for a blank."""
    measured = measure(simulate(Design(), 6, np.random.default_rng(4)), "hter", rng=np.random.default_rng(4))
    one, other = (
        estimate(measured, method=word, rng=np.random.default_rng(5)).new_subjects
        for word in ("two-level bootstrap", "two-level-bootstrap")
    )
    assert (one.low, one.high) == (other.low, other.high)
    assert one.method == "two-level bootstrap of seeds and subjects, percentile"
    third = estimate(measured, method="two-level bootstrap", rng=np.random.default_rng(6)).new_subjects
    assert (third.low, third.high) != (one.low, one.high)
    with pytest.raises(InputError, match="Expected rng for the two-level bootstrap"):
        estimate(measured, method="two-level bootstrap")
    with pytest.raises(InputError, match="Did you mean 'two-level bootstrap'"):
        estimate(measured, method="two-levels bootstrap", rng=np.random.default_rng(5))


def test_few_seeds_are_told() -> None:
    """Below five seeds the note says that a bootstrap over seeds is too narrow."""
    measured = measure(simulate(Design(), 4, np.random.default_rng(4)), "hter", rng=np.random.default_rng(4))
    found = estimate(measured, method="two-level bootstrap", rng=np.random.default_rng(5)).new_subjects
    assert "fewer than 5 seeds" in found.note


def test_it_covers_and_is_no_narrower_than_it_promises() -> None:
    """At ten seeds it covers at least .93 of the studies, by a binomial bound, and more than .995 would be too wide."""
    rng, hits, n_studies = np.random.default_rng(7), 0, 300
    design = Design(n_dev=2, n_test=40, frames=5)
    expected = truth(design, "mae", 3000, np.random.default_rng(6))
    for _ in range(n_studies):
        measured = measure(simulate(design, 10, rng), "mae", rng=rng, n_replicates=400)
        new = estimate(measured, method="two-level bootstrap", rng=rng).new_subjects
        hits += new.low <= expected <= new.high
    assert 0.93 * n_studies <= hits <= 0.995 * n_studies
