"""Seeds that stand apart: how often one is found where there is one, and where there is none."""

import numpy as np
import pytest
from scipy import stats

from sweep.report.compare_values import compare_values
from sweep.stats import estimate, seeds_apart
from sweep.stats.measured_trials import values_only
from sweep.stats.measures import MEASURES

STUDIES = 600
DIVERGED = [0.08, 0.081, 0.079, 0.082, 0.078, 0.08, 0.081, 0.079, 0.08, 0.5]


@pytest.mark.parametrize("n", [5, 10, 30])
def test_false_alarms(n: int) -> None:
    """Normal seeds, and skew low rates, are called apart in at most .05 of the studies."""
    rng = np.random.default_rng(n)
    normal = sum(bool(seeds_apart(row)) for row in rng.normal(size=(STUDIES, n)))
    low = rng.binomial(400, np.exp(rng.normal(np.log(0.01), 0.3, (STUDIES, n)))) / 400
    skew = sum(bool(seeds_apart(row, rate=True)) for row in low)
    assert stats.binomtest(normal, STUDIES, 0.05, alternative="greater").pvalue > 1e-3
    assert stats.binomtest(skew, STUDIES, 0.05, alternative="greater").pvalue > 1e-3


@pytest.mark.parametrize("n_diverged", [1, 2, 3])
def test_power(n_diverged: int) -> None:
    """One seed of ten that is 10 SD off is found in .9 at least; two or three far ones do not hide each other."""
    rows = np.random.default_rng(n_diverged).normal(size=(STUDIES, 10))
    rows[:, :n_diverged] += 10 if n_diverged == 1 else 30
    found = sum(set(range(n_diverged)) <= set(seeds_apart(row)) for row in rows)
    assert stats.binomtest(found, STUDIES, 0.9, alternative="less").pvalue > 1e-3


def test_nothing_to_judge_by() -> None:
    """Four seeds, equal seeds, and one error among seeds without any are not called apart; a chance-level run is."""
    assert seeds_apart([0.1, 0.1, 0.1, 0.5], rate=True) == ()
    assert seeds_apart([0.1] * 9) == ()
    assert seeds_apart([0.0] * 9 + [0.01], rate=True) == ()
    assert seeds_apart([0.0] * 9 + [0.5], rate=True) == (9,)


def test_who_stands_apart_is_said_with_the_robust_interval() -> None:
    """Values alone, and a study's estimate, name the seed and print the interquartile mean beside the mean."""
    said = compare_values("hter", DIVERGED)
    assert "Value 10 of 10 (0.5) is an outlier among the seeds" in said.as_text()
    assert "interquartile mean is 0.08017" in said.as_text()
    assert "0.5" in compare_values("hter", [100 * one for one in DIVERGED], per_cent=True).apart
    measured = values_only([""] * 10, range(10), DIVERGED, MEASURES["hter"], why_not="no scores were kept")
    assert "seed 9 (0.5) is an outlier among the seeds" in estimate(measured).apart
    assert compare_values("hter", DIVERGED[:-1]).apart == ""
