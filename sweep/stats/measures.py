"""The metrics that scores give again with every subject weighted, and what a reader must know of each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from sweep.errors import InputError, nearest
from sweep.stats import class_measures, regression_measures, verification_errors, verification_measures
from sweep.stats.carriers import ErrorsOf
from sweep.stats.trial_scores import FloatArray, TrialScores

Metric = Callable[[FloatArray, FloatArray], float]


@dataclass(frozen=True)
class Measure:
    """A metric and what a reader of it must know.

    of: (scores, trial, weights (B, U)) -> (B,) the metric of that trial in every replicate.
    higher_is_better: as it says. rate: a share of errors or of right answers, in [0, 1].
    two_classes: labels are 1 and 0, and both are needed. on_dev: measured on dev where there is one.
    at_dev_threshold: measured on test at dev's threshold, where the task has one.
    chance: what guessing gives, NaN where it depends on the data.
    errors: (scores, trial) -> what each wrong sample adds to the rate, None where the metric is no mean over samples.
    """

    name: str
    of: Callable[[TrialScores, int, FloatArray], FloatArray]
    higher_is_better: bool = False
    rate: bool = False
    two_classes: bool = False
    on_dev: bool = False
    at_dev_threshold: bool = False
    chance: float = np.nan
    errors: ErrorsOf | None = None


def measure_named(metric: str | Metric | Measure) -> Measure:
    """Return the measure of that name, one made of a function (label (n,), score (n,)) -> number, or what is one.

    Of a function, lower is better.

    Raises:
        InputError: a name that cannot be computed from scores.
    """
    if isinstance(metric, Measure):
        return metric
    if callable(metric):
        return Measure(getattr(metric, "__name__", "metric"), _any_metric(metric))
    if metric not in MEASURES:
        raise InputError(
            f"Expected a metric that scores give: {', '.join(MEASURES)}, or a function (label, score) -> number. "
            f"Received: {metric}.{nearest(metric, MEASURES)}"
        )
    return MEASURES[metric]


def _any_metric(metric: Metric) -> Callable[[TrialScores, int, FloatArray], FloatArray]:
    def replicate(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
        split = scores.test
        rows = np.arange(split.label.size)
        resamples = (np.repeat(rows, w[split.unit].astype(int)) for w in weights)
        return np.array([float(metric(split.label[at], split.score[trial][at])) for at in resamples])

    return replicate


_VERIFICATION = partial(Measure, rate=True, two_classes=True, chance=0.5)
_AT_THRESHOLD = partial(_VERIFICATION, at_dev_threshold=True)
MEASURES = {
    measure.name: measure
    for measure in (
        _AT_THRESHOLD("hter", verification_measures.hter, errors=verification_errors.at_dev_threshold(1, 1)),
        _VERIFICATION("eer", verification_measures.eer, on_dev=True, errors=verification_errors.at_own_threshold(True)),
        _VERIFICATION("test_eer", verification_measures.test_eer, errors=verification_errors.at_own_threshold(False)),
        _AT_THRESHOLD("far", verification_measures.far, errors=verification_errors.at_dev_threshold(0, 2)),
        _AT_THRESHOLD("frr", verification_measures.frr, errors=verification_errors.at_dev_threshold(2, 0)),
        _VERIFICATION("auc", verification_measures.auc, higher_is_better=True),
        _AT_THRESHOLD(
            "recall",
            verification_measures.recall,
            higher_is_better=True,
            errors=verification_errors.at_dev_threshold(2, 0),
        ),
        _AT_THRESHOLD("f1", verification_measures.f1, higher_is_better=True, chance=np.nan),
        Measure(
            "test_accuracy",
            verification_measures.keras_accuracy,
            True,
            rate=True,
            errors=verification_errors.at_one_half,
        ),
        Measure(
            "accuracy",
            class_measures.accuracy,
            True,
            rate=True,
            at_dev_threshold=True,
            errors=verification_errors.of_accuracy,
        ),
        Measure("macro_f1", class_measures.macro_f1, True, rate=True),
        Measure("balanced_accuracy", class_measures.balanced_accuracy, True, rate=True),
        Measure("log_loss", class_measures.log_loss),
        Measure("mse", regression_measures.mse),
        Measure("mae", regression_measures.mae),
        Measure("rmse", regression_measures.rmse),
        Measure("r2", regression_measures.r2, True),
    )
}
# Metrics of the trials' table that scores do not give again, of which more is better.
HIGHER_IS_BETTER = ("precision", "dev_auc", "train_accuracy", "dev_accuracy", "dev_macro_f1", "dev_balanced_accuracy")
