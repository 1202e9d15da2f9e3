"""What a paper reports of its own runs, and the law that such a number follows if the runs are drawn like ours."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError
from sweep.metrics.special_functions import special
from sweep.stats.student import t_quantile, t_two_sided

_NODES = 64  # of each of the two quadratures: four digits of a probability, also for the best of 1,000
_SMALLEST = 1e-9


@dataclass(frozen=True)
class Reported:
    """What the number of a paper is: one run, the best of several, or their mean.

    best_of: how many runs the number is the best of. n_seeds: how many it is the mean of. sd: their SD, if the paper
    gives it. higher_is_better: of the metric. Only one of best_of and n_seeds may be above 1.
    """

    best_of: int = 1
    n_seeds: int = 1
    sd: float | None = None
    higher_is_better: bool = False

    def __post_init__(self) -> None:
        """Refuse what no paper reports."""
        for name, count in (("best_of", self.best_of), ("n_seeds", self.n_seeds)):
            if count < 1 or count != int(count):
                raise InputError(f"Expected {name} as a whole number from 1. Received: {count:g}.")
        if self.best_of > 1 and self.n_seeds > 1:
            raise InputError(
                f"Expected the best of several runs, or their mean. Received: best_of={self.best_of} and "
                f"n_seeds={self.n_seeds}. Give the one that the paper reports."
            )
        if self.sd is not None and (self.n_seeds < 2 or not 0 <= self.sd < math.inf):
            raise InputError(
                f"Expected an SD from 0, with n_seeds of two or more. Received: sd={self.sd:g} and "
                f"n_seeds={self.n_seeds}."
            )

    def __str__(self) -> str:
        """Return in words what the number is."""
        if self.best_of > 1:
            return f"the best of {self.best_of} runs"
        return f"the mean of {self.n_seeds} runs" if self.n_seeds > 1 else "one run"


@dataclass(frozen=True)
class Ours:
    """What is known of our runs: their mean, how many, the SD of a run with its degrees of freedom.

    test_sets: variance of the difference between our test set and the paper's; 0 where it is the same.
    """

    mean: float
    n: int
    sd: float
    df: float
    test_sets: float = 0.0


@dataclass(frozen=True)
class Predicted:
    """Where a paper's number falls, with a probability of `level`. p: two-sided. df: of the law; run: its variance."""

    low: float
    high: float
    p: float
    df: float
    run: float
    method: str


def predict(reported: Reported, ours: Ours, published: float, level: float) -> Predicted:
    """Return where a number of that kind falls if the paper's runs are drawn like ours.

    One run: mean +- t SD sqrt(1 + 1/S). Mean of K: SD sqrt(1/K + 1/S); where the paper gives its SD, both SDs as Welch
    does. Best of K: the extreme of K normal runs, with mean and SD estimated from S runs of ours. The variance between
    test sets is added, and is common to all runs of a paper.

    References: Hahn, Technometrics 11, 1969 (one run, the mean and the extremes of K further runs); Welch, Biometrika
    34, 1947; Satterthwaite, Biometrics Bulletin 2, 1946.
    """
    if reported.best_of > 1 and ours.sd > 0:
        return _best(reported, ours, published, level)
    k, own = reported.n_seeds, ours.sd**2 / ours.n
    if reported.sd is not None and not math.isnan(ours.sd):
        theirs = reported.sd**2 / k
        run = own + theirs
        df = run**2 / (own**2 / ours.df + theirs**2 / (k - 1)) if run > 0 else math.inf
        method = f"prediction interval for the mean of {k} runs, with the SD of both (Welch)"
    elif reported.sd is not None:  # one run of ours, which shows no SD
        run, df = reported.sd**2 * (1 / k + 1 / ours.n), k - 1.0
        method = f"prediction interval for the mean of {k} runs, with the paper's SD"
    else:
        run, df = ours.sd**2 * (1 / k + 1 / ours.n), ours.df
        method = f"prediction interval for {reported}" if k > 1 else "prediction interval for one run"
    total = run + ours.test_sets
    df = df * (total / run) ** 2 if run > 0 else math.inf
    gap = abs(published - ours.mean)
    if not total > 0:
        return Predicted(ours.mean, ours.mean, float(gap == 0), df, run, method)
    half = t_quantile(0.5 + level / 2, df) * math.sqrt(total)
    return Predicted(ours.mean - half, ours.mean + half, t_two_sided(gap / math.sqrt(total), df), df, run, method)


def _best(reported: Reported, ours: Ours, published: float, level: float) -> Predicted:
    """Return `predict` for the best of K, in units of our SD, with the sign turned so that low is good."""
    sign = -1.0 if reported.higher_is_better else 1.0
    chances, scales = _chi(ours.df)
    reach = np.sqrt(1 / ours.n + ours.test_sets / ours.sd**2 * scales**2)

    def above(t: float) -> float:
        """Return the probability that the least of K runs, less our mean, exceeds t of our SD."""
        return _exceeds(t * scales, reach, chances, reported.best_of)

    from scipy import optimize  # a third of a second, which few answers need

    def quantile(probability: float) -> float:
        most = 60.0 + 10.0 * float(reach.max())
        most *= max(1.0, abs(t_quantile(_SMALLEST, ours.df)) / 6) if math.isfinite(ours.df) else 1.0
        return float(optimize.brentq(lambda t: 1 - above(t) - probability, -most, most, xtol=1e-8))

    tail = (1 - level) / 2
    ends = sorted(ours.mean + sign * ours.sd * quantile(chance) for chance in (tail, 1 - tail))
    beyond = above(sign * (published - ours.mean) / ours.sd)
    p = min(1.0, 2 * min(beyond, 1 - beyond))
    run = ours.sd**2 * (1 + 1 / ours.n)
    return Predicted(ends[0], ends[1], p, ours.df, run, f"prediction interval for {reported} (extreme of normal runs)")


def _exceeds(points: NDArray[np.float64], reach: NDArray[np.float64], chances: NDArray[np.float64], k: int) -> float:
    """Return E[(1 - Phi(point + reach Z))^k] over the law of the SD and a standard normal Z."""
    nodes, weights = _normal()
    each = special.ndtr(-(points[:, None] + reach[:, None] * nodes)) ** k @ weights
    return float(chances @ each)


@cache
def _normal() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return values and probabilities of a standard normal variable."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    return nodes, weights / math.sqrt(2 * math.pi)


@cache
def _chi(df: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return probabilities and values of s / sigma: the root of chi-squared over its degrees of freedom."""
    if math.isinf(df):
        return np.ones(1), np.ones(1)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    chance = (nodes + 1) / 2
    return weights / 2, np.sqrt(2 * special.gammaincinv(df / 2, chance) / df)


def runs_that_tell(share: float, level: float) -> int:
    """Return how many runs show that a number is not theirs, if their SD is that share of its distance; at most 1,000.

    The fewest S with t(S - 1) sqrt(1 + 1/S) share < 1; so far away a number lies outside the prediction interval.
    """
    for s in range(2, 1001):
        if t_quantile(0.5 + level / 2, s - 1) * math.sqrt(1 + 1 / s) * share < 1:
            return s
    return 1000
