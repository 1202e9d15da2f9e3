"""Intervals of error rates of groups, over scores that share people: of one class, at a threshold that is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.metrics.chosen_intervals import korn_graubard
from sweep.metrics.proportion import clopper_pearson

Units = NDArray[np.intp]
EXACT = "Clopper-Pearson, scores independent"
CLUSTERED = "Korn-Graubard over {unit}s, design effect pooled over groups"


@dataclass(frozen=True)
class ClusteredRate:
    """A rate with its limits.

    n_errors of n scores; n_units: people (or videos) that they are of, 0 where each score is taken alone. value, low,
    high: fractions.
    """

    n_errors: int
    n: int
    n_units: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Marked:
    """The scores of one rate.

    error: (n,) whether each is one, n > 0. first: (n,) whole numbers, the unit of each score; None takes each score
    alone. second: (n,) the other person of each score, the same as `first` where it is of one; None where all are.
    """

    error: NDArray[np.bool_]
    first: Units | None = None
    second: Units | None = None

    @property
    def n_units(self) -> int:
        """Return how many units the scores are of, 0 where each is taken alone."""
        if self.first is None:
            return 0
        return int(np.unique(self.first if self.second is None else np.concatenate((self.first, self.second))).size)


def clustered_rates(groups: Mapping[str, Marked], *, confidence: float) -> dict[str, ClusteredRate]:
    """Return the rate of each group with an interval for other units of the same kind.

    Without units it is Clopper and Pearson's. With them it is Korn and Graubard's: the exact limits at the effective
    number of trials, with the degrees of freedom of the units. The variance is the largest of three: that between the
    units of the group (of dyads, where a score is of two people), that of independent scores, and the latter times the
    design effect of all groups together, since with few people the first misses those who carry most errors
    (`benchmarks/groups.py` counts how often the limits hold). Without any error, or with errors alone, each unit counts
    as one trial.

    Args:
        groups: name -> its scores.
        confidence: nominal coverage of each interval, between 0 and 1.

    References: Korn and Graubard, Survey Methodology 24, 1998; Kish, Survey Sampling, 1965, section 8.2 (design
    effect); Aronow, Samii and Assenova, Political Analysis 23, 2015 (dyads); Clopper and Pearson,
    Biometrika 26, 1934.
    """
    between = {name: _between(one) for name, one in groups.items()}
    sums = [(variance * one.error.size**2, _alone(one) * one.error.size**2) for (variance, k), one in
            zip(between.values(), groups.values(), strict=True) if k > 1]  # fmt: skip
    alone = sum(one for _, one in sums)
    effect = sum(one for one, _ in sums) / alone if alone > 0 else 1.0
    return {name: _rate(one, *between[name], effect, confidence) for name, one in groups.items()}


def _rate(one: Marked, variance: float, k: int, effect: float, confidence: float) -> ClusteredRate:
    n, count = one.error.size, int(one.error.sum())
    value = count / n
    if one.first is None:
        return ClusteredRate(count, n, 0, value, *clopper_pearson(count, n, confidence=confidence))
    if k < 2:  # one person says nothing of others
        return ClusteredRate(count, n, k, value, 0.0, 1.0)
    if count in (0, n):
        trials = min(n, k)
        limits = clopper_pearson(0 if count == 0 else trials, trials, confidence=confidence)
        return ClusteredRate(count, n, k, value, *limits)
    limits = korn_graubard(value, max(variance, _alone(one) * max(effect, 1.0)), k - 1, confidence)
    return ClusteredRate(count, n, k, value, min(limits.low, value), max(limits.high, value))


def _alone(one: Marked) -> float:
    """Return the variance of the rate if all scores were independent."""
    value = one.error.mean()
    return float(value * (1 - value) / one.error.size)


def _between(one: Marked) -> tuple[float, int]:
    """Return the variance of a rate whose scores share units, and how many units there are; (0, 0) without units."""
    k = one.n_units
    if one.first is None or k < 2:
        return 0.0, k
    second = one.first if one.second is None else one.second
    return _variance(one.error - one.error.mean(), one.first, second, k), k


def _variance(deviation: NDArray[np.floating[Any]], first: Units, second: Units, k: int) -> float:
    """Return the variance of a mean whose samples share units; deviation: (n,) of each from it."""
    two = first != second
    size = int(max(first.max(), second.max())) + 1
    of_unit = np.bincount(first, deviation, size) + np.bincount(second[two], deviation[two], size)
    total = float(np.sum(of_unit**2))
    if two.any():  # what shares both people was counted with each of them
        pair = np.minimum(first, second)[two].astype(np.int64) * size + np.maximum(first, second)[two]
        _, place = np.unique(pair, return_inverse=True)
        total -= float(np.sum(np.bincount(place, deviation[two]) ** 2))
    return max(total, 0.0) / deviation.size**2 * k / (k - 1)
