"""Intervals for a single rate, a count over independent trials."""

from typing import NamedTuple

import numpy as np

from sweep.errors import InputError
from sweep.metrics.special_functions import special


class Bounds(NamedTuple):
    """Lower and upper end of an interval, as fractions."""

    low: float
    high: float


def wilson(count: int, n: int, *, confidence: float = 0.95) -> Bounds:
    """Return the score interval of count / n: close to its nominal coverage on average.

    Raises InputError unless 0 <= count <= n and n > 0. Reference: Wilson, JASA 22, 1927.

    >>> from sweep import metrics
    >>> found = metrics.wilson(5, 50)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0435, 0.2136)
    """
    _check(count, n, confidence)
    z = float(special.ndtri(0.5 + confidence / 2))
    p = count / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return Bounds(0.0 if count == 0 else float(centre - half), 1.0 if count == n else float(centre + half))


def clopper_pearson(count: int, n: int, *, confidence: float = 0.95) -> Bounds:
    """Return the exact interval of count / n: at least its nominal coverage, at any n.

    Raises InputError unless 0 <= count <= n and n > 0. Reference: Clopper and Pearson, Biometrika 26, 1934.

    >>> from sweep import metrics
    >>> found = metrics.clopper_pearson(0, 50)
    >>> found.low, round(found.high, 4)
    (0.0, 0.0711)
    """
    _check(count, n, confidence)
    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else float(special.betaincinv(count, n - count + 1, tail))
    high = 1.0 if count == n else float(special.betaincinv(count + 1, n - count, 1 - tail))
    return Bounds(low, high)


def rule_of_3(n: int, *, confidence: float = 0.95) -> float:
    """Return the upper bound of a rate of which n independent trials showed no case: 3 / n at 95 %.

    In general -ln(1 - confidence) / n, the numerator rounded up to two decimals, and at most 1.
    References: Hanley and Lippman-Hand, JAMA 249, 1983; ISO/IEC 19795-1, annex B.

    >>> from sweep import metrics
    >>> round(metrics.rule_of_3(50), 3)
    0.06
    """
    _check(0, n, confidence)
    return min(1.0, float(np.ceil(-100 * np.log1p(-confidence))) / 100 / n)


def check_confidence(confidence: float) -> None:
    """Raise InputError unless the confidence is strictly between 0 and 1."""
    if not 0 < confidence < 1:
        raise InputError(f"Expected a confidence between 0 and 1. Received: {confidence}. Say 0.95 for 95 %.")


def _check(count: int, n: int, confidence: float) -> None:
    check_confidence(confidence)
    if not (n > 0 and 0 <= count <= n):
        raise InputError(f"Expected 0 <= count <= n and n > 0. Received: count={count}, n={n}.")
