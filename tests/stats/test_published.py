"""A paper's number: one run, the best or the mean of several, other test sets, and one run of ours against it."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats as scipy_stats

from sweep.errors import InputError
from sweep.stats import Reported, against
from sweep.stats.reported import Ours, predict, runs_that_tell

RUNS = [0.101, 0.095, 0.110, 0.098, 0.104]


KINDS = [Reported(), Reported(best_of=3), Reported(best_of=10, higher_is_better=True), Reported(n_seeds=3)]


def theirs(reported: Reported, rng: np.random.Generator, size: int) -> np.ndarray:
    """Return (size,) numbers as papers report them, from standard normal runs."""
    runs = rng.normal(size=(reported.best_of * reported.n_seeds, size))
    return runs.max(0) if reported.higher_is_better else runs.min(0) if reported.best_of > 1 else runs.mean(0)


@pytest.mark.parametrize("reported", KINDS, ids=str)
def test_each_law_is_that_of_a_simulation(reported: Reported) -> None:
    """Limits of 95 %, and the probability beyond a point, by the definition and another generator."""
    rng, n, df, size = np.random.Generator(np.random.SFC64(5)), 5, 4.0, 400_000
    scale = np.sqrt(rng.chisquare(df, size) / df)
    draws = (theirs(reported, rng, size) - rng.normal(size=size) / math.sqrt(n)) / scale
    found = predict(reported, Ours(0.0, n, 1.0, df), 1.0, 0.95)
    assert float(np.mean((draws >= found.low) & (draws <= found.high))) == pytest.approx(0.95, abs=0.002)
    beyond = min(float(np.mean(draws <= 1.0)), float(np.mean(draws >= 1.0)))
    assert found.p == pytest.approx(2 * beyond, abs=0.01)


@pytest.mark.parametrize("reported", KINDS, ids=str)
def test_another_test_set_is_common_to_all_runs_of_a_paper(reported: Reported) -> None:
    """With a known variance between the test sets the limits hold about 95 % of such papers."""
    rng, n, sets, size = np.random.default_rng(6), 5, 2.0, 250 if reported.best_of > 1 else 4000
    ours, numbers = rng.normal(size=(size, n)), theirs(reported, rng, size) + rng.normal(0, math.sqrt(sets), size)
    inside = 0
    for values, number in zip(ours, numbers, strict=True):
        found = predict(reported, Ours(values.mean(), n, values.std(ddof=1), n - 1.0, sets), number, 0.95)
        inside += found.low <= number <= found.high
    assert 0.92 < inside / size < 0.985


def test_the_best_of_one_is_one_run() -> None:
    """The quadrature gives Student's law where it is known in closed form."""
    from sweep.stats.reported import _best

    for df in (2.0, 30.0, math.inf):
        ours = Ours(0.3, 6, 0.02, df)
        best, one = (law(Reported(), ours, 0.33, 0.95) for law in (_best, predict))
        for name in ("low", "high", "p"):
            assert getattr(best, name) == pytest.approx(getattr(one, name), rel=2e-3)


def test_the_sd_of_a_paper_counts_as_welch_counts_it() -> None:
    """p is that of Welch's test of the two means."""
    ours = np.array(RUNS)
    found = against(ours, 0.085, n_seeds=4, sd=0.004)
    welch = scipy_stats.ttest_ind_from_stats(ours.mean(), ours.std(ddof=1), 5, 0.085, 0.004, 4, equal_var=False)
    assert found.p == pytest.approx(welch.pvalue)
    assert "mean of 4 runs" in str(found)


@pytest.mark.parametrize("reported", [{}, {"best_of": 3}, {"best_of": 10}, {"n_seeds": 3}, {"n_seeds": 10}])
def test_a_paper_that_used_our_code_is_seldom_out_of_reach(reported: dict[str, Any]) -> None:
    """Five runs of ours, and a paper of the same runs: 3 to 7 % of the numbers fall outside."""
    rng, trials = np.random.default_rng(11), 20_000
    count = reported.get("best_of", reported.get("n_seeds", 1))
    ours, theirs = rng.normal(0.1, 0.01, (trials, 5)), rng.normal(0.1, 0.01, (trials, count))
    numbers = theirs.min(1) if "best_of" in reported else theirs.mean(1)
    unit = predict(Reported(**reported), Ours(0.0, 5, 1.0, 4.0), 0.0, 0.95)  # the limits scale with the SD
    away = (numbers - ours.mean(1)) / ours.std(1, ddof=1)
    assert 0.045 < np.mean((away < unit.low) | (away > unit.high)) < 0.055
    same = [against(ours[at], numbers[at], **reported).consistent for at in range(20)]
    assert same == [unit.low <= away[at] <= unit.high for at in range(20)]


def test_near_zero_a_rate_stays_a_rate() -> None:
    """The limits are within [0, 1], skew, and no rate is out of reach that half of such runs fall below."""
    found = against([0.001, 0.004, 0.0, 0.006, 0.002], 0.0, rate=True)
    assert found.low >= 0
    assert found.high - found.value > found.value - found.low
    assert found.consistent
    assert "arcsine" in found.method
    plain = against(RUNS, 0.08, rate=True)
    assert (plain.low, plain.high) == (against(RUNS, 0.08).low, against(RUNS, 0.08).high)


def test_one_run_is_judged_by_the_test_sets() -> None:
    """What they explain alone is consistent whatever seeds do; else it is said what would tell."""
    near = against([0.10], 0.12, test_set_variance=0.01**2, n_published=200, n_test=200)
    assert near.consistent
    assert "whatever the seeds do" in str(near)
    assert near.p == pytest.approx(2 * scipy_stats.norm.sf(0.02 / (math.sqrt(2) * 0.01)))
    far = against([0.10], 0.16, test_set_variance=0.01**2, n_published=200, n_test=200)
    assert far.consistent is None
    assert far.sd_needed == pytest.approx(math.sqrt(((0.06 / 1.959964) ** 2 - 2e-4) / 2))
    assert far.runs_needed == runs_that_tell(1 / 3, 0.95) == 6
    for pooled, verdict in (((far.sd_needed * 1.01, math.inf), True), ((far.sd_needed * 0.99, math.inf), False)):
        found = against([0.10], 0.16, test_set_variance=0.01**2, n_published=200, n_test=200, pooled=pooled)
        assert found.consistent is verdict
    same = against([0.10], 0.11)
    assert same.consistent is None
    assert "one run cannot tell" in str(same)
    assert same.as_dict()["consistent"] is None
    assert against([0.10], 0.11, n_seeds=5, sd=0.008).consistent


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"best_of": 0}, "best_of as a whole number from 1. Received: 0"),
        ({"n_seeds": 2.5}, "n_seeds: expected a whole number. Received: 2.5"),
        ({"best_of": 3, "n_seeds": 3}, "the best of several runs, or their mean"),
        ({"sd": 0.1}, "n_seeds of two or more"),
        ({"n_seeds": 3, "sd": -0.1}, "an SD from 0"),
        ({"n_seeds": 3, "sd": math.nan}, "an SD from 0"),
    ],
)
def test_what_no_paper_reports_is_refused(options: dict[str, Any], said: str) -> None:
    """Each is one message."""
    with pytest.raises(InputError, match=said):
        against(RUNS, 0.1, **options)
