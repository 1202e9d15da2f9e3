"""Two systems on the same trials: the difference of their EER or HTER, with its interval and p-value.

Both systems see the same draw in each replicate, so that what the trials have in common cancels in the difference.
With clusters (see `clusters.py`) subjects are drawn; without, single trials, genuine and impostor apart.
"""

from dataclasses import dataclass

import numpy as np

from sweep.metrics.clusters import Clusters
from sweep.metrics.common_trials import Trials, Window, by_trial
from sweep.metrics.eer_replicates import eer_replicates
from sweep.metrics.equal_error_rate import eer
from sweep.metrics.half_total import hter
from sweep.metrics.interval import cluster_cautions, percentile
from sweep.metrics.interval_methods import PAIRED
from sweep.metrics.proportion import check_confidence
from sweep.metrics.scores import FloatArray, both
from sweep.metrics.weighted import Pool

REPLICATES = 10_000


@dataclass(frozen=True)
class Difference:
    """The error rate of system A minus that of system B, paired.

    value = a - b; low, high: percentile interval. p_value: two-sided, of no difference. unit: what was drawn again.
    """

    value: float
    low: float
    high: float
    p_value: float
    a: float
    b: float
    rate: str
    confidence: float
    method: str
    unit: str
    n_units: int
    n_genuine: int
    n_impostor: int
    replicates: int
    cautions: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return one line: the difference in percentage points, its interval and p-value."""
        return (
            f"{self.rate} of A {100 * self.a:.3f} % minus B {100 * self.b:.3f} %: {100 * self.value:+.3f} points "
            f"[{100 * self.low:+.3f}, {100 * self.high:+.3f}], p = {self.p_value:.3g} (unit: {self.unit})"
        )


def eer_difference(
    trials: Trials,
    *,
    rng: np.random.Generator,
    clusters: Clusters | None = None,
    replicates: int = REPLICATES,
    confidence: float = 0.95,
) -> Difference:
    """Return the EER of A minus that of B on the same trials.

    trials: see `trials`. clusters: of these trials, row by row, from `by_unit` and its kin; None draws trials.
    Raises InputError on a confidence outside (0, 1).
    """
    check_confidence(confidence)
    values = np.diff([draws[0] for draws in _eer_draws(trials, clusters, replicates, rng)], axis=0)[0]
    a = eer(trials.a_genuine, trials.a_impostor).value
    b = eer(trials.b_genuine, trials.b_impostor).value
    return _difference("EER", a, b, -values, trials, clusters, confidence)


def hter_difference(
    dev: Trials,
    test: Trials,
    *,
    rng: np.random.Generator,
    dev_clusters: Clusters | None = None,
    test_clusters: Clusters | None = None,
    replicates: int = REPLICATES,
    confidence: float = 0.95,
) -> Difference:
    """Return the HTER of A minus that of B, each at its own threshold, estimated again from dev in each replicate.

    dev, test: see `trials`; clusters as in `eer_difference`. Raises InputError on a confidence outside (0, 1).
    """
    check_confidence(confidence)
    (_, threshold_a), (_, threshold_b) = _eer_draws(dev, dev_clusters, replicates, rng)
    drawn, units = test, test_clusters
    if units is None:
        drawn, units = by_trial(test, _range(threshold_a), _range(threshold_b))
    rates = np.empty((2, replicates))
    pools = _pools(drawn, units)
    for rows, weights in units.chunks(replicates, rng):
        for rate, pool, threshold in zip(rates, pools, (threshold_a, threshold_b), strict=True):
            rate[rows] = np.mean(pool.rates(weights, threshold[rows]), axis=0)
    a = hter(dev.a_genuine, dev.a_impostor, test.a_genuine, test.a_impostor).value
    b = hter(dev.b_genuine, dev.b_impostor, test.b_genuine, test.b_impostor).value
    return _difference("HTER", a, b, rates[0] - rates[1], test, test_clusters, confidence)


def _eer_draws(
    trials: Trials, clusters: Clusters | None, replicates: int, rng: np.random.Generator
) -> list[tuple[FloatArray, FloatArray]]:
    """Return EER (B,) and threshold (B,) of A and of B, both on the same draws."""
    if clusters is None:
        windows = [
            _window(g, i, rng)
            for g, i in ((trials.a_genuine, trials.a_impostor), (trials.b_genuine, trials.b_impostor))
        ]
        trials, clusters = by_trial(trials, *windows)
    pools = _pools(trials, clusters)
    answer = [(np.empty(replicates), np.empty(replicates)) for _ in pools]
    for rows, weights in clusters.chunks(replicates, rng):
        for pool, (value, threshold) in zip(pools, answer, strict=True):
            value[rows], threshold[rows] = pool.eer(weights)
    return answer


def _pools(trials: Trials, clusters: Clusters) -> tuple[Pool, Pool]:
    columns = clusters.genuine, clusters.impostor, clusters.n_columns
    return Pool(trials.a_genuine, trials.a_impostor, *columns), Pool(trials.b_genuine, trials.b_impostor, *columns)


def _window(genuine: FloatArray, impostor: FloatArray, rng: np.random.Generator) -> Window:
    """Return thresholds that no replicate leaves but for a negligible chance: three times the range of 1,000 draws."""
    g, i = both(genuine, impostor)
    low, high = _range(eer_replicates(g.scores, i.scores, 1000, rng).threshold)
    width = high - low
    return low - width, high + width


def _range(thresholds: FloatArray) -> Window:
    low, high = float(np.nanmin(thresholds)), float(np.nanmax(thresholds))
    return low, float(np.nextafter(high, np.inf))


def _difference(
    rate: str, a: float, b: float, values: FloatArray, trials: Trials, clusters: Clusters | None, confidence: float
) -> Difference:
    known = values[~np.isnan(values)]
    bounds = percentile(known, confidence)
    # The observed difference counts as one replicate on either side, so that p is never 0.
    tails = (1 + (known <= 0).sum()) / (1 + known.size), (1 + (known >= 0).sum()) / (1 + known.size)
    n_genuine, n_impostor = trials.a_genuine.size, trials.a_impostor.size
    unit, n_units = (clusters.unit, clusters.n_units) if clusters else ("trial", n_genuine + n_impostor)
    return Difference(
        value=a - b,
        low=bounds.low,
        high=bounds.high,
        p_value=min(1.0, 2 * float(min(tails))),
        a=a,
        b=b,
        rate=rate,
        confidence=confidence,
        method=PAIRED.title,
        unit=unit,
        n_units=n_units,
        n_genuine=n_genuine,
        n_impostor=n_impostor,
        replicates=values.size,
        cautions=cluster_cautions(unit, n_units, values.size - known.size) if clusters else (),
    )
