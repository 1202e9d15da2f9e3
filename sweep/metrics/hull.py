"""The ROC convex hull by pooling adjacent violators, and the EER on it."""

import numpy as np

from sweep.metrics.scores import FloatArray


def pooled(g: FloatArray, i: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the genuine and impostor counts of the hull's segments, from low scores to high; g, i: ascending.

    The segments are the blocks in which isotonic regression of the label on the score is constant; equal scores of
    both classes are one point, since no threshold parts them.
    Reference: Fawcett and Niculescu-Mizil, Machine Learning 68, 2007.
    """
    from scipy.optimize import isotonic_regression

    distinct = np.unique(np.concatenate((g, i)))
    n_genuine = np.diff(np.append(g.searchsorted(distinct), g.size)).astype(np.float64)
    n_impostor = np.diff(np.append(i.searchsorted(distinct), i.size)).astype(np.float64)
    total = n_genuine + n_impostor
    starts = isotonic_regression(n_genuine / total, weights=total).blocks[:-1]
    return np.add.reduceat(n_genuine, starts), np.add.reduceat(n_impostor, starts)


def hull_eer(g: FloatArray, i: FloatArray) -> float:
    """Return the EER on the ROC convex hull; g, i: ascending."""
    n_genuine, n_impostor = pooled(g, i)
    fnmr = np.concatenate(([0.0], np.cumsum(n_genuine))) / g.size
    fmr = 1 - np.concatenate(([0.0], np.cumsum(n_impostor))) / i.size
    k = int(np.argmax(fnmr >= fmr))
    excess = fmr[k - 1] - fnmr[k - 1]
    weight = excess / (excess + fnmr[k] - fmr[k])
    return float(fmr[k - 1] + weight * (fmr[k] - fmr[k - 1]))
