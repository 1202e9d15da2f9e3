"""Seeds that stand apart from the others, as a run that diverged does."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from sweep.stats.failure_rate import iqm
from sweep.stats.scored_trials import FloatArray
from sweep.stats.seeds import seed_values
from sweep.stats.student import t_quantile

FEWEST = 5  # seeds; among fewer none can be told apart
ALPHA = 0.03  # of Rosner's test, which with so few seeds raises false alarms more often: then at most .05
WIDE = 0.1  # a gap between rates that stands out where the other seeds agree to the digit


def seeds_apart(values: ArrayLike, *, rate: bool = False) -> tuple[int, ...]:
    """Return the places of the seeds that stand apart, the farthest first; () where none does or seeds are few.

    The generalized test of extreme Studentized deviates, for up to a third of the seeds. A rate must stand apart on its
    own scale and on the arcsine scale as well, since low rates are skew without any seed being odd. Where more than
    half of the seeds agree to the digit there is no spread to judge by: then a rate must lie 0.1 away.

    values: (S,) the metric of every seed, finite. Raises InputError otherwise.

    Reference: Rosner, Technometrics 25, 1983.

    >>> from sweep import stats
    >>> stats.seeds_apart([0.10, 0.11, 0.09, 0.10, 0.11, 0.45])
    (5,)
    """
    array = seed_values(values)
    if array.size < FEWEST or np.ptp(array) == 0:
        return ()
    centre = float(np.median(array))
    if float(np.median(np.abs(array - centre))) <= 1e-12 * max(abs(centre), 1.0):
        far = np.flatnonzero(np.abs(array - centre) >= WIDE) if rate else np.empty(0, dtype=np.intp)
        return tuple(far.tolist()) if far.size <= array.size // 3 else ()
    found = _rosner(array)
    if rate and array.min() >= 0 and array.max() <= 1:
        level = set(_rosner(np.arcsin(np.sqrt(array))))
        found = [place for place in found if place in level]
    return tuple(found)


def apart_note(values: ArrayLike, names: Sequence[str], *, rate: bool = False, level: float = 0.95) -> str:
    """Return which seeds stand apart, with the interquartile mean beside, in one sentence without a full stop; or "".

    names: (S,) of the seeds, such as "seed 3". The other arguments as in `seeds_apart`.
    """
    array = seed_values(values)
    far = seeds_apart(array, rate=rate)
    if not far:
        return ""
    others = np.delete(array, far)
    who = ", ".join(f"{names[place]} ({array[place]:.4g})" for place in far)
    middle = iqm(array, level, rate=rate)
    verb = "is an outlier" if len(far) == 1 else "are outliers"
    return (
        f"{who} {verb} among the seeds (the others: mean {others.mean():.4g}, SD {others.std(ddof=1):.4g}). The mean "
        f"and its intervals do not allow for this. The robust interquartile mean is {middle.value:.4g} "
        f"[{middle.low:.4g}, {middle.high:.4g}] (Tukey-McLaughlin)"
    )


def _rosner(array: FloatArray) -> list[int]:
    """Return the places of the outlying values by Rosner's test, farthest first."""
    left = np.arange(array.size)
    removed: list[int] = []
    n_outlying = 0
    for i in range(1, array.size // 3 + 1):
        kept = array[left]
        deviation = np.abs(kept - kept.mean())
        sd = float(kept.std(ddof=1))
        worst = int(deviation.argmax())
        removed.append(int(left[worst]))
        if sd > 0 and deviation[worst] / sd > _critical(array.size, i):
            n_outlying = i
        left = np.delete(left, worst)
    return removed[:n_outlying]


def _critical(n: int, i: int) -> float:
    """Return Rosner's critical value of the i-th most extreme of n values."""
    t = t_quantile(1 - ALPHA / (2 * (n - i + 1)), n - i - 1)
    return float((n - i) * t / math.sqrt((n - i - 1 + t * t) * (n - i + 1)))
