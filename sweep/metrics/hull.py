"""The ROC convex hull by pooling adjacent violators, and the EER on it."""

import numpy as np

from sweep.metrics.scores import FloatArray


def pooled(g: FloatArray, i: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the genuine and impostor counts of the hull's segments, from low scores to high; g, i: ascending.

    Equal scores of both classes are one point, since no threshold parts them.
    """
    distinct = np.unique(np.concatenate((g, i)))
    n_genuine = np.diff(np.append(g.searchsorted(distinct), g.size)).astype(np.float64)
    n_impostor = np.diff(np.append(i.searchsorted(distinct), i.size)).astype(np.float64)
    return pooled_counts(n_genuine, n_impostor)


def pooled_counts(n_genuine: FloatArray, n_impostor: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the same from the counts of each distinct score, ascending; (k,) each, their sum positive.

    The segments are the blocks in which isotonic regression of the label on the score is constant.
    Reference: Fawcett and Niculescu-Mizil, Machine Learning 68, 2007.
    """
    from scipy.optimize import isotonic_regression

    total = n_genuine + n_impostor
    starts = isotonic_regression(n_genuine / total, weights=total).blocks[:-1]
    return np.add.reduceat(n_genuine, starts), np.add.reduceat(n_impostor, starts)


def hull_eer(g: FloatArray, i: FloatArray) -> float:
    """Return the EER on the ROC convex hull; g, i: ascending."""
    return eer_of_segments(*pooled(g, i))


def eer_of_segments(n_genuine: FloatArray, n_impostor: FloatArray) -> float:
    """Return the EER on the hull from the counts of its segments, (k,) each."""
    fnmr = np.concatenate(([0.0], np.cumsum(n_genuine))) / n_genuine.sum()
    fmr = 1 - np.concatenate(([0.0], np.cumsum(n_impostor))) / n_impostor.sum()
    k = int(np.argmax(fnmr >= fmr))
    excess = fmr[k - 1] - fnmr[k - 1]
    weight = excess / (excess + fnmr[k] - fmr[k])
    return float(fmr[k - 1] + weight * (fmr[k] - fmr[k - 1]))
