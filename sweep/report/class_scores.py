"""The genuine and impostor scores of each trial, sorted, for curves and histograms."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sweep.metrics.scores import Class, both
from sweep.report.shown_configurations import spread
from sweep.report.summary import Report

MOST = 6  # configurations that one pair of axes can tell apart


@dataclass(frozen=True)
class ClassScores:
    """The test scores of one configuration.

    at: its row in the report. trials: a pair of classes, genuine and impostor, for each trial that is ok. thresholds:
    those of dev's EER, where trials stored them.
    """

    at: int
    trials: tuple[tuple[Class, Class], ...]
    thresholds: tuple[float, ...]


def class_scores(report: Report, ok: pd.DataFrame, scores: pd.DataFrame) -> list[ClassScores]:
    """Return the scores of the configurations that are drawn, none where a trial lacks a class.

    Args:
        report: a verification report.
        ok: trial_id, config_id and threshold of the trials that are ok.
        scores: trial_id, label (1 genuine, 0 impostor) and score of their test split.
    """
    shown = spread(report, MOST)
    if not len(ok) or not len(scores):
        return []
    chosen = ok[ok["config_id"].isin([report.rows[at].config_id for at in shown])]
    scores = scores[scores["trial_id"].isin(chosen["trial_id"])]
    pairs = {}
    for trial_id, own in scores.groupby("trial_id", sort=False, observed=True):
        label, score = own["label"].to_numpy(), own["score"].to_numpy()
        known = ~np.isnan(score)
        genuine, impostor = score[known & (label == 1)], score[known & (label == 0)]
        if genuine.size and impostor.size:
            pairs[str(trial_id)] = both(genuine, impostor)
    found = []
    for at in shown:
        own = chosen[chosen["config_id"] == report.rows[at].config_id]
        held = own["threshold"].to_numpy(float) if "threshold" in own else np.empty(0)
        if report.folds:  # all folds of a seed on one scale, whose threshold is 0
            held = np.zeros(1)
        trials = tuple(pairs[trial_id] for trial_id in own["trial_id"] if trial_id in pairs)
        if trials:
            found.append(ClassScores(at, trials, tuple(held[np.isfinite(held)].tolist())))
    return found
