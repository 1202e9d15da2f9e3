"""Metrics that trials did not store, computed from the scores that they did store."""

from dataclasses import replace

import numpy as np

from sweep.analysis.current import current
from sweep.analysis.fold_scores import for_metric
from sweep.analysis.further_tests import name_there, on_test, row_of, set_and_metric
from sweep.analysis.scored_frame import scored_of
from sweep.errors import InputError, nearest
from sweep.metrics.attack_errors import kinds_of
from sweep.metrics.catalogue import CATALOGUE, metric_called
from sweep.metrics.metric import Metric
from sweep.store.store import Results


def check_metric(results: Results, metric: str) -> Metric:
    """Return the row of a metric that a study's trials have, or that their scores give.

    Raises:
        InputError: neither, with those that there are.
    """
    name, own = set_and_metric(results, metric)
    if name:
        check_metric(on_test(results, name), name_there(own))
        return row_of(name, own)
    row, task = metric_called(metric), results.study["task"]
    stored = sorted(_stored(results))
    if metric in stored or (row.resampled and not (row.two_classes and task not in (*row.tasks, *row.asked))):
        return row
    typed = "attack_type" in results.scores
    asked = [one for one in CATALOGUE.values() if task in one.asked and (typed or not one.of_attacks)]
    more = sorted(one.name for one in asked if one.name not in stored)
    from_scores = f"; from the stored scores {', '.join(more)}" if more and len(results.scores) else ""
    raise InputError(
        f"Expected a metric: {', '.join(stored)}{from_scores}. Received: {metric}.{nearest(metric, [*stored, *more])}"
    )


def with_metric(results: Results, metric: str) -> Results:
    """Return the results with a metric in the column of each trial that is ok, where its stored scores give it.

    What a trial stored stays as it is.
    """
    name, own = set_and_metric(results, metric)
    if name:
        there = with_metric(on_test(results, name), name_there(own)).trials
        column = f"metric.{name_there(own)}"
        if column not in there:
            return results
        return replace(results, trials=results.trials.assign(**{f"metric.{metric}": there[column]}))
    row, column, ok = metric_called(metric), f"metric.{metric}", current(results).ok
    stored = ok[column].to_numpy(np.float64) if column in ok else np.full(len(ok), np.nan)
    lacking = ok["trial_id"][np.isnan(stored)]
    if row.of is None or row.split == "train" or not len(lacking) or not len(results.scores):
        return results
    scores = for_metric(results, row).scores
    scores = scores[scores["trial_id"].isin(lacking)]
    found = {}
    for trial_id, frame in scores.groupby("trial_id", sort=False, observed=True):
        scored = scored_of(frame)
        if scored is not None and (kinds_of(scored.test) or not row.of_attacks):
            found[str(trial_id)] = row.point(scored)
    if not found:
        return results
    trials = results.trials.copy()
    if column not in trials:
        trials[column] = np.nan
    at = (trials["status"] == "ok") & trials[column].isna()
    trials.loc[at, column] = trials.loc[at, "trial_id"].map(found).astype(np.float64)
    return replace(results, trials=trials)


def _stored(results: Results) -> list[str]:
    return [name.removeprefix("metric.") for name in results.trials.columns if name.startswith("metric.")]
