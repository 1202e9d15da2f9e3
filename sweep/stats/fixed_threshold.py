"""FAR, FRR and HTER at thresholds that stand still, means over trained models, with intervals for other subjects."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweep.metrics.chosen_intervals import effective_limits
from sweep.metrics.proportion import rule_of_3
from sweep.stats.scored_trials import FloatArray, SplitScores, TrialScores

METHOD = "Korn-Graubard 1998, variance over {cases} linearised, models and threshold held still"
RATES = ("far", "frr", "hter")


@dataclass(frozen=True)
class RatesAt:
    """Rates at K thresholds: rate -> (K, 3), the mean over the trials, low and high; NaN limits for a single case.

    thresholds: (K,) ascending. n_units: cases with a sample of the split.
    """

    thresholds: FloatArray
    rates: dict[str, FloatArray]
    n_units: int


def rates_at(
    scores: TrialScores, rows: NDArray[np.intp], thresholds: FloatArray, *, on_dev: bool = False, level: float = 0.95
) -> RatesAt:
    """Return the rates of the trials `rows` on test or dev at each threshold; a score at it or above is accepted.

    The limits are Clopper and Pearson's at the effective number of trials, whose variance is that of a ratio over
    subjects; of a pair of subjects both count. Without any error they are the rule of 3 over subjects.

    References: Korn and Graubard, Survey Methodology 24, 1998; Woodruff, JASA 66, 1971 (linearisation); Cameron,
    Gelbach and Miller, Journal of Business and Economic Statistics 29, 2011 (samples of two subjects).
    """
    split = scores.dev if on_dev and scores.dev is not None else scores.test
    far, far_residual, n_impostor = _of_class(scores, split, rows, thresholds, genuine=False)
    frr, frr_residual, n_genuine = _of_class(scores, split, rows, thresholds, genuine=True)
    n_units = scores.n_units(on_dev=on_dev)
    least = {
        "far": 1 / max(n_impostor, 1),
        "frr": 1 / max(n_genuine, 1),
        "hter": (1 / max(n_impostor, 1) + 1 / max(n_genuine, 1)) / 4,
    }
    means = {"far": far, "frr": frr, "hter": (far + frr) / 2}
    residuals = {"far": far_residual, "frr": frr_residual, "hter": (far_residual + frr_residual) / 2}
    found = {}
    for name in RATES:
        variance = _variance(scores, residuals[name], n_units)
        variance = np.maximum(variance, means[name] * (1 - means[name]) * least[name])
        found[name] = np.column_stack([means[name], _limits(means[name], variance, n_units, level)])
    return RatesAt(thresholds, found, n_units)


def _of_class(
    scores: TrialScores, split: SplitScores, rows: NDArray[np.intp], thresholds: FloatArray, *, genuine: bool
) -> tuple[FloatArray, FloatArray, int]:
    """Return the mean error rate (K,), what each column adds beyond its share (C, K), and the samples of the class."""
    k, n_columns = thresholds.size, scores.n_columns
    of_class = np.flatnonzero(split.label == (1 if genuine else 0))
    rate, residual = np.zeros(k), np.zeros((n_columns, k))
    for trial in rows.tolist():
        score = split.score[trial, of_class]
        known = ~np.isnan(score)
        column, score = split.unit[of_class[known]], score[known]
        cell = thresholds.searchsorted(score, side="right")  # so many thresholds accept it
        counts = np.bincount(column * (k + 1) + cell, minlength=n_columns * (k + 1)).reshape(n_columns, k + 1)
        refused = counts.cumsum(axis=1)[:, :k]
        tried = counts.sum(axis=1)[:, None]
        wrong = refused if genuine else tried - refused
        n = max(score.size, 1)
        own = wrong.sum(axis=0) / n
        rate += own / len(rows)
        residual += (wrong - own * tried) / n / len(rows)
    return rate, residual, int(of_class.size)


def _variance(scores: TrialScores, residual: FloatArray, n_units: int) -> FloatArray:
    """Return the variance of a mean over cases, (K,), from what each column adds to it, (C, K)."""
    if n_units < 2:
        return np.full(residual.shape[1], np.nan)
    of_case = scores.by_case(residual.T)
    twice = residual[scores.units.size :]  # a pair stands in both of its cases
    found: FloatArray = (of_case**2).sum(axis=1) - (twice**2).sum(axis=0)
    return np.maximum(found, 0.0) * n_units / (n_units - 1)


def _limits(value: FloatArray, variance: FloatArray, n_units: int, level: float) -> FloatArray:
    """Return low and high, (K, 2)."""
    found = np.full((value.size, 2), np.nan)
    if n_units < 2:
        return found
    edge = rule_of_3(n_units, confidence=level)
    found[value <= 0] = (0.0, edge)
    found[value >= 1] = (1 - edge, 1.0)
    inside = (value > 0) & (value < 1)
    if inside.any():
        found[inside] = np.stack(effective_limits(value[inside], variance[inside], n_units - 1, level), axis=1)
    return found


def thresholds_of(
    scores: TrialScores,
    rows: NDArray[np.intp],
    marks: FloatArray,
    n: int = 101,
    rounded: Callable[[float], float] = float,
) -> FloatArray:
    """Return about n thresholds, (K,) ascending: quantiles of either class, the marks, and one beyond each end.

    marks: thresholds that must be among them. rounded: how a threshold is written, so that the rates are of that.
    """
    splits = [one for one in (scores.test, scores.dev) if one is not None]
    parts = [marks]
    for label in (1, 0):
        values = np.concatenate([one.score[rows][:, one.label == label].ravel() for one in splits])
        values = values[~np.isnan(values)]
        if values.size:
            parts.append(np.quantile(values, np.linspace(0, 1, max((n - marks.size - 2) // 2, 2))))
    found = np.unique([rounded(value) for value in np.concatenate(parts).tolist()])
    step = float(np.diff(found).mean()) if found.size > 1 else 1.0
    beyond = max(step, 1e-6)
    ends = rounded(float(found[0]) - beyond), rounded(float(found[-1]) + beyond)
    return np.concatenate(([ends[0]], found, [ends[1]]))
