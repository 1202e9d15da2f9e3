"""A study's further test sets as results of their own: the scores of one of them in the place of those of test.

The development set stays, and with it the threshold. So whatever reads the results of a test set reads those of a
further one: "B.hter" is the HTER of the test set B at the threshold of the study's own development set.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sweep.analysis.once import once
from sweep.metrics.catalogue import metric_called
from sweep.metrics.metric import Metric
from sweep.store.store import Results

_SIZE = "n_test."  # before the name of a test set, in trials.parquet
_OF_CASES = ("sample", "video")  # whose names say nothing beyond one data set


def names_of_tests(results: Results) -> tuple[str, ...]:
    """Return the names of a study's further test sets in the order of its file, those of collected scores as stored."""
    stored = [str(name).removeprefix(_SIZE) for name in results.trials.columns if str(name).startswith(_SIZE)]
    said = results.study["resolved"].get("tests") or {}
    return tuple(dict.fromkeys((*(name for name in said if name in stored), *stored)))


def set_and_metric(results: Results, metric: str) -> tuple[str, str]:
    """Return ("B", "hter") of "B.hter", and ("", metric) where it is of no further test set."""
    name, dot, own = metric.partition(".")
    return (name, own) if dot and name in names_of_tests(results) else ("", metric)


def name_there(own: str) -> str:
    """Return what a metric of a further test set is called in `on_test`: its EER has a threshold of its own."""
    return "test_eer" if own == "eer" else own


def row_of(name: str, own: str) -> Metric:
    """Return the row of the catalogue for a metric of a further test set, under the set's name."""
    row = metric_called(name_there(own))
    return replace(row, name=f"{name}.{own}", title=f"{row.title or own} on {name}")


def on_test(results: Results, name: str) -> Results:
    """Return the results with the further test set `name` in the place of test, its metrics under their own names."""
    of = (results.study, results.trials, results.scores)
    return once(("on_test", name), of, lambda: _on_test(results, name))


def _on_test(results: Results, name: str) -> Results:
    trials, before = results.trials, f"metric.{name}."
    own = {
        column: f"metric.{name_there(column.removeprefix(before))}"
        for column in map(str, trials.columns)
        if column.startswith(before)
    }
    gone = [column for column in map(str, trials.columns) if column.startswith("metric.") and column not in own]
    trials = trials.drop(columns=[*gone, "n_test"], errors="ignore").rename(columns={**own, f"{_SIZE}{name}": "n_test"})
    return replace(results, trials=trials, scores=_scores(results.scores, name))


def _scores(scores: pd.DataFrame, name: str) -> pd.DataFrame:
    if not len(scores):
        return scores
    split = scores["split"]
    tested = (split == f"test.{name}").to_numpy()
    kept = tested | (split == "dev").to_numpy()
    frame, tested = scores[kept], tested[kept]
    words = pd.Categorical(np.where(tested, "test", "dev"), categories=["dev", "test"])
    cases = {column: _apart(frame[column], tested, name) for column in _OF_CASES if column in frame}
    return frame.assign(split=words, **cases)


def _apart(column: Any, tested: Any, name: str) -> pd.Categorical:
    """Return the names of samples or videos, those of the test set with its name before them: they are no others'."""
    known = pd.Categorical(column)
    words = np.array([*map(str, known.categories), ""], dtype=object)
    others = np.array([f"{name}: {word}" if word else "" for word in words], dtype=object)
    return pd.Categorical(np.where(tested, others[known.codes], words[known.codes]))
