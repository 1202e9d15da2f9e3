"""What a study that stops by itself has measured: a value a seed, failures at chance, and what subjects change."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweep import stats
from sweep.analysis.configurations import shares_a_factor
from sweep.analysis.current import current
from sweep.analysis.study_scores import NoCommonScoresError, study_scores
from sweep.errors import InputError
from sweep.metrics.catalogue import metric_called
from sweep.stats.interval import NEW_SUBJECTS
from sweep.stats.race_spread import Seen
from sweep.stats.scored_trials import FloatArray
from sweep.store.store import Results
from sweep.study.stop import Stop

ScoresOf = Callable[[Collection[str]], pd.DataFrame]
MOST_MEASURED, FEWEST_MEASURED, TRIALS_MEASURED = 5, 3, 150
MOST_REPLICATES, FEWEST_REPLICATES, REPLICATES_IN_ALL = 1000, 200, 40_000
_OTHER_SET = "Say `covers: this test set` under `stop`, or hold the split and name subjects in the data."


@dataclass(frozen=True)
class Subjects:
    """What other subjects would change: (C, C) covariance between seeds of two configurations; n: how many they are."""

    covariance: FloatArray
    n: int


class RaceValues:
    """The values of the trials of a plan, by configuration and in the order of the seeds.

    configs: config_ids. labels: for people. value: (C, S) NaN where a trial failed or is not finished; done, failed:
    (C, S).
    """

    def __init__(self, results: Results, stop: Stop, scores_of: ScoresOf) -> None:
        self._results, self._scores_of = results, scores_of
        task = str(results.study["task"])
        self.stop, self.metric = stop, metric_called(stop.metric_of(task))
        self.covers = stop.covers_of(task)
        self.configs = tuple(map(str, results.study["configurations"]))
        self.labels = [str(said["label"]) or key for key, said in results.study["configurations"].items()]
        now = current(results)
        self._trial: list[list[str]] = [[] for _ in self.configs]
        place = {name: at for at, name in enumerate(self.configs)}
        for trial, config in zip(now.plan["trial_id"], now.plan["config_id"], strict=True):
            self._trial[place[config]].append(str(trial))
        column, known = f"metric.{self.metric.name}", len(now.ok) > 0
        values = now.ok[column] if known and column in now.ok else pd.Series(np.nan, index=now.ok.index)
        ok = dict(zip(now.ok["trial_id"] if known else (), values.to_numpy(np.float64), strict=True))
        lost = set(now.failed["trial_id"]) if len(now.failed) else set()
        self._digest = dict(zip(now.ok["trial_id"], now.ok["scores_sha256"], strict=True)) if known else {}
        self.value = self._table([[ok.get(trial, math.nan) for trial in row] for row in self._trial])
        self.done = self._table([[trial in ok or trial in lost for trial in row] for row in self._trial]).astype(bool)
        self.failed = self.done & ~np.isfinite(self.value)
        self.sign = -1.0 if self.metric.higher_is_better else 1.0
        self.paired = shares_a_factor(results)
        self.first_error = str(now.failed["error"].iloc[0] or "").partition("\n")[0] if len(now.failed) else ""

    def _table(self, rows: Sequence[Sequence[float | bool]]) -> FloatArray:
        """Return rows as one array; a configuration with fewer planned seeds ends with trials that are not done."""
        longest = max((len(row) for row in rows), default=0)
        return np.asarray([[*row, *[math.nan] * (longest - len(row))] for row in rows], dtype=np.float64)

    def finished(self, config: int, n: int) -> bool:
        """Return whether the first n seeds of a configuration have ended, well or badly."""
        return self.done.shape[1] >= n and bool(self.done[config, :n].all()) and len(self._trial[config]) >= n

    def chance(self, counts: NDArray[np.intp]) -> float:
        """Return what a failure counts as: chance level, or the worst value of these seeds where there is none."""
        if not math.isnan(self.metric.chance):
            return float(self.metric.chance)
        seen = np.concatenate([self.value[at, :n] for at, n in enumerate(counts)])
        worst = np.nanmax(self.sign * seen) if np.isfinite(seen).any() else math.nan
        return float(self.sign * worst)

    def seen(self, counts: NDArray[np.intp]) -> Seen:
        """Return what the first `counts` seeds of each configuration show, smaller being better."""
        chance = self.chance(counts)
        rows = [
            self.sign * np.where(self.failed[at, :n], chance, self.value[at, :n])
            for at, n in enumerate(counts.tolist())
        ]
        over_seeds = np.diag([float(row.var(ddof=1)) for row in rows])
        if self.paired:
            for a, b in np.argwhere(np.equal.outer(counts, counts) & ~np.eye(len(rows), dtype=bool)):
                over_seeds[a, b] = np.cov(rows[a], rows[b])[0, 1]
        subjects = self.subjects()
        share = np.asarray([1 - self.failed[at, :n].mean() for at, n in enumerate(counts.tolist())])
        return Seen(
            np.asarray([row.mean() for row in rows]),
            counts.astype(np.float64),
            over_seeds,
            subjects.covariance * np.outer(share, share),
            subjects.n,
        )

    def subjects(self) -> Subjects:
        """Return what other subjects would change, from the first seeds of each configuration; 0 for this test set.

        Up to 5 seeds of each are resampled, and 150 trials in all: the subjects' part hardly gains by more.

        Raises:
            InputError: no scores on one test set, or no subjects in it.
        """
        c = len(self.configs)
        if self.covers != NEW_SUBJECTS:
            return Subjects(np.zeros((c, c)), 0)
        each = min(self.stop.first, max(FEWEST_MEASURED, min(MOST_MEASURED, TRIALS_MEASURED // max(c, 1))))
        chosen = [
            [trial for trial, value in zip(row[:each], self.value[at, :each], strict=False) if np.isfinite(value)]
            for at, row in enumerate(self._trial)
        ]
        ids = [trial for row in chosen for trial in row]
        key = (self.metric.name, tuple(ids), tuple(str(self._digest[trial]) for trial in ids))
        if key not in _MEASURED:
            if len(_MEASURED) >= 4:
                _MEASURED.clear()
            _MEASURED[key] = self._measured(chosen, ids)
        return _MEASURED[key]

    def _measured(self, chosen: list[list[str]], ids: list[str]) -> Subjects:
        c = len(self.configs)
        if not ids:
            return Subjects(np.zeros((c, c)), 0)
        inside = set(ids)
        study = {**self._results.study, "plan": [p for p in self._results.study["plan"] if p["trial_id"] in inside]}
        some = replace(self._results, study=study, scores=self._scores_of(inside))
        try:
            scores = study_scores(some)
        except NoCommonScoresError as error:
            raise InputError(
                "Expected scores on one test set, since `stop` is to cover new subjects. Received: "
                f"{error.why or error}. {_OTHER_SET}"
            ) from None
        if scores.unit == "sample":
            raise InputError(
                "Expected subjects in the data, since `stop` is to cover new subjects. Received: samples without one. "
                + _OTHER_SET
            )
        n_replicates = min(MOST_REPLICATES, max(FEWEST_REPLICATES, REPLICATES_IN_ALL // len(ids)))
        measured = stats.measure(scores, self.metric, rng=np.random.default_rng(0), n_replicates=n_replicates)
        total, covariance = np.zeros((c, len(measured.deviations))), np.zeros((c, c))
        own = np.zeros(c)
        for at, row in enumerate(chosen):
            if row:
                moved = measured.deviations[:, measured.trials_of(self.configs[at])]
                total[at] = moved.mean(axis=1)
                squares, k = float((moved**2).sum()), len(row)
                own[at] = squares if k == 1 else (float(total[at] @ total[at]) * k**2 - squares) / (k * (k - 1))
        covariance = total @ total.T
        covariance[np.diag_indices(c)] = own
        return Subjects(covariance, measured.fewest_units)


_MEASURED: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Subjects] = {}  # what the last looks needed, to be quick
