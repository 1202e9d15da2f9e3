"""Many comparisons at once: Holm's adjustment."""

import numpy as np
from numpy.typing import ArrayLike

from sweep.errors import InputError
from sweep.stats.scored_trials import FloatArray
from sweep.stats.seeds import real_numbers


def holm(p: ArrayLike) -> FloatArray:
    """Return Holm's adjusted p-values, in the order given; a NaN is a comparison that was not made and stays NaN.

    p: (k,) in [0, 1].

    Reference: Holm, Scandinavian Journal of Statistics 6, 1979.

    >>> from sweep import stats
    >>> stats.holm([0.01, 0.04, 0.03])
    array([0.03, 0.06, 0.06])
    """
    values = np.atleast_1d(real_numbers(p, "p-values"))
    made = np.flatnonzero(~np.isnan(values))
    if ((values[made] < 0) | (values[made] > 1)).any():
        raise InputError(f"Expected p-values from 0 to 1. Received: {values[made].min()} to {values[made].max()}.")
    adjusted = np.full(values.shape, np.nan)
    order = made[np.argsort(values[made], kind="stable")]
    steps = values[order] * np.arange(order.size, 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted
