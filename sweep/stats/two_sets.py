"""The difference of two estimates whose test sets are not the same one."""

import math

from sweep.stats.interval import Interval, Kind
from sweep.stats.orh import Uncertainty


def difference_of_sets(a: Interval, b: Interval) -> tuple[Interval, float]:
    """Return a - b with its interval, and the two-sided p-value; both estimates come from a test set of their own.

    a, b: intervals of the same metric, level and coverage, with se and df. Their errors are taken as independent, so
    that the variances add (Satterthwaite 1946); where the sets share subjects this makes the interval too wide.
    """
    variances = (a.se**2, b.se**2)
    total = sum(variances)
    parts = sum(variance**2 / df for variance, df in zip(variances, (a.df, b.df), strict=True) if variance > 0)
    found = Uncertainty(a.value - b.value, math.sqrt(total), total**2 / parts if parts > 0 else math.inf)
    low, high = found.interval(a.level)
    interval = Interval(
        found.value, low, high, a.level, "two test sets, taken as independent (Satterthwaite)", a.covers,
        n_seeds=a.n_seeds + b.n_seeds, n_failed=a.n_failed + b.n_failed, n_subjects=min(a.n_subjects, b.n_subjects),
        se=found.se, df=found.df, kind=Kind.STUDENT, unit=a.unit,
    )  # fmt: skip
    return interval, found.p()
