"""The area under the ROC when each subject weighs as often as a resample drew it."""

import numpy as np
from numpy.typing import NDArray

from sweep.stats.trial_scores import FloatArray

ENTRIES = 4_000_000  # of the cumulative counts held at a time: bounds the memory to some 32 MB


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
    n_units = weights.shape[1]
    wins = _wins(genuine, impostor, genuine_unit, impostor_unit, n_units)
    n_genuine = weights @ np.bincount(genuine_unit, minlength=n_units)
    n_impostor = weights @ np.bincount(impostor_unit, minlength=n_units)
    area: FloatArray = np.einsum("bu,bu->b", weights @ wins, weights) / (n_genuine * n_impostor)
    return area


def _wins(
    genuine: FloatArray,
    impostor: FloatArray,
    genuine_unit: NDArray[np.intp],
    impostor_unit: NDArray[np.intp],
    n_units: int,
) -> FloatArray:
    """Return (U, U) how often a genuine score of one unit beats an impostor score of the other, a tie counting half."""
    by_unit, by_score = np.argsort(genuine_unit, kind="stable"), np.argsort(impostor, kind="stable")
    g, i, i_unit = genuine[by_unit], impostor[by_score], impostor_unit[by_score]
    present, starts = np.unique(genuine_unit[by_unit], return_index=True)
    below, upto = i.searchsorted(g, "left"), i.searchsorted(g, "right")
    wins = np.zeros((n_units, n_units))
    step = max(1, ENTRIES // (i.size + g.size + 1))
    for first in range(0, n_units, step):
        columns = np.arange(first, min(first + step, n_units))
        counts = np.zeros((i.size + 1, columns.size))
        np.cumsum(i_unit[:, None] == columns, axis=0, out=counts[1:])
        beaten = counts[below] if np.array_equal(below, upto) else (counts[below] + counts[upto]) / 2
        wins[present, first : first + columns.size] = np.add.reduceat(beaten, starts, axis=0)
    return wins
