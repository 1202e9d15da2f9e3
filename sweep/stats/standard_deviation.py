"""The standard deviation of values of any shape: its interval, and whether two spreads are told apart."""

import math

import numpy as np
from numpy.typing import ArrayLike

from sweep.errors import InputError
from sweep.metrics.special_functions import special
from sweep.stats.interval import check_level
from sweep.stats.planning import sd_interval
from sweep.stats.seeds import seed_values

FEWEST = 5  # values, for the kurtosis to be estimated


def sd_interval_of(values: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """Return the limits of the SD of values (n,) whose tails need not be normal, as those of a loss are not.

    The width follows from the kurtosis that the values show; below 5 values, where it cannot be known, the limits are
    those of normal values (chi-square). (0, 0) where all values are the same; NaN for one value.

    Raises:
        InputError: no value, one that is not finite, or a level outside (0, 1).

    Reference: Bonett, Computational Statistics and Data Analysis 50, 2006.
    """
    array, level = seed_values(values), check_level(level)
    n = array.size
    if n < 2:
        return math.nan, math.nan
    if np.ptp(array) == 0:
        return 0.0, 0.0
    sd = float(array.std(ddof=1))
    if n < FEWEST:
        low, high = sd_interval(sd, n - 1, level)
        return low, high
    from scipy import stats  # a second of every command's start, if it stood above

    array = (array - array.mean()) / sd
    centre = float(stats.trim_mean(array, min(0.5 / math.sqrt(n - 4), 0.49)))
    kurtosis = n * float(((array - centre) ** 4).sum()) / float((array**2).sum()) ** 2
    z = float(special.ndtri(0.5 + level / 2))
    c = n / (n - z)
    half = z * c * math.sqrt((kurtosis - (n - 3) / n) / (n - 1))
    return sd * math.sqrt(c) * math.exp(-half / 2), sd * math.sqrt(c) * math.exp(half / 2)


def equal_spread(a: ArrayLike, b: ArrayLike) -> float:
    """Return the p-value of equal spreads of two samples, (n,) and (m,), around their medians; any shape of tails.

    1 where neither varies; NaN below three values in one of them, since two are always equally far from their median.

    Raises:
        InputError: no value, or one that is not finite.

    Reference: Brown and Forsythe, Journal of the American Statistical Association 69, 1974.
    """
    x, y = seed_values(a), seed_values(b)
    if np.ptp(x) == 0 and np.ptp(y) == 0:
        return 1.0
    if min(len(x), len(y)) < 3:
        return math.nan
    from scipy import stats

    with np.errstate(divide="ignore", invalid="ignore"):  # in each sample all values may be equally far from the median
        p = float(stats.levene(x, y, center="median").pvalue)
    return 1.0 if math.isnan(p) else p


def pooled_sd(variances: ArrayLike, df: ArrayLike) -> tuple[float, float]:
    """Return (SD, df) of the seeds pooled over configurations; variances: (G,), df: (G,) seeds - 1 of each.

    Raises:
        InputError: no configuration with two seeds.

    >>> from sweep import stats
    >>> round(stats.pooled_sd([0.0001, 0.0002], [4, 4])[0], 4)
    0.0122
    """
    s2, d = np.broadcast_arrays(np.asarray(variances, np.float64), np.asarray(df, np.float64))
    known = d > 0
    if not known.any():
        raise InputError("Expected a configuration with at least two seeds, to pool its SD. Received: none.")
    total = float(d[known].sum())
    return math.sqrt(float((s2[known] * d[known]).sum()) / total), total
