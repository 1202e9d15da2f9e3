"""How good the scores are as log likelihood ratios: Cllr, min-Cllr and the detection cost."""

import numpy as np
from numpy.typing import ArrayLike

from sweep.errors import InputError
from sweep.metrics.curves import det_of
from sweep.metrics.hull import pooled
from sweep.metrics.scores import Class, FloatArray, both


def cllr(genuine: ArrayLike, impostor: ArrayLike) -> float:
    """Return the cost of the scores as natural-log likelihood ratios, in bits; 1 is that of a constant score 0.

    genuine: (n,), impostor: (m,) scores; NaN left out. Scores on another scale (cosines, distances) give a large number
    that says nothing of their discrimination: see `min_cllr`. Raises InputError on an empty class.
    Reference: Brummer and du Preez, Computer Speech and Language 20, 2006.

    >>> from sweep import metrics
    >>> round(metrics.cllr([2.0, 3.0], [-2.0, -3.0]), 4)
    0.1266
    """
    return cllr_of(*both(genuine, impostor))


def cllr_of(genuine: Class, impostor: Class) -> float:
    """Return Cllr of two classes that are already checked."""
    costs = np.logaddexp(0, -genuine.scores).mean() + np.logaddexp(0, impostor.scores).mean()
    return float(costs / (2 * np.log(2)))


def min_cllr(genuine: ArrayLike, impostor: ArrayLike) -> float:
    """Return the least Cllr, in bits, that an increasing transform of the scores can reach; 0 to 1.

    The transform is that of pooled adjacent violators, in which equal scores stay equal. Arguments as in `cllr`.

    >>> from sweep import metrics
    >>> genuine, impostor = [0.9, 0.8, 0.7, 0.4], [0.1, 0.2, 0.3, 0.6]
    >>> round(metrics.min_cllr(genuine, impostor), 4)
    0.25
    """
    return min_cllr_of(*both(genuine, impostor))


def min_cllr_of(g: Class, i: Class) -> float:
    """Return the least Cllr of two classes that are already sorted."""
    return cllr_of_segments(*pooled(g.scores, i.scores))


def cllr_of_segments(n_genuine: FloatArray, n_impostor: FloatArray) -> float:
    """Return the least Cllr from the counts of the segments of the ROC's hull, (k,) each."""
    genuine, impostor = n_genuine.sum(), n_impostor.sum()
    with np.errstate(divide="ignore"):
        ratio = np.log(n_genuine / genuine) - np.log(n_impostor / impostor)
    # A segment without one class has an infinite ratio and costs the other class nothing.
    of_genuine = (n_genuine * np.logaddexp(0, -ratio, where=n_genuine > 0, out=np.zeros_like(ratio))).sum() / genuine
    of_impostor = (n_impostor * np.logaddexp(0, ratio, where=n_impostor > 0, out=np.zeros_like(ratio))).sum() / impostor
    return float((of_genuine + of_impostor) / (2 * np.log(2)))


def min_dcf(
    genuine: ArrayLike, impostor: ArrayLike, *, p_genuine: float = 0.01, c_miss: float = 1.0, c_fa: float = 1.0
) -> float:
    """Return the least detection cost over all thresholds, divided by that of the better constant decision.

    cost = c_miss p FNMR + c_fa (1 - p) FMR. p_genuine: prior, strictly between 0 and 1; the costs are positive.
    Raises InputError on an empty class, or a prior or cost out of range. Reference: NIST SRE 2019 evaluation plan.

    >>> from sweep import metrics
    >>> genuine, impostor = [0.9, 0.8, 0.7, 0.4], [0.1, 0.2, 0.3, 0.6]
    >>> metrics.min_dcf(genuine, impostor)
    0.25
    """
    if not (0 < p_genuine < 1 and c_miss > 0 and c_fa > 0):
        raise InputError(
            "Expected 0 < p_genuine < 1 and positive costs. "
            f"Received: p_genuine={p_genuine}, c_miss={c_miss}, c_fa={c_fa}."
        )
    curve = det_of(*both(genuine, impostor))
    return float(least_cost(curve.fmr, curve.fnmr, c_miss * p_genuine, c_fa * (1 - p_genuine)))


def least_cost(fmr: FloatArray, fnmr: FloatArray, miss: float, false_alarm: float) -> FloatArray:
    """Return the least normalized cost over the last axis; miss, false_alarm: prior times cost of each error."""
    found: FloatArray = (miss * fnmr + false_alarm * fmr).min(axis=-1) / min(miss, false_alarm)
    return found
