"""Variances of many configurations, each drawn towards what they have in common: narrower intervals from few seeds."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sweep.errors import InputError
from sweep.metrics.special_functions import special
from sweep.stats.scored_trials import FloatArray
from sweep.stats.student import t_quantile

FEWEST = 5  # configurations; below that the common variance is known too badly to help
# An interval with a moderated variance is at least so many times as wide as its own t interval: where the variances
# differ by more than chance, and where they seem not to. A configuration that is noisier than its siblings is then
# covered as well; with the moderated variance alone it is held in .82 to .87 at 3 seeds and five times their spread.
LEAST_OWN = (1.0, 0.7)
SHARED = (
    "from five configurations on the intervals for this test set share their variances (Smyth 2004), so that a "
    "configuration more or less changes those of the others"
)


@dataclass(frozen=True)
class Moderated:
    """Moderated variances of G configurations.

    variance: (G,). df: (G,) degrees of freedom of each, its own and the prior's. prior_variance, prior_df: what the
    configurations have in common; prior_df is infinite where their variances differ by chance alone.
    """

    variance: FloatArray
    df: FloatArray
    prior_variance: float
    prior_df: float


def moderated_variance(variances: ArrayLike, df: ArrayLike) -> Moderated:
    """Return each variance combined with a prior that is estimated from all of them (empirical Bayes).

    variances: (G,) over the seeds of each configuration. df: (G,) their degrees of freedom, seeds - 1.
    Configurations with df 0 (one seed) take the prior alone. A variance of 0 counts as 1e-5 of the median.

    Raises:
        InputError: fewer than 2 configurations with a variance, or none above 0.

    Reference: Smyth, Statistical Applications in Genetics and Molecular Biology 3, 2004, section 6.2.
    """
    from scipy.special import polygamma  # the rest of SciPy's functions, for a grid of five or more alone

    s2, d = np.broadcast_arrays(np.asarray(variances, np.float64), np.asarray(df, np.float64))
    known = (d > 0) & np.isfinite(s2)
    if known.sum() < 2 or not (s2[known] > 0).any():
        raise InputError(
            f"Expected at least 2 configurations whose seeds differ. Received: {int((s2[known] > 0).sum())}."
        )
    x, n = s2[known], d[known]
    x = np.maximum(x, 1e-5 * (np.median(x) or x[x > 0].min()))
    e = np.log(x) - special.psi(n / 2) + np.log(n / 2)
    spread = float(e.var(ddof=1) - polygamma(1, n / 2).mean())
    if spread > 0:
        prior_df = 2 * inverse_trigamma(spread)
        prior = math.exp(e.mean() + float(special.psi(prior_df / 2)) - math.log(prior_df / 2))
    else:
        prior_df, prior = math.inf, float((x * n).sum() / n.sum())
    own = np.where(known, s2, 0.0)
    if math.isinf(prior_df):
        # All variances are one: it is known with the degrees of freedom of all seeds together.
        return Moderated(np.full(s2.shape, prior), np.full(s2.shape, n.sum()), prior, prior_df)
    df_total = np.minimum(prior_df + d, n.sum())
    return Moderated((prior_df * prior + d * own) / (prior_df + d), df_total, prior, prior_df)


def moderated_se(own_sd: float, n: int, found: Moderated, at: int, level: float) -> float:
    """Return the standard error of configuration `at`, to be used with its moderated degrees of freedom.

    own_sd: over its n seeds, NaN for one seed. It is that of the moderated variance, but never so small that the
    interval falls below `LEAST_OWN` of its own t interval.
    """
    se = math.sqrt(float(found.variance[at]) / n)
    if n < 2 or math.isnan(own_sd):
        return se
    least = LEAST_OWN[1] if math.isinf(found.prior_df) else LEAST_OWN[0]
    t_own, t_shared = (t_quantile(0.5 + level / 2, df) for df in (n - 1, float(found.df[at])))
    return max(se, least * t_own / t_shared * own_sd / math.sqrt(n))


def inverse_trigamma(y: float) -> float:
    """Return x > 0 with trigamma(x) = y, by Newton's method on 1 / trigamma (Smyth 2004, appendix)."""
    from scipy.special import polygamma

    x = 0.5 + 1 / y
    for _ in range(50):
        value = float(polygamma(1, x))
        step = value * (1 - value / y) / float(polygamma(2, x))
        x += step
        if -step / x < 1e-10:
            break
    return x
