"""Seeds that failed: how often, and what the mean hides when they are left out."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sweep.errors import InputError
from sweep.metrics.special_functions import special
from sweep.stats.interval import THIS_TEST_SET, Interval, Kind, check_level
from sweep.stats.rate_limits import t_limits
from sweep.stats.seeds import real_numbers, t_interval


@dataclass(frozen=True)
class Failures:
    """The failures of a configuration beside its metric.

    rate: failed / planned, with Clopper-Pearson. given_success: mean over the seeds that finished, None where none did.
    at_chance: mean with every failure counted at `chance`, what guessing gives. median, iqm: over all seeds, failures
    at chance; the IQM with Tukey and McLaughlin's interval. n_ok, n_planned: never a mean without them.
    """

    n_ok: int
    n_planned: int
    chance: float
    rate: Interval
    given_success: Interval | None
    at_chance: Interval | None
    median: float
    iqm: Interval | None

    def as_dict(self) -> dict[str, Any]:
        """Return every field by name, for JSON."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value.as_dict() if isinstance(value, Interval) else value for name, value in fields.items()}


def clopper_pearson(count: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a rate of `count` in `n`; a count need not be whole, for cases that fail in part.

    Reference: Clopper and Pearson, Biometrika 26, 1934.

    >>> from sweep import stats
    >>> low, high = stats.clopper_pearson(1, 10)
    >>> round(low, 3), round(high, 3)
    (0.003, 0.445)
    """
    if n < 1 or not 0 <= count <= n:
        raise InputError(f"Expected a count from 0 to n, n at least 1. Received: {count} of {n}.")
    tail = (1 - check_level(level)) / 2
    low = float(special.betaincinv(count, n - count + 1, tail)) if count else 0.0
    high = float(special.betaincinv(count + 1, n - count, 1 - tail)) if count < n else 1.0
    return low, high


def failures(
    values: ArrayLike, n_failed: int, chance: float = math.nan, level: float = 0.95, *, rate: bool = False
) -> Failures:
    """Return the failure rate and the metric with and without the failures.

    Args:
        values: (S,) the metric of the seeds that finished; may be empty.
        n_failed: seeds that did not.
        chance: the metric of guessing (0.5 for EER and HTER); NaN where there is none, and nothing is then said of the
            mean with failures.
        level: nominal coverage.
        rate: whether the metric is a share, in [0, 1], whose limits are then on the logit scale.

    Raises:
        InputError: no seed planned at all.

    >>> from sweep import stats
    >>> lost = stats.failures([0.08, 0.09, 0.10], 1)
    >>> lost.n_ok, lost.n_planned
    (3, 4)
    """
    array = real_numbers(values, "values")
    n = array.size + n_failed
    low, high = clopper_pearson(n_failed, n, level)
    of_failing = Interval(
        n_failed / n, low, high, level, "Clopper-Pearson", "the seeds",
        n_seeds=n, n_failed=n_failed, kind=Kind.CLOPPER_PEARSON,
    )  # fmt: skip
    everything = np.concatenate((array, np.full(n_failed, chance)))
    known = n_failed == 0 or not math.isnan(chance)
    return Failures(
        n_ok=array.size,
        n_planned=n,
        chance=chance,
        rate=of_failing,
        given_success=t_interval(array, level, rate=rate) if array.size else None,
        at_chance=t_interval(everything, level, rate=rate) if known else None,
        median=float(np.median(everything)) if known else math.nan,
        iqm=iqm(everything, level, rate=rate) if known else None,
    )


def iqm(values: ArrayLike, level: float = 0.95, *, rate: bool = False) -> Interval:
    """Return the interquartile mean, the mean of the middle half, with its interval over seeds.

    A quarter, rounded down, is cut off each side. The standard error is that of the winsorized values,
    s_w / ((1 - 2 g / S) sqrt(S)), with S - 2 g - 1 degrees of freedom.

    values: (S,) finite. Raises InputError otherwise. rate: whether they are shares, with limits on the logit scale.

    References: Tukey and McLaughlin, Sankhya A 25, 1963; Agarwal et al., NeurIPS 2021 (IQM).

    >>> from sweep import stats
    >>> hter = [0.101, 0.095, 0.110, 0.098, 0.104]
    >>> round(stats.iqm(hter).value, 4)
    0.101
    """
    plain = t_interval(values, level)
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    n = ordered.size
    g = n // 4
    kept = ordered[g : n - g]
    winsorized = np.clip(ordered, kept[0], kept[-1])
    se, df = math.nan, kept.size - 1
    if df >= 1:
        se = float(winsorized.std(ddof=1)) / ((kept.size / n) * math.sqrt(n))
    value = float(kept.mean())
    low, high = t_limits(value, se, df, level, rate=rate)
    return Interval(
        value,
        low,
        high,
        level,
        "interquartile mean, Tukey-McLaughlin",
        THIS_TEST_SET,
        n,
        sd=plain.sd,
        se=se,
        df=float(df) if df >= 1 else math.nan,
        note=plain.note,
        kind=Kind.TRIMMED,
    )
