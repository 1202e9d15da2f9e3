"""The crossed bootstrap: seeds and subjects resampled together, for who prefers percentiles to a formula."""

import numpy as np

from sweep.stats.scored_trials import FloatArray


def crossed_means(replicates: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return the mean over resampled seeds in every replicate of the subjects: (B,).

    replicates: (B, S), a metric of S seeds with the subjects resampled.

    Reference: Owen, Annals of Applied Statistics 1, 2007 (pigeonhole bootstrap).
    """
    return means_of_drawn(replicates, replicates.shape[1], rng)


def means_of_drawn(replicates: FloatArray, n_drawn: int, rng: np.random.Generator) -> FloatArray:
    """Return the mean over n_drawn seeds, drawn with replacement, in every replicate (B, S) of the subjects: (B,)."""
    n = replicates.shape[1]
    counts = rng.multinomial(n_drawn, np.full(n, 1 / n), size=len(replicates))
    means: FloatArray = (replicates * counts).sum(axis=1) / n_drawn
    return means


def crossed_limits(replicates: FloatArray, level: float, rng: np.random.Generator) -> tuple[float, float]:
    """Return the percentile interval over seeds and subjects; arguments as in `crossed_means`."""
    return percentile_limits(crossed_means(replicates, rng), level)


def percentile_limits(replicates: FloatArray, level: float) -> tuple[float, float]:
    """Return the percentile interval of (B,) replicates."""
    low, high = np.quantile(replicates, [0.5 - level / 2, 0.5 + level / 2])
    return float(low), float(high)
