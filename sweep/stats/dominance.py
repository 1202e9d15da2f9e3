"""How often a run of one configuration beats a run of another: P(A > B)."""

import math

import numpy as np
from numpy.typing import ArrayLike

from sweep.metrics.special_functions import special
from sweep.stats.interval import THIS_TEST_SET, Interval, Kind, check_level
from sweep.stats.seeds import seed_values
from sweep.stats.student import t_quantile


def probability_above(a: ArrayLike, b: ArrayLike, level: float = 0.95) -> Interval:
    """Return P(A > B) + P(A = B) / 2 for one run of each, with an interval over seeds, on this test set.

    The interval is that of Brunner and Munzel on the logit scale, which stays within [0, 1] and covers better than
    percentiles with few seeds. Where all runs of one lie above all of the other no variance is left: then
    Clopper-Pearson of min(S_A, S_B) wins in as many disjoint pairs.

    Args:
        a: (S_A,) the metric of the seeds of A. b: (S_B,) of B. No pairing is used.
        level: nominal coverage.

    Raises:
        InputError: no seed, or a value that is not finite.

    References: Brunner and Munzel, Biometrical Journal 42, 2000; Pauly, Asendorf and Konietschke, Biometrical Journal
    58, 2016 (logit); Agarwal et al., NeurIPS 2021 (probability of improvement).

    >>> from sweep import stats
    >>> round(stats.probability_above([0.10, 0.11, 0.09], [0.14, 0.10, 0.13]).value, 3)
    0.167
    """
    x, y, level = seed_values(a, "values of A"), seed_values(b, "values of B"), check_level(level)
    wins = (x[:, None] > y) + 0.5 * (x[:, None] == y)
    value, n_x, n_y = float(wins.mean()), x.size, y.size
    method, kind, note = "Brunner-Munzel, logit", Kind.RANKS, ""
    low, high, se, df = math.nan, math.nan, math.nan, math.nan
    if value in (0.0, 1.0):
        n = min(n_x, n_y)
        edge = ((1 - level) / 2) ** (1 / n)
        low, high = (edge, 1.0) if value == 1 else (0.0, 1 - edge)
        method, kind = "Clopper-Pearson on disjoint pairs", Kind.CLOPPER_PEARSON
        note = f"all runs of {'A' if value == 1 else 'B'} are above all of {'B' if value == 1 else 'A'}"
    elif min(n_x, n_y) < 2:
        note = "one seed shows no spread; run at least two"
    else:
        # Placements: how many of the other's runs each run beats; their variances are those of the rank differences.
        part_x, part_y = wins.mean(axis=1).var(ddof=1) / n_x, wins.mean(axis=0).var(ddof=1) / n_y
        se = math.sqrt(part_x + part_y)
        if se > 0:
            df = float((part_x + part_y) ** 2 / (part_x**2 / (n_x - 1) + part_y**2 / (n_y - 1)))
            half = t_quantile(0.5 + level / 2, df) * se / (value * (1 - value))
            low, high = (float(v) for v in special.expit(special.logit(value) + np.array([-half, half])))
        else:
            low, high, note = value, value, "no spread among the pairs"
    return Interval(
        value=value,
        low=low,
        high=high,
        level=level,
        method=method,
        covers=THIS_TEST_SET,
        n_seeds=n_x + n_y,
        se=se,
        df=df,
        note=note,
        kind=kind,
    )
