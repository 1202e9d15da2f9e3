"""The interval over seeds: what another seed would give on this test set."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sweep.errors import InputError
from sweep.stats.interval import THIS_TEST_SET, Interval, Kind, check_level
from sweep.stats.rate_limits import ON_LOGIT, t_limits

_LARGEST = 1e150  # its square is a number still
T_OVER_SEEDS = "t over seeds"
TWO_SEEDS = "two seeds: the interval is wide, and too narrow for new subjects (.91 at 95 %)"
ONE_SEED = "one seed shows no spread; run at least two, better ten"


def seed_values(values: ArrayLike, name: str = "values") -> NDArray[np.float64]:
    """Return one value a seed as a (S,) float64 array.

    Raises:
        InputError: no seed at all, more than one dimension, or a value that is not finite.
    """
    array = real_numbers(values, name)
    if array.ndim != 1:
        raise InputError(f"Expected {name} in one dimension, a value a seed. Received: shape {array.shape}.")
    if array.size == 0:
        raise InputError(
            f"Expected {name} of at least one seed. Received: none. Did every seed fail? See the failures."
        )
    bad = int((~np.isfinite(array)).sum())
    if bad:
        raise InputError(
            f"Expected finite {name}. Received: {bad} of {array.size} not finite. Count those seeds as failed instead."
        )
    if np.abs(array).max() > _LARGEST:
        raise InputError(f"Expected {name} up to {_LARGEST:g}. Received: {np.abs(array).max():g}. Scale them.")
    return array


def real_numbers(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return values as float64; None becomes NaN.

    Raises:
        InputError: words, complex numbers, rows of different lengths, or masked values.
    """
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise InputError(f"Expected {name} without masked values. Received: some. Drop them with .compressed().")
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "biufO":
            raise ValueError(f"dtype {array.dtype}")
        return array.astype(np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError(f"Expected {name} as numbers. Received: {error}.") from None


def t_interval(values: ArrayLike, level: float = 0.95, *, rate: bool = False) -> Interval:
    """Return mean and t-interval over seeds: mean +- t(S-1) SD / sqrt(S), of a rate on the logit scale.

    It covers the mean over all seeds on this one test set. It says nothing of new subjects.

    Args:
        values: (S,) the metric of every seed, finite.
        level: nominal coverage.
        rate: whether the metric is a share, in [0, 1]; see `t_limits`.

    Raises:
        InputError: no seed, a value that is not finite, or a level outside (0, 1).

    Reference: Student, Biometrika 6, 1908.

    >>> from sweep import stats
    >>> hter = [0.101, 0.095, 0.110, 0.098, 0.104]
    >>> found = stats.t_interval(hter)
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.1016, 0.0944, 0.1088)
    """
    array, level = seed_values(values), check_level(level)
    n, mean = array.size, float(array.mean())
    if np.ptp(array) == 0:
        mean, sd = float(array[0]), math.nan if n == 1 else 0.0
    else:
        sd = float(array.std(ddof=1))
    se = sd / math.sqrt(n)
    low, high = t_limits(mean, se, n - 1 if n > 1 else math.nan, level, rate=rate)
    note = ONE_SEED if n == 1 else "every seed gave the same value" if sd == 0 else ""
    return Interval(
        value=mean,
        low=low,
        high=high,
        level=level,
        method=T_OVER_SEEDS + f", {ON_LOGIT}" * rate,
        covers=THIS_TEST_SET,
        n_seeds=n,
        sd=sd,
        se=se,
        df=float(n - 1) if n > 1 else math.nan,
        note=note,
        kind=Kind.STUDENT,
    )
