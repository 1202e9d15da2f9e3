"""Limits of a rate on the logit scale: they stay within [0, 1] and are as skew as a rate near 0 or 1 is."""

import math

from sweep.metrics.special_functions import special
from sweep.stats.student import t_quantile

ON_LOGIT = "logit scale"


def t_limits(value: float, se: float, df: float, level: float, *, rate: bool) -> tuple[float, float]:
    """Return the limits of a t interval; of a rate on the logit scale, so that they never leave [0, 1].

    value, se: estimate and standard error; for a rate fractions. df: degrees of freedom, infinity for the normal law.
    logit(value) +- t se / (value (1 - value)), turned back. A value of exactly 0 or 1 has no logit: there the plain
    limits, cut. NaN limits for a NaN standard error.

    Reference: Agresti, Categorical Data Analysis, 2013, section 3.1 (the delta method for the logit).
    """
    if math.isnan(se) or math.isnan(df):
        return math.nan, math.nan
    half = t_quantile(0.5 + level / 2, df) * se if se > 0 else 0.0
    if not rate or half == 0:
        return value - half, value + half
    if not 0 < value < 1:
        return max(value - half, 0.0), min(value + half, 1.0)
    centre, reach = float(special.logit(value)), half / (value * (1 - value))
    return float(special.expit(centre - reach)), float(special.expit(centre + reach))
