"""The area under the ROC as a metric of the catalogue, and when each subject weighs as often as a resample drew it."""

import numpy as np
from numpy.typing import NDArray

from sweep.metrics.curves import auc_of
from sweep.metrics.scored import ScoredSplit, Weights
from sweep.metrics.scores import FloatArray

ENTRIES = 4_000_000  # of the cumulative counts held at a time: bounds the memory to some 32 MB


def area(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the area under the ROC of a split, (B,)."""
    if weights is None:
        return np.array([auc_of(*split.classes)])
    split.refuse_one_class()
    genuine, impostor, column = split.genuine, split.impostor, split.column
    return weighted_auc(split.score[genuine], split.score[impostor], column[genuine], column[impostor], weights)


def weighted_auc(
    genuine: FloatArray,
    impostor: FloatArray,
    genuine_unit: NDArray[np.intp],
    impostor_unit: NDArray[np.intp],
    weights: FloatArray,
) -> FloatArray:
    """Return the area under the ROC of each replicate, (B,): P(genuine > impostor) + P(equal) / 2.

    genuine: (n,), impostor: (m,) scores. genuine_unit, impostor_unit: the column of `weights` that each follows.
    weights: (B, U), >= 0. The pairs are counted once for each pair of units; a replicate is then one quadratic form.

    Reference: Mann and Whitney, Annals of Mathematical Statistics 18, 1947.
    """
    g_units, g_at = np.unique(genuine_unit, return_inverse=True)
    i_units, i_at = np.unique(impostor_unit, return_inverse=True)
    of_genuine, of_impostor = weights[:, g_units], weights[:, i_units]
    wins = _wins(genuine, impostor, g_at, i_at, (g_units.size, i_units.size))
    n_genuine, n_impostor = of_genuine @ np.bincount(g_at), of_impostor @ np.bincount(i_at)
    area: FloatArray = np.einsum("bu,bu->b", of_genuine @ wins, of_impostor) / (n_genuine * n_impostor)
    return area


def _wins(
    genuine: FloatArray,
    impostor: FloatArray,
    genuine_unit: NDArray[np.intp],
    impostor_unit: NDArray[np.intp],
    shape: tuple[int, int],
) -> FloatArray:
    """Return (U, V) = shape, how often a genuine score of one unit beats an impostor score of another; a tie is half.

    genuine_unit, impostor_unit: numbered from 0, each number there.
    """
    by_unit, by_score = np.argsort(genuine_unit, kind="stable"), np.argsort(impostor, kind="stable")
    g, i, i_unit = genuine[by_unit], impostor[by_score], impostor_unit[by_score]
    _, starts = np.unique(genuine_unit[by_unit], return_index=True)
    below, upto = i.searchsorted(g, "left"), i.searchsorted(g, "right")
    wins = np.zeros(shape)
    step = max(1, ENTRIES // (i.size + g.size + 1))
    for first in range(0, shape[1], step):
        columns = np.arange(first, min(first + step, shape[1]))
        counts = np.zeros((i.size + 1, columns.size))
        np.cumsum(i_unit[:, None] == columns, axis=0, out=counts[1:])
        beaten = counts[below] if np.array_equal(below, upto) else (counts[below] + counts[upto]) / 2
        wins[:, first : first + columns.size] = np.add.reduceat(beaten, starts, axis=0)
    return wins
