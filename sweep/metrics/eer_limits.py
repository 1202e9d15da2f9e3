"""Intervals of the EER: the exact bootstrap law, and Monte Carlo by score or by cluster."""

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from sweep.metrics.clusters import Clusters
from sweep.metrics.eer_replicates import eer_replicates
from sweep.metrics.equal_error_rate import EER, eer_of
from sweep.metrics.exact_law import StepLaw
from sweep.metrics.interval import Interval, cluster_cautions, count_cautions, interval_of, percentile
from sweep.metrics.interval_methods import EXACT_LAW, PERCENTILE_EER, RULE_OF_3
from sweep.metrics.proportion import Bounds, check_confidence, rule_of_3
from sweep.metrics.scores import Class, FloatArray, both
from sweep.metrics.weighted import Pool

REPLICATES = 10_000


def eer_interval(genuine: ArrayLike, impostor: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return the step EER with the exact percentile interval of its bootstrap: closed form, no random number.

    genuine: (n,), impostor: (m,) scores, higher is more genuine; NaN left out. The unit is the score: right where every
    score comes from another person, too narrow otherwise (see `eer_bootstrap`). Without cross-class ties the step EER
    is the interpolated one, and so is its law; with them it is pessimistic. An EER of 0 or 1 has the rule of 3.
    Raises InputError on an empty class, an infinity, or a confidence outside (0, 1).

    >>> from sweep import metrics
    >>> genuine, impostor = [0.9, 0.8, 0.7, 0.4], [0.1, 0.2, 0.3, 0.6]
    >>> found = metrics.eer_interval(genuine, impostor)
    >>> round(found.low, 3), round(found.high, 3)
    (0.0, 0.5)
    """
    g, i = both(genuine, impostor)
    return exact_interval(g, i, eer_of(g, i), confidence)


def exact_interval(g: Class, i: Class, point: EER, confidence: float) -> Interval:
    """Return the exact interval of the step EER of two classes that are already sorted, given their EER."""
    check_confidence(confidence)
    n_fewest = min(len(g), len(i))
    if point.step == 0 or point.value == 1:
        bounds, method = _rule_of_3(point.step, n_fewest, confidence), RULE_OF_3
    else:
        law = StepLaw(g.scores, i.scores)
        near = Fraction(point.step).limit_denominator(max(len(g), len(i)))
        tail = (1 - confidence) / 2
        bounds = Bounds(law.quantile(tail, near), law.quantile(1 - tail, near))
        method = EXACT_LAW
    sizes = (len(g), len(i))
    return interval_of(point.step, bounds, confidence, method, sizes, "score", sum(sizes), 0, eer_cautions(point))


def eer_bootstrap(
    genuine: ArrayLike,
    impostor: ArrayLike,
    *,
    rng: np.random.Generator,
    clusters: Clusters | None = None,
    replicates: int = REPLICATES,
    confidence: float = 0.95,
) -> Interval:
    """Return the interpolated EER with the percentile interval of its bootstrap.

    genuine: (n,), impostor: (m,) scores, higher is more genuine. clusters: what is drawn again (`by_unit`, `by_pair`,
    `by_subject_then_video`); None draws single scores, each class alone. NaN is left out, with its cluster's column.
    An EER of 0 or 1 has the rule of 3, over the clusters where there are any.
    Raises InputError as `eer_interval` does.
    """
    check_confidence(confidence)
    g, i = both(genuine, impostor)
    point = eer_of(g, i)
    sides = (g.scores, i.scores) if clusters is None else (genuine, impostor)  # sorted once where order is free
    values, _ = eer_draws(*sides, rng=rng, clusters=clusters, replicates=replicates)
    undefined = int(np.isnan(values).sum())
    unit, n_units = (clusters.unit, clusters.n_units) if clusters else ("score", len(g) + len(i))
    if point.value in (0.0, 1.0):
        n = min(len(g), len(i), n_units)
        bounds, method = _rule_of_3(point.value, n, confidence), RULE_OF_3
    else:
        bounds, method = percentile(values, confidence), PERCENTILE_EER
    cautions = eer_cautions(point) + (cluster_cautions(unit, n_units, undefined) if clusters else ())
    sizes = (len(g), len(i))
    return interval_of(point.value, bounds, confidence, method, sizes, unit, n_units, replicates, cautions)


def eer_draws(
    genuine: ArrayLike,
    impostor: ArrayLike,
    *,
    rng: np.random.Generator,
    clusters: Clusters | None = None,
    replicates: int = REPLICATES,
) -> tuple[FloatArray, FloatArray]:
    """Return the EER (B,) and its threshold (B,) in each replicate; arguments as in `eer_bootstrap`."""
    if clusters is None:
        g, i = both(genuine, impostor)
        answer = eer_replicates(g.scores, i.scores, replicates, rng)
        return answer.value, answer.threshold
    pool = pool_of(genuine, impostor, clusters)
    value, threshold = np.empty((2, replicates))
    for rows, weights in clusters.chunks(replicates, rng):
        value[rows], threshold[rows] = pool.eer(weights)
    return value, threshold


def pool_of(genuine: ArrayLike, impostor: ArrayLike, clusters: Clusters) -> Pool:
    """Return the scores with the columns of their clusters, the failures to acquire (NaN) left out."""
    g, i = np.asarray(genuine, dtype=np.float64), np.asarray(impostor, dtype=np.float64)
    has_g, has_i = ~np.isnan(g), ~np.isnan(i)
    return Pool(g[has_g], i[has_i], clusters.genuine[has_g], clusters.impostor[has_i], clusters.n_columns)


def eer_cautions(point: EER) -> tuple[str, ...]:
    """Return what the reader of an EER must know: wrong polarity, ties, few errors."""
    answer = []
    if point.inverted:
        answer.append("EER above 50 %: the polarity looks wrong. If these are distances, negate them (--distances).")
    if point.ties:
        answer.append(f"Ties: distinct scores of both classes, which no threshold can separate: {point.ties}.")
    if point.ties == 1 and point.value == 0.5 and point.step == 1:
        answer.append("All scores are equal: neither the scores nor the interval say who is genuine.")
    few = {"genuine": round(point.step * point.n_genuine), "impostor": round(point.step * point.n_impostor)}
    return tuple(answer) + count_cautions(few)


def _rule_of_3(value: float, n: int, confidence: float) -> Bounds:
    bound = rule_of_3(n, confidence=confidence)
    return Bounds(0.0, bound) if value == 0 else Bounds(1 - bound, 1.0)
