"""How far the two classes lie apart: the decidability index d'."""

import numpy as np
from numpy.typing import ArrayLike

from sweep.metrics.scores import Class, both

_SQUARED = 1e150  # beyond it a square is no number


def d_prime(genuine: ArrayLike, impostor: ArrayLike) -> float:
    """Return (mean genuine - mean impostor) / sqrt((var genuine + var impostor) / 2); NaN when no score varies.

    genuine: (n,), impostor: (m,) scores; NaN left out. Negative when impostors score higher. Variances are over n.
    Raises InputError on an empty class. Reference: Daugman, Proceedings of the IEEE 94, 2006.

    >>> from sweep import metrics
    >>> genuine, impostor = [0.9, 0.8, 0.7, 0.4], [0.1, 0.2, 0.3, 0.6]
    >>> round(metrics.d_prime(genuine, impostor), 3)
    2.138
    """
    return d_prime_of(*both(genuine, impostor))


def d_prime_of(genuine: Class, impostor: Class) -> float:
    """Return d' of two classes that are already checked."""
    scale = scale_of(genuine, impostor)
    g, i = genuine.scores / scale, impostor.scores / scale
    spread = np.sqrt((g.var() + i.var()) / 2)
    return float((g.mean() - i.mean()) / spread) if spread > 0 else float("nan")


def scale_of(genuine: Class, impostor: Class) -> float:
    """Return what to divide the scores by, so that their squares are numbers: d' is the same on every scale."""
    largest = max(abs(float(one)) for each in (genuine, impostor) for one in (each.scores[0], each.scores[-1]))
    return largest if largest > _SQUARED else 1.0
