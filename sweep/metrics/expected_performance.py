"""The expected performance curve: the threshold chosen on dev for each weight of the two errors, the errors on test."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sweep.errors import InputError
from sweep.metrics.curves import det_of
from sweep.metrics.scores import FloatArray, both


@dataclass(frozen=True)
class EPC:
    """Test errors at thresholds chosen on dev: all (k,).

    alpha: weight of FMR against FNMR. threshold: of least alpha FMR + (1 - alpha) FNMR on dev. far, frr: on test.
    hter: (far + frr) / 2. weighted: alpha far + (1 - alpha) frr, the quantity of the paper.
    """

    alpha: FloatArray
    threshold: FloatArray
    far: FloatArray
    frr: FloatArray
    hter: FloatArray
    weighted: FloatArray


def epc(
    dev_genuine: ArrayLike,
    dev_impostor: ArrayLike,
    test_genuine: ArrayLike,
    test_impostor: ArrayLike,
    *,
    alpha: ArrayLike | None = None,
) -> EPC:
    """Return the expected performance curve.

    All four: (n,) scores; NaN left out. alpha: (k,) weights from 0 to 1, by default 101 of them.
    Of several thresholds with the same cost on dev, the one with the least HTER there is taken, then the lowest.
    Raises InputError on an empty class or a weight outside [0, 1].
    Reference: Bengio, Mariethoz and Keller, ICML workshop on ROC analysis, 2005.
    """
    weights = np.linspace(0, 1, 101) if alpha is None else np.asarray(alpha, dtype=np.float64)
    if weights.ndim != 1 or not ((weights >= 0) & (weights <= 1)).all():
        raise InputError("Expected weights alpha from 0 to 1 in one dimension. Received: others.")
    curve = det_of(*both(dev_genuine, dev_impostor))
    g, i = both(test_genuine, test_impostor)
    half = curve.fmr + curve.fnmr
    chosen = []
    for a in weights:
        cost = a * curve.fmr + (1 - a) * curve.fnmr
        best = np.flatnonzero(cost <= cost.min() + 1e-12)
        chosen.append(best[np.argmin(np.round(half[best], 12))])
    threshold = np.array([curve.threshold(int(k)) for k in chosen])
    far = (len(i) - i.scores.searchsorted(threshold)) / len(i)
    frr = g.scores.searchsorted(threshold) / len(g)
    return EPC(weights, threshold, far, frr, (far + frr) / 2, weights * far + (1 - weights) * frr)
