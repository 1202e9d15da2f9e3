"""What of a store belongs to the study as it is now: the trials of its plan, each once."""

from dataclasses import dataclass

import pandas as pd

from sweep.analysis.once import once
from sweep.errors import InputError
from sweep.metrics.catalogue import TASKS
from sweep.store.attempts import counting
from sweep.store.store import Results


@dataclass(frozen=True)
class Current:
    """The trials of the current plan.

    plan: trial_id, config_id and seed of every planned trial. ok: their rows of trials.parquet, the first good attempt
    of each. failed: the last attempt of each planned trial that has no good one. n_foreign: stored trials that the
    plan does not know, from earlier settings, code or data.
    """

    plan: pd.DataFrame
    ok: pd.DataFrame
    failed: pd.DataFrame
    n_foreign: int

    @property
    def n_missing(self) -> int:
        """Planned trials that were never finished, neither well nor badly."""
        return len(self.plan) - len(self.ok) - len(self.failed)


def current(results: Results) -> Current:
    """Return the trials of the plan in the plan's order; a trial is ok when any attempt is.

    Raises:
        InputError: study.json knows no such task, or not a configuration of its plan.
    """
    return once("current", (results.study, results.trials), lambda: _current(results))


def _current(results: Results) -> Current:
    if results.study["task"] not in TASKS:
        raise InputError(
            f"Expected a task of {', '.join(TASKS)} in {results.path}/study.json. Received: "
            f"{results.study['task']!r}. The same `sweep run` command writes it again; stored trials stay."
        )
    unknown = {one["config_id"] for one in results.study["plan"]} - set(results.study["configurations"])
    if unknown:
        raise InputError(
            f"Expected the configurations of the whole plan in {results.path}/study.json. Received: none called "
            f"{min(unknown)}. The same `sweep run` command writes it again; stored trials stay."
        )
    plan = pd.DataFrame(results.study["plan"], columns=["trial_id", "config_id", "seed"])
    stored = results.trials
    if not len(stored):
        return Current(plan, stored, stored, 0)
    planned = stored["trial_id"].isin(plan["trial_id"])
    place = {trial_id: at for at, trial_id in enumerate(plan["trial_id"])}
    rows = stored[planned].sort_values("attempt", kind="stable")
    rows = rows.sort_values("trial_id", key=lambda ids: ids.map(place), kind="stable")
    ok, failed = counting(rows)
    return Current(plan, ok, failed, int(stored.loc[~planned, "trial_id"].nunique()))


def test_scores(results: Results, ok: pd.DataFrame) -> pd.DataFrame:
    """Return trial_id, label and score of the test split of the trials that are ok."""
    scores = results.scores
    if not len(scores) or not len(ok):
        return pd.DataFrame(columns=["trial_id", "label", "score"])
    wanted = (scores["split"] == "test") & scores["trial_id"].isin(ok["trial_id"])
    return scores.loc[wanted, ["trial_id", "label", "score"]]


def epochs_of(results: Results, ok: pd.DataFrame) -> pd.DataFrame:
    """Return the epochs of the trials that are ok, each once: an attempt that broke off left its own behind."""
    epochs = results.epochs
    if not len(epochs) or not len(ok):
        return pd.DataFrame(columns=["trial_id", "config_id", "seed", "epoch"])
    return epochs[epochs["trial_id"].isin(ok["trial_id"])].drop_duplicates(["trial_id", "epoch"], keep="last")
