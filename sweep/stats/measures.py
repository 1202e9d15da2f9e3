"""The metrics that have an interval for new subjects: rows of the catalogue, and any function of labels and scores."""

from collections.abc import Callable

import numpy as np

from sweep.errors import InputError, nearest
from sweep.metrics.catalogue import CATALOGUE, metric_called
from sweep.metrics.metric import Metric
from sweep.metrics.scored import Scored, Weights
from sweep.stats.scored_trials import FloatArray

MetricFunction = Callable[[FloatArray, FloatArray], float]
MEASURES = {name: row for name, row in CATALOGUE.items() if row.resampled}


def measure_named(metric: str | MetricFunction | Metric) -> Metric:
    """Return the metric of that name, one made of a function (label (n,), score (n,)) -> number, or what is one.

    Of a function, lower is better.

    Raises:
        InputError: a name that cannot be computed from scores.
    """
    if isinstance(metric, Metric):
        return metric
    if callable(metric):
        return Metric(getattr(metric, "__name__", "metric"), _any_metric(metric))
    row = metric_called(metric)
    if not row.resampled:
        raise InputError(
            f"Expected a metric that scores give: {', '.join(MEASURES)}, or a function (label, score) -> number. "
            f"Received: {metric}.{nearest(metric, MEASURES)}"
        )
    return row


def _any_metric(metric: MetricFunction) -> Callable[[Scored, Weights], FloatArray]:
    def replicate(scored: Scored, weights: Weights) -> FloatArray:
        split = scored.test
        rows = np.arange(split.label.size)
        resamples = [rows] if weights is None else (np.repeat(rows, w[split.column].astype(int)) for w in weights)
        return np.array([float(metric(split.label[at], split.score[at])) for at in resamples])

    return replicate
