"""How often intervals hold the truth over simulated studies, and how often a difference is seen where there is none.

The bounds are binomial: a test fails only where the count would be rarer than 1 in 1,000, were the rate as promised.
`make thorough` looks at four times as many studies. The figures for the habits of the field are in
benchmarks/seed_statistics.py.
"""

from collections import defaultdict

import numpy as np
import pytest
from scipy import stats

from sweep.stats import (
    Design,
    Measured,
    compare,
    estimate,
    estimates,
    measure,
    moderated_variance,
    probability_above,
    simulate,
    trial_scores,
)
from sweep.stats.measured_trials import values_only
from sweep.stats.measures import MEASURES
from sweep.stats.orh import difference, single
from sweep.stats.simulation import truth
from tests.simulations import studies

DESIGN = Design(n_dev=20, n_test=40, frames=5)
SEEDS = (5, 10, 30)
STUDIES = studies(400)


def between(count: int, n: int, low: float, high: float) -> bool:
    """Return whether a true rate from low to high could have given the count, at 1 in 1,000 a side."""
    return bool(
        stats.binomtest(count, n, low, alternative="less").pvalue > 1e-3
        and stats.binomtest(count, n, high, alternative="greater").pvalue > 1e-3
    )


@pytest.fixture(scope="module")
def hter_hits() -> dict[int, int]:
    """Return in how many of the simulated studies the interval for new subjects held the expected HTER."""
    rng = np.random.default_rng(20261121)
    expected = truth(DESIGN, "hter", studies(6000), rng)
    hits: dict[int, int] = defaultdict(int)
    for _ in range(STUDIES):
        measured = measure(simulate(DESIGN, 30, rng), "hter", rng=rng, n_replicates=200)
        for n in SEEDS:
            low, high = single(measured.value[:n], measured.deviations[:, :n]).interval(0.95)
            hits[n] += low <= expected <= high
    return hits


@pytest.mark.parametrize("n_seeds", SEEDS)
def test_the_headline_interval_covers(hter_hits: dict[int, int], n_seeds: int) -> None:
    """The interval of HTER for new subjects covers between .93 and .97 with 20 dev and 40 test subjects."""
    assert between(hter_hits[n_seeds], STUDIES, 0.93, 0.97)


@pytest.mark.parametrize("metric", ["fmr100", "d_prime", "cllr", "min_dcf"])
def test_metrics_that_are_asked_for_cover(metric: str) -> None:
    """The interval for new subjects covers .92 to .98 also of metrics that no trial measures, with 10 seeds."""
    rng, hits, n_studies = np.random.default_rng(5), 0, studies(200)
    expected = truth(DESIGN, metric, studies(2000), rng)
    for _ in range(n_studies):
        new = estimate(measure(simulate(DESIGN, 10, rng), metric, rng=rng, n_replicates=150)).new_subjects
        hits += new.low <= expected <= new.high
    assert between(hits, n_studies, 0.92, 0.98)


@pytest.fixture(scope="module")
def accuracy_answers() -> dict[tuple[str, int], int]:
    """Return counts over simulated studies of two equally good configurations, by accuracy (fast, so more of them)."""
    rng, n_studies = np.random.default_rng(7), studies(1500)
    design = Design(n_dev=2, n_test=40, frames=5)
    expected = truth(design, "test_accuracy", 4000, np.random.default_rng(8))
    counts: dict[tuple[str, int], int] = defaultdict(int)
    for _ in range(n_studies):
        scores = simulate(design, 30, rng, shifts=(0.0, 0.0))
        measured = _accuracy(scores.test.score, scores.test.label, scores.test.unit, rng)
        for n in SEEDS:
            a, b = np.arange(n), np.arange(30, 30 + n)
            x, y, dx, dy = (of[..., rows] for of in (measured.value, measured.deviations) for rows in (a, b))
            low, high = single(x, dx).interval(0.95)
            counts["covered", n] += low <= expected <= high
            counts["false alarm", n] += difference(x, y, dx, dy).p() <= 0.05
            counts["false alarm of Welch", n] += stats.ttest_ind(x, y, equal_var=False).pvalue <= 0.05
            t_low, t_high = stats.t.interval(0.95, n - 1, x.mean(), x.std(ddof=1) / np.sqrt(n))
            counts["covered by t", n] += t_low <= expected <= t_high
    counts["studies", 0] = n_studies
    return counts


def _accuracy(score: np.ndarray, label: np.ndarray, unit: np.ndarray, rng: np.random.Generator) -> Measured:
    config = np.repeat(["A", "B"], len(score) // 2)
    seed = np.tile(np.arange(len(score) // 2), 2)
    scores = trial_scores(score, label, unit, config=config, seed=seed)
    return measure(scores, "test_accuracy", rng=rng, n_replicates=150)


@pytest.mark.parametrize("n_seeds", SEEDS)
def test_the_interval_of_a_mean_covers(accuracy_answers: dict[tuple[str, int], int], n_seeds: int) -> None:
    """The interval of accuracy for new subjects covers between .93 and .97, where t over seeds covers less than .9."""
    n = accuracy_answers["studies", 0]
    assert between(accuracy_answers["covered", n_seeds], n, 0.93, 0.97)
    assert accuracy_answers["covered by t", n_seeds] < 0.9 * n


@pytest.mark.parametrize("n_seeds", SEEDS)
def test_false_alarms_of_a_comparison(accuracy_answers: dict[tuple[str, int], int], n_seeds: int) -> None:
    """Equal configurations are told apart for new subjects in at most 7 %, and more often by Welch over seeds."""
    n = accuracy_answers["studies", 0]
    assert stats.binomtest(accuracy_answers["false alarm", n_seeds], n, 0.07, alternative="greater").pvalue > 1e-3
    assert accuracy_answers["false alarm of Welch", n_seeds] > accuracy_answers["false alarm", n_seeds]


def test_false_alarms_over_a_grid() -> None:
    """Over all pairs of four equal configurations a false alarm is raised in at most 7 % of the studies."""
    rng, n_studies, alarms = np.random.default_rng(3), studies(300), 0
    design = Design(n_dev=2, n_test=40, frames=3)
    for _ in range(n_studies):
        scores = simulate(design, 5, rng, shifts=(0.0,) * 4)
        measured = measure(scores, "test_accuracy", rng=rng, n_replicates=150)
        alarms += any(one.better for one in compare(measured))
    assert stats.binomtest(alarms, n_studies, 0.07, alternative="greater").pvalue > 1e-3


def test_crossed_bootstrap_covers() -> None:
    """The crossed bootstrap covers between .92 and .98 at ten seeds."""
    rng, hits, n_studies = np.random.default_rng(5), 0, studies(400)
    design = Design(n_dev=2, n_test=40, frames=5)
    expected = truth(design, "mae", 3000, np.random.default_rng(6))
    for _ in range(n_studies):
        measured = measure(simulate(design, 10, rng), "mae", rng=rng, n_replicates=500)
        new = estimate(measured, method="crossed bootstrap", rng=rng).new_subjects
        hits += new.low <= expected <= new.high
    assert between(hits, n_studies, 0.92, 0.98)


def test_moderated_interval_covers_and_is_narrower() -> None:
    """At three seeds of ten configurations the moderated interval covers .93 to .97 at some half of the width."""
    rng, n_studies, n = np.random.default_rng(1), 600, 3
    hits, width, plain = 0, 0.0, 0.0
    for _ in range(n_studies):
        sd = np.sqrt(8 / rng.chisquare(8, 10))
        s2 = (rng.normal(size=(10, n)) * sd[:, None]).var(axis=1, ddof=1)
        means = rng.normal(size=10) * sd / np.sqrt(n)
        found = moderated_variance(s2, n - 1)
        half = stats.t.ppf(0.975, found.df) * np.sqrt(found.variance / n)
        hits += int((np.abs(means) <= half).sum())
        width, plain = width + half.mean(), plain + (stats.t.ppf(0.975, n - 1) * np.sqrt(s2 / n)).mean()
    assert 0.93 <= hits / (10 * n_studies) <= 0.97
    assert width < 0.6 * plain


@pytest.mark.parametrize(("n_configs", "n_noisy"), [(5, 2), (10, 5), (10, 2), (20, 10)])
def test_a_noisy_configuration_is_covered_beside_quiet_ones(n_configs: int, n_noisy: int) -> None:
    """At three seeds, configurations with five times the others' spread are covered in .93, and so are the others."""
    rng, n_studies, n = np.random.default_rng(n_configs + n_noisy), 250, 3
    sd = np.where(np.arange(n_configs) < n_noisy, 5.0, 1.0)
    noisy = quiet = 0
    for _ in range(n_studies):
        values = rng.normal(size=(n_configs, n)) * sd[:, None]
        measured = values_only(
            np.repeat(np.arange(n_configs), n), np.tile(np.arange(n), n_configs), values.ravel(), MEASURES["mse"],
            why_not="no scores",
        )  # fmt: skip
        held = [one.this_test_set.low <= 0 <= one.this_test_set.high for one in estimates(measured)]
        noisy, quiet = noisy + sum(held[:n_noisy]), quiet + sum(held[n_noisy:])
    assert stats.binomtest(noisy, n_noisy * n_studies, 0.93, alternative="less").pvalue > 1e-3
    assert stats.binomtest(quiet, (n_configs - n_noisy) * n_studies, 0.93, alternative="less").pvalue > 1e-3


@pytest.mark.parametrize("n_seeds", [5, 10])
def test_probability_of_being_above_covers(n_seeds: int) -> None:
    """The interval of P(A > B) covers at least .93 for normal seeds of unequal spread."""
    rng, n_studies = np.random.default_rng(n_seeds), 1500
    expected = float(stats.norm.cdf(1 / np.sqrt(1 + 4)))
    found = [probability_above(rng.normal(1, 1, n_seeds), rng.normal(0, 2, n_seeds)) for _ in range(n_studies)]
    hits = sum(one.low <= expected <= one.high for one in found)
    assert stats.binomtest(hits, n_studies, 0.93, alternative="less").pvalue > 1e-3
