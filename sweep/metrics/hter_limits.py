"""Intervals of the HTER: with the threshold estimated again in each replicate, and with the threshold held still."""

import numpy as np
from numpy.typing import ArrayLike

from sweep.metrics.clusters import Clusters
from sweep.metrics.eer_limits import REPLICATES, eer_draws, pool_of
from sweep.metrics.equal_error_rate import eer_of
from sweep.metrics.half_total import HTER, hter_of
from sweep.metrics.interval import Interval, cluster_cautions, count_cautions, interval_of, percentile
from sweep.metrics.interval_methods import BENGIO_MARIETHOZ, PERCENTILE_HTER, RULE_OF_3
from sweep.metrics.proportion import Bounds, check_confidence, rule_of_3
from sweep.metrics.scores import FloatArray, both
from sweep.metrics.special_functions import special


def hter_interval(
    dev_genuine: ArrayLike,
    dev_impostor: ArrayLike,
    test_genuine: ArrayLike,
    test_impostor: ArrayLike,
    *,
    rng: np.random.Generator,
    dev_clusters: Clusters | None = None,
    test_clusters: Clusters | None = None,
    replicates: int = REPLICATES,
    confidence: float = 0.95,
) -> Interval:
    """Return the HTER with the percentile interval of a bootstrap of both sets and so of the threshold.

    All four: (n,) scores, higher is more genuine; NaN left out and counted by `hter`. The development set is drawn
    again for a new threshold, the test set for the errors at it. Clusters as in `eer_bootstrap`.
    With no error on the test set the upper limit is the wider one of the rule of 3 and of the bootstrap: another
    development set would have given another threshold.
    Raises InputError on an empty class, an infinity, or a confidence outside (0, 1).
    """
    check_confidence(confidence)
    dev, test = both(dev_genuine, dev_impostor), both(test_genuine, test_impostor)
    point = hter_of(*test, eer_of(*dev).threshold)
    unit, n_units = "score", point.n_genuine + point.n_impostor
    cautions = hter_cautions(point)
    if test_clusters:
        unit, n_units = test_clusters.unit, test_clusters.n_units
    values = hter_draws(
        # Sorted once where nothing depends on the order.
        (dev_genuine, dev_impostor) if dev_clusters else (dev[0].scores, dev[1].scores),
        (test_genuine, test_impostor) if test_clusters else (test[0].scores, test[1].scores),
        rng=rng,
        clusters=(dev_clusters, test_clusters),
        replicates=replicates,
    )
    undefined = int(np.isnan(values).sum())
    bounds, method = percentile(values, confidence), PERCENTILE_HTER
    if point.value == 0:
        of_three = _no_error(min(point.n_genuine, point.n_impostor, n_units), confidence)
        if of_three.high >= bounds.high:
            bounds, method = of_three, RULE_OF_3
    if test_clusters:
        cautions += cluster_cautions(unit, n_units, undefined)
    sizes = (point.n_genuine, point.n_impostor)
    return interval_of(point.value, bounds, confidence, method, sizes, unit, n_units, replicates, cautions)


def hter_draws(
    dev: tuple[ArrayLike, ArrayLike],
    test: tuple[ArrayLike, ArrayLike],
    *,
    rng: np.random.Generator,
    clusters: tuple[Clusters | None, Clusters | None] = (None, None),
    replicates: int = REPLICATES,
) -> FloatArray:
    """Return the HTER (B,) in each replicate; dev, test: genuine and impostor scores; clusters: of dev, of test."""
    _, threshold = eer_draws(*dev, rng=rng, clusters=clusters[0], replicates=replicates)
    far, frr = np.empty((2, replicates))
    if clusters[1] is None:
        g, i = both(*test)
        # Of n draws with replacement, those under a threshold are binomial: no score need be drawn.
        far = rng.binomial(len(i), 1 - i.scores.searchsorted(threshold) / len(i)) / len(i)
        frr = rng.binomial(len(g), g.scores.searchsorted(threshold) / len(g)) / len(g)
    else:
        pool = pool_of(*test, clusters[1])
        for rows, weights in clusters[1].chunks(replicates, rng):
            far[rows], frr[rows] = pool.rates(weights, threshold[rows])
    return (far + frr) / 2


def bengio_mariethoz(point: HTER, *, confidence: float = 0.95) -> Interval:
    """Return the HTER with its normal interval, threshold held still and scores independent; ends within [0, 1].

    variance = FAR (1 - FAR) / (4 NI) + FRR (1 - FRR) / (4 NC). With no error it would be [0, 0]: the rule of 3 instead.
    Reference: Bengio and Mariethoz, A statistical significance test for person authentication, Odyssey 2004, eq. 13.

    >>> from sweep import metrics
    >>> point = metrics.hter_at([0.9, 0.8, 0.3], [0.2, 0.1, 0.6], 0.5)
    >>> found = metrics.bengio_mariethoz(point)
    >>> round(found.low, 3), round(found.high, 3)
    (0.0, 0.711)
    """
    check_confidence(confidence)
    half = float(special.ndtri(0.5 + confidence / 2)) * bengio_mariethoz_sd(point)
    bounds = Bounds(max(0.0, point.value - half), min(1.0, point.value + half))
    method = BENGIO_MARIETHOZ
    if point.value == 0:
        bounds, method = _no_error(min(point.n_genuine, point.n_impostor), confidence), RULE_OF_3
    sizes = (point.n_genuine, point.n_impostor)
    return interval_of(point.value, bounds, confidence, method, sizes, "score", sum(sizes), 0, hter_cautions(point))


def _no_error(n: int, confidence: float) -> Bounds:
    """Return the interval without any error: half the bound of the smaller class, of n units.

    Of all pairs (FAR, FRR) under which no error is as likely as 1 - confidence, it is the one of greatest HTER.
    """
    return Bounds(0.0, rule_of_3(n, confidence=confidence) / 2)


def bengio_mariethoz_sd(point: HTER) -> float:
    """Return the standard deviation of the HTER by the formula in `bengio_mariethoz`."""
    far, frr = point.far, point.frr
    return float(np.sqrt(far * (1 - far) / (4 * point.n_impostor) + frr * (1 - frr) / (4 * point.n_genuine)))


def hter_cautions(point: HTER) -> tuple[str, ...]:
    """Return what the reader of an HTER must know: few errors."""
    return count_cautions({"false accepts": point.false_accepts, "false rejects": point.false_rejects})
