"""Tests of two sets of seeds on this test set; one that could not reject however the seeds fell is refused.

`scipy.stats` is imported by the test that is asked for: it takes a second, which every report would pay.
"""

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sweep.errors import InputError, nearest
from sweep.stats.scored_trials import FloatArray
from sweep.stats.seeds import seed_values


@dataclass(frozen=True)
class SeedTest:
    """A test's outcome: statistic, two-sided p-value, and the smallest p-value that so many seeds could give."""

    test: str
    statistic: float
    p: float
    smallest_p: float
    paired: bool


def seed_test(
    a: ArrayLike, b: ArrayLike, test: str = "welch", *, alpha: float = 0.05, comparisons: int = 1
) -> SeedTest:
    """Return a test of no difference between two configurations on this test set.

    Args:
        a, b: (S_A,), (S_B,) the metric of every seed; for paired tests aligned by seed, S_A = S_B.
        test: "welch", "mann-whitney", "permutation" (of the difference of means), and, paired, "paired-t", "wilcoxon".
        alpha: the level that a rejection would need.
        comparisons: how many are made; Holm's first step needs p <= alpha / comparisons.

    Raises:
        InputError: an unknown test, unequal pairs, or a test that cannot reject with so few seeds.

    >>> from sweep import stats
    >>> test = stats.seed_test([0.10, 0.11, 0.09, 0.12], [0.14, 0.15, 0.13, 0.16], "welch")
    >>> round(test.p, 4)
    0.0047
    """
    x, y = seed_values(a, "values of A"), seed_values(b, "values of B")
    if test not in TESTS:
        raise InputError(f"Expected a test: {', '.join(TESTS)}. Received: {test}.{nearest(test, TESTS)}")
    paired = test in PAIRED
    if paired and x.size != y.size:
        raise InputError(f"Expected as many seeds in A as in B for the paired test. Received: {x.size} and {y.size}.")
    least = smallest_p(test, x.size, y.size)
    if least * comparisons > alpha:
        count = f"{x.size} pairs" if paired else f"{x.size} and {y.size} seeds"
        many = f" over {comparisons} comparisons (Holm)" if comparisons > 1 else ""
        raise InputError(
            f"Expected a test that can reject at {alpha:g}{many}. Received: {test} on {count}, whose smallest possible "
            f"p is {least:.4g}, so that it never can. Run {seeds_to_reject(test, alpha / comparisons)} seeds, or use "
            "welch."
        )
    statistic, p = TESTS[test](x, y)
    return SeedTest(test, float(statistic), float(p), least, paired)


def smallest_p(test: str, n_a: int, n_b: int) -> float:
    """Return the smallest two-sided p-value that the test can give with so many seeds; 0 for the t-tests."""
    if test == "wilcoxon":
        return float(min(1.0, 0.5 ** (n_a - 1)))
    if test in ("mann-whitney", "permutation"):
        return min(1.0, 2 / math.comb(n_a + n_b, n_a))
    return 0.0 if min(n_a, n_b) >= 2 else 1.0


def seeds_to_reject(test: str, alpha: float) -> int:
    """Return the fewest seeds a configuration with which the test could reject at `alpha`."""
    return next(n for n in range(2, 10_000) if smallest_p(test, n, n) <= alpha)


def _welch(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    if np.ptp(x) == 0 and np.ptp(y) == 0:
        return _constant(float(x[0] - y[0]))
    from scipy import stats

    return _quietly(lambda: stats.ttest_ind(x, y, equal_var=False))


def _paired_t(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    if np.ptp(x - y) == 0:
        return _constant(float(x[0] - y[0]))
    from scipy import stats

    return _quietly(lambda: stats.ttest_rel(x, y))


def _quietly(test: Callable[[], tuple[float, float]]) -> tuple[float, float]:
    """Return a t-test's outcome without SciPy's warning that nearly equal seeds lose digits."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Precision loss", RuntimeWarning)
        statistic, p = test()
    return statistic, p


def _constant(gap: float) -> tuple[float, float]:
    """Return the outcome where no seed differs from another: no test exists, unless all are equal."""
    return (0.0, 1.0) if gap == 0 else (math.copysign(math.inf, gap), math.nan)


def _mann_whitney(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    ties = np.unique(np.concatenate((x, y))).size < x.size + y.size
    from scipy import stats

    statistic, p = stats.mannwhitneyu(x, y, method="asymptotic" if ties else "exact")
    return statistic, p


def _wilcoxon(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    gap = x - y
    if not gap.any():
        return 0.0, 1.0
    exact = gap.all() and np.unique(np.abs(gap)).size == gap.size
    from scipy import stats

    statistic, p = stats.wilcoxon(x, y, method="exact" if exact else "asymptotic")
    return statistic, p


def _permutation(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    def gap(u: FloatArray, v: FloatArray, axis: int) -> FloatArray:
        found: FloatArray = u.mean(axis=axis) - v.mean(axis=axis)
        return found

    from scipy import stats

    # Up to 9,999 exchanges, all of them where there are no more; a fixed generator repeats the answer.
    answer = stats.permutation_test((x, y), gap, n_resamples=9999, vectorized=True, rng=np.random.default_rng(0))
    return answer.statistic, answer.pvalue


TESTS: dict[str, Callable[[FloatArray, FloatArray], tuple[float, float]]] = {
    "welch": _welch,
    "mann-whitney": _mann_whitney,
    "permutation": _permutation,
    "paired-t": _paired_t,
    "wilcoxon": _wilcoxon,
}
PAIRED = ("paired-t", "wilcoxon")
