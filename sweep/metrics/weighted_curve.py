"""What the whole curve of a split says, as rows of the catalogue: FNMR at an FMR, detection cost, hull.

Each is the function that `sweep.metrics` has for plain scores; in replicates, the same over the weights of the scores.
"""

from collections.abc import Callable, Iterator

import numpy as np

from sweep.metrics.at_threshold import pool_of
from sweep.metrics.curves import det_of
from sweep.metrics.hull import eer_of_segments, pooled, pooled_counts
from sweep.metrics.likelihood import cllr_of_segments, least_cost
from sweep.metrics.operating import operating_point
from sweep.metrics.scored import ScoredSplit, Weights
from sweep.metrics.scores import FloatArray

ENTRIES = 4_000_000  # weights of scores held at a time: bounds the memory to some 100 MB
P_GENUINE = 0.01  # prior of min_dcf, as `sweep.metrics.min_dcf` takes it where none is given


def fnmr_at_fmr(wanted_fmr: float, split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the lowest FNMR (B,) that a threshold with FMR <= wanted_fmr allows; the threshold is the split's own."""
    if weights is None:
        return np.array([operating_point(*split.classes, wanted_fmr).fnmr])
    split.refuse_one_class()
    return pool_of(split, split.impostor, weights).fnmr_at(weights, wanted_fmr)


def min_dcf(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the least normalized detection cost (B,) at prior 0.01 and equal costs."""
    costs = (P_GENUINE, 1 - P_GENUINE)
    if weights is None:
        curve = det_of(*split.classes)
        return np.array([least_cost(curve.fmr, curve.fnmr, *costs)])
    found = []
    for genuine, impostor in _counts(split, weights):
        rejected, refused = np.cumsum(genuine, axis=1), np.cumsum(impostor, axis=1)
        with np.errstate(invalid="ignore"):  # a replicate without one of the classes has no rates
            fnmr, fmr = rejected / rejected[:, -1:], 1 - refused / refused[:, -1:]
        # To accept every score is the point that the sums leave out: it costs (1 - prior) FMR.
        all_accepted = least_cost(np.ones((1, 1)), np.zeros((1, 1)), *costs)
        found.append(np.minimum(least_cost(fmr, fnmr, *costs), all_accepted))
    return np.concatenate(found)


def min_cllr(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the least Cllr (B,), in bits; at most 1."""
    return np.minimum(_on_hull(cllr_of_segments, split, weights), 1.0)


def eer_hull(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the EER on the ROC's convex hull (B,)."""
    return _on_hull(eer_of_segments, split, weights)


def _on_hull(of: Callable[[FloatArray, FloatArray], float], split: ScoredSplit, weights: Weights) -> FloatArray:
    if weights is None:
        classes = split.classes
        return np.array([of(*pooled(classes[0].scores, classes[1].scores))])
    found = []
    for genuine, impostor in _counts(split, weights):
        for g, i in zip(genuine, impostor, strict=True):
            drawn = g + i > 0
            alive = g.any() and i.any()
            found.append(of(*pooled_counts(g[drawn], i[drawn])) if alive else np.nan)
    return np.array(found)


def _counts(split: ScoredSplit, weights: FloatArray) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield both classes' weight of each distinct score, ascending, (R, k), for R replicates at a time."""
    split.refuse_one_class()
    known = np.flatnonzero(split.genuine | split.impostor)
    order = known[np.argsort(split.score[known], kind="stable")]
    score, column, genuine = split.score[order], split.column[order], split.genuine[order]
    starts = np.flatnonzero(np.concatenate(([True], score[1:] != score[:-1])))
    step = max(1, ENTRIES // score.size)
    for start in range(0, len(weights), step):
        weight = weights[start : start + step, column].astype(np.float64)
        yield (
            np.add.reduceat(np.where(genuine, weight, 0.0), starts, axis=1),
            np.add.reduceat(np.where(genuine, 0.0, weight), starts, axis=1),
        )
