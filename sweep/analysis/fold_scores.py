"""The scores of all folds of a run as one test set and one development set, for verification on one scale.

Each fold has a model of its own, whose scores mean what its own threshold says. On the common scale a score is its
distance from the threshold of its fold's development set, and 0 is the threshold:

    test score - threshold of the fold >= 0  <=>  accepted by the model of its fold.

The pooled development set is moved by one number more, which puts the threshold of its own EER at 0 as well. So
whatever takes dev's threshold from the pooled scores decides each test sample as its fold did, and a replicate of the
subjects estimates the threshold anew. In the column GIVEN the scores are as the models gave them: for metrics that read
them as probabilities or as likelihood ratios.
"""

from collections.abc import Mapping
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweep.analysis.once import once
from sweep.analysis.scored_frame import scored_of
from sweep.metrics.catalogue import VERIFICATION, metrics_of_trial
from sweep.metrics.equal_error_rate import eer_of
from sweep.metrics.metric import Metric
from sweep.metrics.scored import ScoredSplit
from sweep.store.store import Results

GIVEN = "score.given"
_GAP = 8  # spacings of floats: no rounding of the scale moves a score across the threshold

FloatArray = NDArray[np.float64]


def scores_of_runs(
    scores: pd.DataFrame,
    where: Mapping[str, tuple[str, str, int]],
    task: str,
    thresholds: Mapping[str, Any],
) -> pd.DataFrame:
    """Return the scores of all folds of each run, under the run's ids, fold after fold.

    Args:
        scores: scores.parquet.
        where: trial_id -> (run_id, config_id, fold) of the trials that belong to a run which is ok.
        task: of the study; scores of a classification and of a regression are left as they are.
        thresholds: trial_id -> the threshold of its development set; where it is not known it is found again.
    """
    if not len(scores):
        return scores
    frame = scores[scores["trial_id"].isin(list(where))]
    trials = pd.Categorical(frame["trial_id"]).remove_unused_categories()
    names, codes = [str(one) for one in trials.categories], np.asarray(trials.codes, dtype=np.intp)
    run_of = np.asarray([where[one][0] for one in names], dtype=object)
    runs = {run: at for at, run in enumerate(dict.fromkeys(run for run, _, _ in where.values()))}
    rank = np.asarray([runs[str(run)] for run in run_of], dtype=np.int64)
    fold = np.asarray([where[one][2] for one in names], dtype=np.int64)
    order = np.lexsort((np.arange(len(codes)), fold[codes], rank[codes]))
    frame, codes = frame.iloc[order].reset_index(drop=True), codes[order]
    config = np.asarray([where[one][1] for one in names], dtype=object)
    made = frame.assign(
        trial_id=pd.Categorical(run_of[codes], categories=list(runs)), config_id=pd.Categorical(config[codes])
    )
    if task != VERIFICATION:
        return made
    score = made["score"].to_numpy(np.float64)
    label, dev = made["label"].to_numpy(np.float64), (made["split"] == "dev").to_numpy()
    moved = score.copy()
    for at, rows in _groups(codes, len(names)):
        moved[rows] -= _threshold(thresholds.get(names[at]), dev[rows], label[rows], score[rows])
    for _, rows in _groups(rank[codes], len(runs)):
        moved[rows] = around_zero(moved[rows], dev[rows], label[rows])
    return made.assign(**{"score": moved, GIVEN: score})


def for_metric(results: Results, metric: Metric) -> Results:
    """Return results of gathered folds with the scores on the scale that a metric needs; others as they are."""
    if not metric.as_given or GIVEN not in results.scores:
        return results
    scores = once("as_given", (results.scores,), lambda: as_given(results.scores))
    return Results(**{**vars(results), "scores": scores})


def as_given(scores: pd.DataFrame) -> pd.DataFrame:
    """Return scores as the models gave them."""
    return scores.assign(score=scores[GIVEN]) if GIVEN in scores else scores


def metrics_of_runs(scores: pd.DataFrame, task: str, most: int | None = None) -> dict[str, dict[str, float]]:
    """Return run_id -> its metrics, from the scores of all its folds. most: how many runs; None takes all."""
    found: dict[str, dict[str, float]] = {}
    if not len(scores):
        return found
    for run_id, frame in islice(scores.groupby("trial_id", sort=False, observed=True), most):
        scored, plain = scored_of(frame), scored_of(as_given(frame))
        if scored is None or plain is None:
            continue
        found[str(run_id)] = metrics_of_trial(task, scored) | metrics_of_trial(task, plain, as_given=True)
    return found


def _groups(codes: NDArray[Any], n: int) -> "list[tuple[int, NDArray[np.intp]]]":
    """Return (group, its rows) for each of n groups that has some."""
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=n))
    return [(at, rows) for at, rows in enumerate(np.split(order, ends[:-1])) if rows.size]


def _threshold(known: Any, dev: NDArray[np.bool_], label: FloatArray, score: FloatArray) -> float:
    if known is not None and np.isfinite(known):
        return float(known)
    return eer_of(*ScoredSplit(label[dev], score[dev]).classes).threshold


def around_zero(moved: FloatArray, dev: NDArray[np.bool_], label: FloatArray) -> FloatArray:
    """Return the scores of one run with dev's pooled threshold at 0, and test's kept on their side of it.

    moved: (n,) less the threshold of the fold. dev: (n,) which are of a development set. label: (n,) 1 or 0.
    """
    at = eer_of(*ScoredSplit(label[dev], moved[dev]).classes).threshold if dev.any() else 0.0
    gap = _GAP * float(np.spacing(np.nanmax(np.abs(np.append(moved, at)))))
    return np.where(dev, moved - at, np.where(moved >= 0, moved + gap, moved - gap))
