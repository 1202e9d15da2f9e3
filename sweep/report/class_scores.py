"""The genuine and impostor scores of each trial, sorted, for curves and histograms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweep.analysis.current import current, test_scores
from sweep.analysis.study_scores import study_scores
from sweep.errors import InputError
from sweep.metrics.scores import Class, both
from sweep.report.shown_configurations import spread
from sweep.report.summary import Report
from sweep.store.store import Results

FloatArray = NDArray[np.float64]
Pair = tuple[Class, Class]
MOST = 6  # configurations that one pair of axes can tell apart


@dataclass(frozen=True)
class ClassScores:
    """The test scores of one configuration.

    at: its row in the report. trials: a pair of classes, genuine and impostor, for each trial that is ok. thresholds:
    those of dev's EER, where trials stored them.
    """

    at: int
    trials: tuple[Pair, ...]
    thresholds: tuple[float, ...]


def class_scores(report: Report, results: Results) -> list[ClassScores]:
    """Return the test scores of the configurations that are drawn, none of a trial that lacks a class.

    report: a verification report. results: with folds gathered.
    """
    shown = spread(report, MOST)
    ok = current(results).ok
    if not len(ok):
        return []
    trials = _together(report, results, shown) or _apart(report, results, shown)
    found = []
    for at in shown:
        own = ok[ok["config_id"] == report.rows[at].config_id]
        held = own["threshold"].to_numpy(float) if "threshold" in own else np.empty(0)
        if report.folds:  # all folds of a seed on one scale, whose threshold is 0
            held = np.zeros(1)
        if trials.get(at):
            found.append(ClassScores(at, tuple(trials[at]), tuple(held[np.isfinite(held)].tolist())))
    return found


def _together(report: Report, results: Results, shown: list[int]) -> dict[int, list[Pair]]:
    """Return row -> the classes of its trials, where all trials scored the same samples."""
    try:
        scores = study_scores(results)
    except InputError:
        return {}
    found = {}
    for at in shown:
        rows = np.flatnonzero(scores.config == report.rows[at].config_id)
        found[at] = [one for row in rows for one in _pair(scores.test.label, scores.test.score[row])]
    return found


def _apart(report: Report, results: Results, shown: list[int]) -> dict[int, list[Pair]]:
    """Return the same where each trial may have samples of its own."""
    ok = current(results).ok
    row_of = {report.rows[at].config_id: at for at in shown}
    chosen = ok[ok["config_id"].isin(list(row_of))]
    row_of_trial = dict(zip(chosen["trial_id"], chosen["config_id"].map(row_of), strict=True))
    scores = test_scores(results, chosen)
    found: dict[int, list[Pair]] = {at: [] for at in shown}
    for trial_id, own in scores.groupby("trial_id", sort=False, observed=True):
        found[row_of_trial[trial_id]] += _pair(own["label"].to_numpy(), own["score"].to_numpy())
    return found


def _pair(label: FloatArray, score: FloatArray) -> list[Pair]:
    """Return the two classes of a trial, none where it lacks one."""
    known = ~np.isnan(score)
    genuine, impostor = score[known & (label == 1)], score[known & (label == 0)]
    return [both(genuine, impostor)] if genuine.size and impostor.size else []
