"""The intervals that `sweep metrics` prints: chosen since they cover, with few errors, few scores and few people too.

Korn and Graubard's interval is Clopper and Pearson's of as many independent trials as the bootstrap's variance allows
for, corrected for the degrees of freedom of few units. Each limit is the wider one of it and of the percentiles.
The exact law of the bootstrap (`eer_interval`) and the percentiles alone (`eer_bootstrap`, `hter_interval`) are exact
for the bootstrap, not for the truth: a bootstrap of few errors is too narrow.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sweep.metrics.clusters import Clusters
from sweep.metrics.eer_limits import REPLICATES, eer_cautions, eer_draws
from sweep.metrics.equal_error_rate import EER
from sweep.metrics.half_total import HTER
from sweep.metrics.hter_limits import hter_cautions, hter_draws
from sweep.metrics.interval import Interval, few_cautions, interval_of, percentile
from sweep.metrics.interval_methods import COVERING, WIDER_OF_3, IntervalMethod
from sweep.metrics.proportion import Bounds, check_confidence, rule_of_3
from sweep.metrics.scores import FloatArray
from sweep.metrics.special_functions import special


def covering_eer(
    genuine: ArrayLike,
    impostor: ArrayLike,
    point: EER,
    *,
    rng: np.random.Generator,
    clusters: Clusters | None = None,
    replicates: int = REPLICATES,
    confidence: float = 0.95,
) -> Interval:
    """Return the interval of the interpolated EER; arguments as in `eer_bootstrap`, point: what `eer` returned.

    Without any error, or with nothing but errors, it is the rule of 3 over the smaller class, or the units.
    """
    check_confidence(confidence)
    drawn, _ = eer_draws(genuine, impostor, rng=rng, clusters=clusters, replicates=replicates)
    unit, n_units = (clusters.unit, clusters.n_units) if clusters else ("score", point.n_genuine + point.n_impostor)
    sizes = (point.n_genuine, point.n_impostor)
    bounds, method = covering_bounds(point.value, drawn, sizes, n_units if clusters else 0, confidence)
    cautions = eer_cautions(point) + few_cautions(sizes, unit if clusters else "", n_units, drawn)
    return interval_of(point.value, bounds, confidence, method, sizes, unit, n_units, replicates, cautions)


def covering_hter(
    dev: tuple[ArrayLike, ArrayLike],
    test: tuple[ArrayLike, ArrayLike],
    point: HTER,
    *,
    rng: np.random.Generator,
    clusters: tuple[Clusters | None, Clusters | None] = (None, None),
    replicates: int = REPLICATES,
    confidence: float = 0.95,
) -> Interval:
    """Return the interval of the HTER, its threshold drawn again; arguments as in `hter_draws`, point: from `hter_of`.

    Without any error the upper limit is the wider one of the rule of 3, halved as HTER is, and of the bootstrap, since
    another development set would have given another threshold.
    """
    check_confidence(confidence)
    drawn = hter_draws(dev, test, rng=rng, clusters=clusters, replicates=replicates)
    of_test = clusters[1]
    unit, n_units = (of_test.unit, of_test.n_units) if of_test else ("score", point.n_genuine + point.n_impostor)
    fewest = min((cluster.n_units for cluster in clusters if cluster), default=0)
    sizes = (point.n_genuine, point.n_impostor)
    bounds, method = covering_bounds(point.value, drawn, sizes, fewest, confidence, halves=2)
    cautions = hter_cautions(point) + few_cautions(sizes, unit if of_test else "", n_units, drawn)
    return interval_of(
        point.value, bounds, confidence, method.with_threshold(), sizes, unit, n_units, replicates, cautions
    )


def covering_bounds(
    value: float, drawn: FloatArray, sizes: tuple[int, int], n_units: int, confidence: float, halves: int = 1
) -> tuple[Bounds, IntervalMethod]:
    """Return the limits of a rate, each the wider one of Korn-Graubard's and the percentiles', and the method's row.

    value: the estimate. drawn: (B,) replicates, NaN left out. sizes: genuine and impostor scores. n_units: clusters,
    0 where single scores were drawn. halves: 2 where the rate is half the sum of both classes' rates.
    """
    drawn = drawn[~np.isnan(drawn)]
    low, high = percentile(drawn, confidence)
    if value in (0.0, 1.0):
        edge = rule_of_3(min(*sizes, n_units or max(sizes)), confidence=confidence) / halves
        bounds = Bounds(0.0, max(edge, high)) if value == 0 else Bounds(min(1 - edge, low), 1.0)
        return bounds, WIDER_OF_3
    # Scores of both classes at the rate itself: what is left where the replicates happen not to differ.
    variance = max(float(drawn.var()) * _unbiased(n_units), value * (1 - value) * (1 / sizes[0] + 1 / sizes[1]) / 4)
    of_few = korn_graubard(value, variance, n_units - 1 if n_units > 1 else 0, confidence)
    return Bounds(min(low, of_few.low), max(high, of_few.high)), COVERING


def korn_graubard(value: float, variance: float, df: int, confidence: float) -> Bounds:
    """Return Clopper-Pearson's limits at the effective number of trials, value (1 - value) / variance.

    value: a rate strictly between 0 and 1. variance: of its estimate, > 0. df: degrees of freedom of the variance,
    0 where it is known.

    Reference: Korn and Graubard, Survey Methodology 24, 1998.
    """
    low, high = effective_limits(np.float64(value), np.float64(variance), df, confidence)
    return Bounds(float(low), float(high))


def effective_limits(value: Any, variance: Any, df: int, confidence: float) -> tuple[Any, Any]:
    """Return the limits of `korn_graubard` for many rates at once, as low and high of the shape of value."""
    tail = (1 - confidence) / 2
    n = value * (1 - value) / variance
    if df > 0:
        n = n * float(special.ndtri(tail) / special.stdtrit(df, tail)) ** 2
    count = value * n
    return special.betaincinv(count, n - count + 1, tail), special.betaincinv(count + 1, n - count, 1 - tail)


def _unbiased(n_units: int) -> float:
    """Return what the variance of a bootstrap of few clusters must be multiplied by (Rao and Wu 1988)."""
    return n_units / (n_units - 1) if n_units > 1 else 1.0
