"""How many seeds: for an interval of a wanted half-width, with assurance, and for the power to see a difference."""

import math
from collections.abc import Callable

from sweep.errors import InputError
from sweep.metrics.special_functions import special
from sweep.stats.interval import check_level
from sweep.stats.student import t_quantile

MOST = 100_000


def seeds_for_half_width(half_width: float, sd: float, level: float = 0.95) -> int:
    """Return the fewest seeds with t(S - 1) SD / sqrt(S) <= half_width.

    Raises:
        InputError: a half-width not above 0, a negative SD, or more than 100,000 seeds.

    >>> from sweep import stats
    >>> stats.seeds_for_half_width(0.005, 0.01)
    18
    """
    h, level = _in_sd(half_width, sd), check_level(level)
    return least(lambda n: t_quantile(0.5 + level / 2, n - 1) / math.sqrt(n) <= h, h)


def seeds_with_assurance(
    half_width: float, sd: float, level: float = 0.95, assurance: float = 0.9, *, n_pilot: int = 0
) -> int:
    """Return the fewest fresh seeds whose interval is no wider than +- half_width with the given probability.

    The SD that the seeds will show is itself uncertain: t(S - 1)^2 chi2(assurance, S - 1) / (S - 1) / S <= (h / SD)^2.
    An SD from a pilot is uncertain as well: the ratio of both variances has the F law of S - 1 and n_pilot - 1 degrees
    of freedom, whose quantile takes the place of chi2 / (S - 1). The promise then holds over pilots and fresh seeds.

    n_pilot: seeds that the SD comes from; 0 where it is known.

    References: Kupper and Hafner, The American Statistician 43, 1989; Hahn and Meeker, Statistical Intervals, 1991.

    >>> from sweep import stats
    >>> stats.seeds_with_assurance(0.005, 0.01)
    24
    """
    h, level = _in_sd(half_width, sd), check_level(level)

    def enough(n: int) -> bool:
        t = t_quantile(0.5 + level / 2, n - 1)
        if n_pilot > 1:
            ratio = float(special.fdtri(n - 1, n_pilot - 1, assurance))
        else:
            ratio = float(special.chdtri(n - 1, 1 - assurance)) / (n - 1)
        return t * math.sqrt(ratio / n) <= h

    return least(enough, h)


def seeds_for_power(gap: float, sd: float, level: float = 0.95, power: float = 0.8) -> int:
    """Return the fewest seeds an arm with which a two-sample t-test sees a difference of `gap`.

    Reference: Cohen, Statistical Power Analysis, 1988; the noncentral t distribution.

    >>> from sweep import stats
    >>> stats.seeds_for_power(0.01, 0.01)
    17
    """
    d, level = _in_sd(gap, sd), check_level(level)

    def enough(n: int) -> bool:
        df, shift = 2 * n - 2, d * math.sqrt(n / 2)
        limit = t_quantile(0.5 + level / 2, df)
        seen = special.nctdtr(df, shift, -limit) + 1 - special.nctdtr(df, shift, limit)
        return shift > 30 or float(seen) >= power

    return least(enough, d)


def seeds_in_two_stages(half_width: float, pilot_sd: float, n_pilot: int, level: float = 0.95) -> int:
    """Return Stein's number of seeds: the interval keeps its coverage although the pilot decided how many.

    S = max(n_pilot, ceil((t(n_pilot - 1) SD / h)^2)); the final interval uses the pilot's SD and degrees of freedom.

    Reference: Stein, Annals of Mathematical Statistics 16, 1945.

    >>> from sweep import stats
    >>> stats.seeds_in_two_stages(0.005, 0.01, 5)
    31
    """
    if n_pilot < 2:
        raise InputError(f"Expected a pilot of at least 2 seeds. Received: {n_pilot}.")
    t = t_quantile(0.5 + check_level(level) / 2, n_pilot - 1)
    return max(n_pilot, math.ceil((t / _in_sd(half_width, pilot_sd)) ** 2))


def sd_interval(sd: float, df: float, level: float = 0.95) -> tuple[float, float]:
    """Return the chi-squared interval of an SD with df degrees of freedom: how well so few seeds know it.

    >>> from sweep import stats
    >>> low, high = stats.sd_interval(0.01, 9)
    >>> round(low, 4), round(high, 4)
    (0.0069, 0.0183)
    """
    low, high = special.chdtri(df, [0.5 - level / 2, 0.5 + level / 2])
    return sd * math.sqrt(df / low), sd * math.sqrt(df / high)


def _in_sd(size: float, sd: float) -> float:
    if not (math.isfinite(size) and size > 0):
        raise InputError(
            f"Expected a precision above 0. Received: {size}. Give it in the unit of the metric, as 0.005."
        )
    if not (math.isfinite(sd) and sd >= 0):
        raise InputError(f"Expected an SD over seeds of 0 or more. Received: {sd}. A pilot needs at least two seeds.")
    return size / sd if sd > 0 else math.inf


def least(enough: Callable[[int], bool], h: float) -> int:
    """Return the least n >= 2 that is enough, by doubling and bisection; more n never stop being enough."""
    high = 2
    while not enough(high):
        high *= 2
        if high > MOST:
            raise InputError(f"Expected a precision that {MOST:,} seeds reach. Received: {h:.3g} SD. Ask for less.")
    low = 1 if high == 2 else high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
