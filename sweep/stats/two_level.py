"""The two-level bootstrap: in each replicate seeds are drawn as subjects are, one fewer than there are."""

import numpy as np

from sweep.stats.crossed_bootstrap import means_of_drawn, percentile_limits
from sweep.stats.scored_trials import FloatArray


def two_level_means(replicates: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return the mean over S - 1 seeds, drawn with replacement, in every replicate of the subjects: (B,).

    replicates: (B, S), S at least 2, a metric of S seeds with the subjects resampled, n - 1 of n as `bootstrap` does.
    One fewer at both levels makes the variance of either level's mean unbiased; the crossed bootstrap draws all S seeds
    and so takes (S - 1) / S of what they vary. What seeds and subjects vary together is counted in both levels, which
    makes the interval wider and never narrower.

    References: Rao and Wu, JASA 83, 1988 (n - 1 of n drawn); Owen, Annals of Applied
    Statistics 1, 2007 (the part that is counted twice).
    """
    return means_of_drawn(replicates, replicates.shape[1] - 1, rng)


def two_level_limits(replicates: FloatArray, level: float, rng: np.random.Generator) -> tuple[float, float]:
    """Return the percentile interval over seeds and subjects; arguments as in `two_level_means`."""
    return percentile_limits(two_level_means(replicates, rng), level)
