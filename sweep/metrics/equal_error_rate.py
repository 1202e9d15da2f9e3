"""The equal error rate, its threshold, and the cross-class ties that make it ambiguous."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from sweep.errors import InputError, nearest
from sweep.metrics.scores import Class, FloatArray, Rate, between, both

Method = Literal["interpolated", "step", "hull"]


@dataclass(frozen=True)
class EER:
    """An equal error rate with the counts that it came from.

    value: the rate by `method`, a fraction. step: min over thresholds of max(FMR, FNMR).
    threshold: accept when score >= threshold (see `eer`). ties: distinct scores that both classes hold.
    n_failed: attempts without a score (NaN), in neither class's count.
    """

    value: float
    threshold: float
    step: float
    ties: int
    n_genuine: int
    n_impostor: int
    n_failed: int
    method: Method

    @property
    def inverted(self) -> bool:
        """Whether the EER is above one half: lower scores are then more genuine, as with distances."""
        return self.value > 0.5

    def __str__(self) -> str:
        """Return one line: per cent, threshold and counts."""
        return (
            f"EER {100 * self.value:.3f} % at threshold {self.threshold:g} "
            f"({self.n_genuine} genuine, {self.n_impostor} impostor, {self.method})"
        )


def eer(genuine: ArrayLike, impostor: ArrayLike, *, method: Method = "interpolated") -> EER:
    """Return the equal error rate, where FMR = FNMR.

    genuine: (n,) and impostor: (m,) scores, higher is more genuine, in any order; NaN is a failure to acquire.
    method: "interpolated", the crossing of FMR = FNMR with the piecewise linear ROC through consecutive distinct
    thresholds; "step", min over t of max(FMR, FNMR); "hull", on the ROC convex hull, optimistic on small sets.
    The threshold, whatever the method, is the smallest score t with FMR(t) <= FNMR(t); where the classes are perfectly
    separated it is the middle of the gap.
    Raises InputError on an empty class, an infinity or an unknown method.

    References: ISO/IEC 19795-1:2021; Brummer and du Preez, Computer Speech and Language 20, 2006 (hull).

    >>> from sweep import metrics
    >>> genuine, impostor = [0.9, 0.8, 0.7, 0.4], [0.1, 0.2, 0.3, 0.6]
    >>> found = metrics.eer(genuine, impostor)
    >>> found.value, found.threshold
    (0.25, 0.6)
    """
    if method not in get_args(Method):
        raise InputError(
            f"Expected method 'interpolated', 'step' or 'hull'. Received: '{method}'."
            + nearest(str(method), get_args(Method))
        )
    return eer_of(*both(genuine, impostor), method=method)


def eer_of(genuine: Class, impostor: Class, *, method: Method = "interpolated") -> EER:
    """Return the equal error rate of two classes that are already checked and sorted."""
    g, i = genuine.scores, impostor.scores
    above, below = crossing(g, i)
    fmr_below, fnmr_below = rates_at(g, i, below)
    fmr_above, fnmr_above = rates_at(g, i, above)
    step = min(fmr_below, fnmr_above)
    if method == "step":
        value = step
    elif method == "hull":
        from sweep.metrics.hull import hull_eer

        value = hull_eer(g, i)
    else:
        value = interpolate(fmr_below, fnmr_below, fmr_above, fnmr_above)
    separated = fmr_above == 0 and fnmr_above == 0
    return EER(
        value=value,
        threshold=float(between(below, above)) if separated else above,
        step=step,
        ties=tie_count(g, i),
        n_genuine=g.size,
        n_impostor=i.size,
        n_failed=genuine.n_failed + impostor.n_failed,
        method=method,
    )


def interpolate(fmr_below: Rate, fnmr_below: Rate, fmr_above: Rate, fnmr_above: Rate) -> Rate:
    """Return where the ROC segment from a point with FMR > FNMR to one without crosses FMR = FNMR.

    Numbers or (B,) arrays.
    """
    excess = fmr_below - fnmr_below
    return fmr_below + excess / (excess + fnmr_above - fmr_above) * (fmr_above - fmr_below)


def crossing(g: FloatArray, i: FloatArray) -> tuple[float, float]:
    """Return the smallest score t with FMR(t) <= FNMR(t), and the distinct score just below it.

    g, i: ascending. Where no score satisfies it (all scores equal, for one) the first value is the next float above
    the largest score, which accepts nothing. At the smallest score FMR = 1 and FNMR = 0, so that the second exists.
    """
    above = first_difference(g, i, 0)
    if np.isinf(above):
        above = float(np.nextafter(max(g[-1], i[-1]), np.inf))
    at_g, at_i = g.searchsorted(above), i.searchsorted(above)
    below = max(g[at_g - 1] if at_g else -np.inf, i[at_i - 1] if at_i else -np.inf)
    return above, float(below)


def rates_at(g: FloatArray, i: FloatArray, threshold: float) -> tuple[float, float]:
    """Return (FMR, FNMR) at the threshold; g, i: ascending."""
    return (i.size - int(i.searchsorted(threshold))) / i.size, int(g.searchsorted(threshold)) / g.size


def tie_count(g: FloatArray, i: FloatArray) -> int:
    """Return how many distinct scores occur in both classes; g, i: ascending."""
    few, many = (g, i) if g.size <= i.size else (i, g)
    distinct = few[np.flatnonzero(np.concatenate(([True], few[1:] != few[:-1])))]
    place = np.minimum(many.searchsorted(distinct), many.size - 1)
    return int((many[place] == distinct).sum())


def first_difference(g: FloatArray, i: FloatArray, level: float) -> float:
    """Return the smallest score with FNMR - FMR >= level, infinity when there is none; g, i: ascending."""
    return min(_first(g, g, i, level), _first(i, g, i, level))


def _first(candidates: FloatArray, g: FloatArray, i: FloatArray, level: float = 0.0) -> float:
    """Return the smallest candidate with FNMR - FMR >= level, by bisection; infinity when there is none."""
    low, high = 0, candidates.size
    while low < high:
        middle = (low + high) // 2
        threshold = candidates[middle]
        # Integers, since a comparison of the two quotients could fail where they are equal.
        rejected, accepted = int(g.searchsorted(threshold)), i.size - int(i.searchsorted(threshold))
        if rejected * i.size - accepted * g.size >= level * g.size * i.size:
            high = middle
        else:
            low = middle + 1
    return float(candidates[low]) if low < candidates.size else np.inf
