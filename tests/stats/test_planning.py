"""Seeds for a precision, a published number, failures and luck: the published figures, and what bad input gets."""

import math

import numpy as np
import pytest
from scipy import stats

from sweep.errors import InputError
from sweep.stats import (
    against,
    best_of_normal,
    clopper_pearson,
    expected_best,
    failures,
    iqm,
    plan_seeds,
    pooled_sd,
    rate_variance,
    sd_interval,
    seeds_for_half_width,
    seeds_for_power,
    seeds_in_two_stages,
    seeds_with_assurance,
)

THREE = (75.57, 75.85, 76.39)


@pytest.mark.parametrize(("half_width", "seeds", "assured"), [(1, 7, 9), (0.75, 10, 14), (0.5, 18, 24), (0.3, 46, 56)])
def test_seeds_for_a_half_width(half_width: float, seeds: int, assured: int) -> None:
    """The seeds for a half-width in SD, expected and with 90 % assurance, are the known ones and the least."""
    assert seeds_for_half_width(half_width, 1) == seeds
    assert seeds_with_assurance(half_width, 1) == assured
    widths = [stats.t.ppf(0.975, n - 1) / math.sqrt(n) for n in (seeds - 1, seeds)]
    assert widths[0] > half_width >= widths[1]


@pytest.mark.parametrize(("gap", "seeds"), [(2, 6), (1.5, 9), (1, 17)])
def test_seeds_for_power(gap: float, seeds: int) -> None:
    """The seeds an arm that see a difference with 80 % power are the known ones."""
    assert seeds_for_power(gap, 1) == seeds


def test_seeds_are_scale_free_and_zero_spread_needs_two() -> None:
    """Only the ratio of half-width and SD matters; without spread two seeds are enough."""
    assert seeds_for_half_width(0.005, 0.01) == seeds_for_half_width(0.5, 1)
    assert seeds_for_half_width(0.005, 0) == seeds_with_assurance(0.005, 0) == 2


def test_two_stages_keep_their_coverage() -> None:
    """Stein's rule covers at least 95 % although a pilot of five decides how many seeds are run."""
    rng, hits, n = np.random.default_rng(0), 0, 3000
    for _ in range(n):
        pilot = rng.normal(size=5)
        total = seeds_in_two_stages(0.8, pilot.std(ddof=1), 5)
        mean = (pilot.sum() + rng.normal(size=total - 5).sum()) / total
        hits += abs(mean) <= stats.t.ppf(0.975, 4) * pilot.std(ddof=1) / math.sqrt(total)
    assert stats.binomtest(hits, n, 0.95, alternative="less").pvalue > 1e-3


@pytest.mark.parametrize(("runs", "ratio"), [(10, 2.65), (30, 1.69), (200, 1.22)])
def test_the_interval_of_an_sd_is_wide(runs: int, ratio: float) -> None:
    """From 10, 30 or 200 runs the upper limit of an SD is 2.65, 1.69 or 1.22 times the lower one."""
    low, high = sd_interval(1, runs - 1)
    assert high / low == pytest.approx(ratio, abs=0.01)


def test_a_plan_knows_what_seeds_cannot_buy() -> None:
    """Where the test set alone is wider than the precision, no number of seeds is enough, and the plan says so."""
    plan = plan_seeds(0.005, 0.004, 10, cov2=1e-5, n_subjects=40)
    assert plan.floor == pytest.approx(1.96 * math.sqrt(1e-5), rel=1e-3)
    assert plan.seeds_new_subjects is None
    assert plan.subjects_floor == math.ceil(40 * (plan.floor / 0.005) ** 2)
    assert plan.subjects is not None
    assert plan.subjects > plan.subjects_floor
    wider = plan_seeds(0.01, 0.004, 10, cov2=1e-5, n_subjects=40)
    assert wider.seeds_new_subjects is not None
    assert wider.seeds_new_subjects >= wider.seeds


@pytest.mark.parametrize("half_width", [0, -1, math.nan, 1e-9])
def test_an_impossible_precision_is_refused(half_width: float) -> None:
    """A precision of 0, below 0, NaN or beyond 100,000 seeds is refused."""
    with pytest.raises(InputError, match="precision"):
        plan_seeds(half_width, 1.0)


def test_a_published_number_on_three_seeds() -> None:
    """74.5 is consistent with 75.57, 75.85, 76.39 on three seeds, and not with the SD of twenty configurations."""
    alone = against(THREE, 74.5)
    assert f"{alone.low:.2f} {alone.high:.2f} {alone.p:.3f} {alone.consistent}" == "73.87 78.01 0.096 True"
    pooled = against(THREE, 74.5, pooled=(float(np.std(THREE, ddof=1)), 40))
    assert f"{pooled.p:.3f} {pooled.consistent}" == "0.005 False"


def test_a_published_number_on_another_test_set() -> None:
    """A different test set of 6,488 widens the prediction to +- 1.84, p .12."""
    variance = 100**2 * rate_variance(np.mean(THREE) / 100, 6488)
    other = against(THREE, 74.5, test_set_variance=variance, n_published=6488, n_test=6488)
    assert f"{(other.high - other.low) / 2:.2f} {other.p:.2f}" == "1.84 0.12"


def test_the_prediction_covers_one_more_run() -> None:
    """The prediction interval of three seeds holds a fourth in about 95 %."""
    rng, n = np.random.default_rng(4), 3000
    runs = rng.normal(size=(n, 4))
    hits = sum(against(row[:3], row[3]).consistent for row in runs)
    assert stats.binomtest(hits, n, 0.95).pvalue > 1e-3


def test_published_bad_input() -> None:
    """A NaN number, a size alone and a rate in per cent are refused."""
    with pytest.raises(InputError, match="published"):
        against(THREE, math.nan)
    with pytest.raises(InputError, match="sizes"):
        against(THREE, 74.5, n_published=100)
    with pytest.raises(InputError, match="per cent"):
        rate_variance(75.0, 100)


def test_pooled_sd() -> None:
    """The pooled SD weighs variances by their degrees of freedom, and leaves configurations of one seed out."""
    assert pooled_sd([1, 4, np.nan], [2, 4, 0]) == pytest.approx((math.sqrt(3), 6))
    with pytest.raises(InputError, match="two seeds"):
        pooled_sd([np.nan], [0])


def test_clopper_pearson_is_scipys() -> None:
    """The interval of a failure rate is SciPy's exact one, at the edges too."""
    for count in (0, 1, 7, 10):
        want = stats.binomtest(count, 10).proportion_ci(0.95, "exact")
        assert clopper_pearson(count, 10) == pytest.approx((want.low, want.high))


def test_failures_are_told_beside_the_mean() -> None:
    """The mean given success, the mean with failures at chance, and the median stand beside the failure rate."""
    values = [0.08] * 9
    got = failures(values, 1, chance=0.5)
    assert (got.n_ok, got.n_planned) == (9, 10)
    assert got.rate.value == 0.1
    assert got.given_success is not None
    assert got.given_success.value == 0.08
    assert got.at_chance is not None
    assert got.at_chance.value == pytest.approx(0.122)
    assert got.median == 0.08


def test_all_seeds_failed() -> None:
    """Without a seed that finished there is a failure rate, and no mean of the finished."""
    got = failures([], 5, chance=0.5)
    assert got.rate.value == 1
    assert got.given_success is None
    assert got.at_chance is not None
    assert got.at_chance.value == 0.5
    unknown = failures([], 5)
    assert unknown.at_chance is None
    with pytest.raises(InputError):
        failures([], 0)


def test_iqm_is_the_trimmed_mean_and_covers() -> None:
    """The interquartile mean is SciPy's mean trimmed by a quarter, and its interval covers about 95 %."""
    rng, n = np.random.default_rng(9), 3000
    runs = rng.normal(size=(n, 12))
    found = [iqm(row) for row in runs]
    assert found[0].value == pytest.approx(stats.trim_mean(runs[0], 0.25))
    hits = sum(one.low <= 0 <= one.high for one in found)
    assert abs(hits / n - 0.95) < 0.02


def test_the_best_of_n_is_luck() -> None:
    """The best of 5, 10 and 30 normal seeds is 1.16, 1.54 and 2.04 SD better than their mean."""
    assert [f"{best_of_normal(n):.2f}" for n in (5, 10, 30)] == ["1.16", "1.54", "2.04"]


def test_expected_best_of_the_seeds() -> None:
    """The curve starts at the mean, ends at the best seed, and is the mean over all subsets in between."""
    values = [0.3, 0.1, 0.2, 0.4]
    low = expected_best(values, higher_is_better=False)
    assert (low.value[0], low.value[-1]) == pytest.approx((0.25, 0.1))
    pairs = [min(a, b) for at, a in enumerate(values) for b in values[at + 1 :]]
    assert low.value[1] == pytest.approx(np.mean(pairs))
    high = expected_best(values, higher_is_better=True)
    assert high.value[-1] == 0.4
    assert (np.diff(high.gain_sd) > 0).all()


@pytest.mark.parametrize("n_pilot", [3, 5, 10, 20])
@pytest.mark.parametrize("half_width", [0.3, 0.75])
def test_the_assured_number_of_seeds_holds_over_pilots(n_pilot: int, half_width: float) -> None:
    """Fresh seeds reach the half-width in 90 % of cases, whatever SD the pilot happened to show."""
    rng, n_studies = np.random.default_rng(n_pilot), 600
    pilots = np.sqrt(rng.chisquare(n_pilot - 1, n_studies) / (n_pilot - 1))
    n = np.array([seeds_with_assurance(half_width, sd, n_pilot=n_pilot) for sd in pilots])
    fresh = np.sqrt(rng.chisquare(n - 1) / (n - 1))
    reached = int((stats.t.ppf(0.975, n - 1) * fresh / np.sqrt(n) <= half_width).sum())
    assert stats.binomtest(reached, n_studies, 0.9, alternative="less").pvalue > 1e-3
    known = np.array([seeds_with_assurance(half_width, sd) for sd in pilots])
    assert (known <= n).all()


@pytest.mark.parametrize("n_pilot", [3, 10])
def test_steins_interval_covers(n_pilot: int) -> None:
    """The interval that the two-stage plan prints holds the mean in 95 %, though the pilot chose the number."""
    rng, n_studies, hits = np.random.default_rng(n_pilot), 1500, 0
    for _ in range(n_studies):
        pilot = rng.normal(size=n_pilot)
        plan = plan_seeds(0.75, float(pilot.std(ddof=1)), n_pilot)
        assert plan.seeds_two_stage is not None
        assert plan.half_width_two_stage <= 0.75 + 1e-12
        seeds = np.concatenate((pilot, rng.normal(size=plan.seeds_two_stage - n_pilot)))
        hits += abs(seeds.mean()) <= plan.half_width_two_stage
    assert stats.binomtest(hits, n_studies, 0.95).pvalue > 1e-3


def test_the_peoples_part_is_shared_where_one_estimate_is_below_zero() -> None:
    """A configuration whose own estimate is below 0 takes the mean over all; one with an estimate keeps its own."""
    clipped = plan_seeds(0.02, 0.01, 10, cov2=-1e-5, n_subjects=40, shared_cov2=1e-4)
    own = plan_seeds(0.02, 0.01, 10, cov2=2e-4, n_subjects=40, shared_cov2=1e-4)
    assert (clipped.cov2, clipped.shared, own.cov2, own.shared) == (1e-4, True, 2e-4, False)
    assert clipped.floor == pytest.approx(1.96 * 0.01, rel=1e-3)
    assert plan_seeds(0.02, 0.01, 10, cov2=-1e-5, n_subjects=40, shared_cov2=-1e-6).floor == 0
