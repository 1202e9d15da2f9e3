"""FMR, FNMR, FAR and FRR at a given threshold.

Convention: higher is more genuine, and an attempt is accepted when score >= threshold. FMR and FNMR are matching rates,
over the comparisons that gave a score. FAR and FRR are over all attempts: a failure to acquire (NaN) is a rejection
(ISO/IEC 19795-1:2021).
"""

import numpy as np
from numpy.typing import ArrayLike

from sweep.errors import InputError
from sweep.metrics.scores import finite, vector


def fmr(impostor: ArrayLike, threshold: float) -> float:
    """Return the false match rate: the impostor scores >= threshold over the impostor scores.

    impostor: (n,) scores, NaN left out. Raises InputError when no score is left.

    >>> fmr([0.1, 0.4, 0.7, float("nan")], threshold=0.4)
    0.6666666666666666
    """
    scores = vector(impostor, "impostor")
    return _share(int((scores >= finite(threshold)).sum()), int((~np.isnan(scores)).sum()), "impostor score")


def fnmr(genuine: ArrayLike, threshold: float) -> float:
    """Return the false non-match rate: the genuine scores < threshold over the genuine scores.

    genuine: (n,) scores, NaN left out. Raises InputError when no score is left.

    >>> from sweep import metrics
    >>> metrics.fnmr([0.9, 0.8, 0.7, 0.4], 0.5)
    0.25
    """
    scores = vector(genuine, "genuine")
    return _share(int((scores < finite(threshold)).sum()), int((~np.isnan(scores)).sum()), "genuine score")


def far(impostor: ArrayLike, threshold: float) -> float:
    """Return the false acceptance rate: the impostor scores >= threshold over all impostor attempts, NaN counted.

    >>> from sweep import metrics
    >>> metrics.far([0.1, 0.2, 0.3, 0.6], 0.5)
    0.25
    """
    scores = vector(impostor, "impostor")
    return _share(int((scores >= finite(threshold)).sum()), scores.size, "impostor attempt")


def frr(genuine: ArrayLike, threshold: float) -> float:
    """Return the false rejection rate: genuine attempts not accepted over all, a NaN counted as rejected.

    >>> from sweep import metrics
    >>> metrics.frr([0.9, 0.8, 0.7, 0.4], 0.5)
    0.25
    """
    scores = vector(genuine, "genuine")
    return _share(int((~(scores >= finite(threshold))).sum()), scores.size, "genuine attempt")


def _share(count: int, total: int, what: str) -> float:
    if total == 0:
        raise InputError(f"Expected at least one {what}. Received: none. Check the labels and the file.")
    return count / total
