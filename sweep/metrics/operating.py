"""Operating points: the false non-match rate at a wanted false match rate, FMR100 and its kin, the least HTER."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from sweep.errors import InputError
from sweep.metrics.curves import det_of
from sweep.metrics.half_total import HTER, hter_of
from sweep.metrics.interval import fmr_cautions
from sweep.metrics.scores import Class, between, both


@dataclass(frozen=True)
class OperatingPoint:
    """Both rates at a threshold chosen for a wanted FMR; accept when score >= threshold.

    cautions: sentences the reader needs, as where the wanted FMR is of fewer than 30 false matches.
    """

    wanted_fmr: float
    fmr: float
    fnmr: float
    threshold: float
    cautions: tuple[str, ...] = field(default=(), repr=False, compare=False)


def fnmr_at_fmr(genuine: ArrayLike, impostor: ArrayLike, wanted_fmr: float) -> OperatingPoint:
    """Return the lowest FNMR that a threshold with FMR <= wanted_fmr allows.

    genuine: (n,), impostor: (m,) scores; NaN left out. wanted_fmr: fraction, 0 to 1; 0.01 is FMR100, 0.0001 FMR10000.
    Raises InputError on an empty class or a rate outside [0, 1].

    >>> from sweep import metrics
    >>> genuine, impostor = [0.9, 0.8, 0.7, 0.4], [0.1, 0.2, 0.3, 0.6]
    >>> found = metrics.fnmr_at_fmr(genuine, impostor, 0.25)
    >>> found.fmr, found.fnmr, found.threshold
    (0.25, 0.0, 0.35)
    """
    return operating_point(*both(genuine, impostor), wanted_fmr)


def operating_point(genuine: Class, impostor: Class, wanted_fmr: float) -> OperatingPoint:
    """Return the operating point of two classes that are already sorted."""
    if not 0 <= wanted_fmr <= 1:
        raise InputError(f"Expected a false match rate from 0 to 1. Received: {wanted_fmr}. Say 0.001 for 0.1 %.")
    g, i = genuine.scores, impostor.scores
    allowed = int(np.floor(wanted_fmr * i.size * (1 + 1e-12)))
    if allowed >= i.size:
        return OperatingPoint(wanted_fmr, 1.0, 0.0, float(min(g[0], i[0])))
    # The threshold must lie above the first impostor score that may no longer be accepted: the next score of any kind.
    refused = i[i.size - allowed - 1]
    at_g, at_i = int(g.searchsorted(refused, "right")), int(i.searchsorted(refused, "right"))
    above = [x[at] for x, at in ((g, at_g), (i, at_i)) if at < x.size]
    threshold = between(float(refused), float(min(above) if above else np.nextafter(refused, np.inf)))
    cautions = fmr_cautions([wanted_fmr], g.size, i.size)
    return OperatingPoint(wanted_fmr, (i.size - at_i) / i.size, at_g / g.size, float(threshold), cautions)


def least_hter(genuine: ArrayLike, impostor: ArrayLike) -> HTER:
    """Return the least (FMR + FNMR) / 2 over all thresholds, at the lowest threshold that reaches it.

    On a test set it is optimistic, since the threshold was chosen on the same scores: never report it as the HTER.

    >>> from sweep import metrics
    >>> genuine, impostor = [0.9, 0.8, 0.7, 0.4], [0.1, 0.2, 0.3, 0.6]
    >>> found = metrics.least_hter(genuine, impostor)
    >>> found.value, found.threshold
    (0.125, 0.35)
    """
    g, i = both(genuine, impostor)
    curve = det_of(g, i)
    best = int(np.argmin(np.rint((curve.fmr + curve.fnmr) * len(g) * len(i))))
    return hter_of(g, i, curve.threshold(best))
