"""The DET points and the area under the ROC."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sweep.metrics.scores import Class, FloatArray, between, both


@dataclass(frozen=True)
class DET:
    """FMR and FNMR at every threshold where one of them changes, from accept-all to reject-all.

    thresholds: (k,) ascending distinct scores, then infinity. fmr: (k,) from 1 to 0. fnmr: (k,) from 0 to 1.
    The ROC is the same points: `fmr` against `1 - fnmr`.
    """

    fmr: FloatArray
    fnmr: FloatArray
    thresholds: FloatArray

    def threshold(self, place: int) -> float:
        """Return a threshold of the point: the middle of those that make its errors, above the next lower score.

        bob.measure takes this threshold for its least HTER and its EPC.
        """
        above, below = self.thresholds[place], self.thresholds[max(place - 1, 0)]
        if place == 0:
            return float(above)
        return float(between(below, above if np.isfinite(above) else np.nextafter(below, np.inf)))


def det_points(genuine: ArrayLike, impostor: ArrayLike) -> DET:
    """Return FMR and FNMR at every distinct score, and at infinity.

    genuine: (n,), impostor: (m,) scores, higher is more genuine; NaN left out. Raises InputError on an empty class.

    >>> from sweep import metrics
    >>> genuine, impostor = [0.9, 0.8, 0.7, 0.4], [0.1, 0.2, 0.3, 0.6]
    >>> metrics.det_points(genuine, impostor).fnmr
    array([0.  , 0.  , 0.  , 0.  , 0.25, 0.25, 0.5 , 0.75, 1.  ])
    """
    return det_of(*both(genuine, impostor))


def det_of(genuine: Class, impostor: Class) -> DET:
    """Return the DET points of two classes that are already checked and sorted."""
    g, i = genuine.scores, impostor.scores
    thresholds = np.append(np.unique(np.concatenate((g, i))), np.inf)
    return DET(
        fmr=(i.size - i.searchsorted(thresholds)) / i.size,
        fnmr=g.searchsorted(thresholds) / g.size,
        thresholds=thresholds,
    )


def fnmr_along(fmr: FloatArray, genuine: Class, impostor: Class) -> FloatArray:
    """Return the FNMR at the lowest threshold whose FMR is at most each of the rates `fmr`, (k,)."""
    g, i = genuine.scores, impostor.scores
    allowed = np.floor((fmr + 1e-12) * i.size).astype(np.intp)
    last_refused = i[np.maximum(i.size - allowed - 1, 0)]  # the threshold is the next score above
    found: FloatArray = np.where(allowed >= i.size, 0, g.searchsorted(last_refused, side="right")) / g.size
    return found


def auc(genuine: ArrayLike, impostor: ArrayLike) -> float:
    """Return the area under the ROC: P(genuine > impostor) + P(genuine = impostor) / 2 over all pairs.

    genuine: (n,), impostor: (m,) scores; NaN left out. Raises InputError on an empty class.
    Reference: Hanley and McNeil, Radiology 143, 1982.

    >>> from sweep import metrics
    >>> genuine, impostor = [0.9, 0.8, 0.7, 0.4], [0.1, 0.2, 0.3, 0.6]
    >>> metrics.auc(genuine, impostor)
    0.9375
    """
    return auc_of(*both(genuine, impostor))


def auc_of(genuine: Class, impostor: Class) -> float:
    """Return the area under the ROC of two classes that are already checked and sorted."""
    g, i = genuine.scores, impostor.scores
    if g.size <= i.size:
        wins = int(i.searchsorted(g, "left").sum()) + int(i.searchsorted(g, "right").sum())
    else:
        wins = 2 * g.size * i.size - int(g.searchsorted(i, "left").sum()) - int(g.searchsorted(i, "right").sum())
    return wins / (2 * g.size * i.size)
