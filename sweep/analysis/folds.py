"""The folds of a seed gathered to one run: what a study with `division: {folds: K}` is analysed by.

Folds share a seed, and who is tested in one trains in others: they are no independent samples of anything. Here the K
trials of one configuration and seed become one run, whose test set is all K folds together; the intervals then see one
value a seed, and each subject once. The metrics that are counted at a threshold decide each sample by the threshold of
its own fold's development set, and count over all folds (Forman and Scholz, SIGKDD Explorations 12, 2010, for F1).
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sweep.analysis.current import current
from sweep.analysis.fold_scores import metrics_of_runs, scores_of_runs
from sweep.analysis.once import once
from sweep.store.store import Results

AXIS = "division.fold"
GATHERED = "gathered"  # in `Results.study`: what each run is made of
_MEANS = ("metric.", "n_train", "epochs", "kept_epoch")
_SUMS = ("seconds.", "n_dev", "n_test")
_DIGESTS = ("_sha256", "data_id")


@dataclass(frozen=True)
class Run:
    """The trials of one configuration and seed.

    run_id: a digest of theirs, as a trial_id. whole: the config_id without the fold. folds: trial_id -> fold.
    """

    run_id: str
    whole: str
    seed: int
    folds: dict[str, int]


@dataclass(frozen=True)
class Folds:
    """The folds of gathered results: how many, and the fewest and most samples in train and in test of one."""

    n: int
    n_train: tuple[int, int]
    n_test: tuple[int, int]


def folds_of(study: dict[str, Any]) -> Folds | None:
    """Return the folds that the runs of gathered results are made of; None for a study that divides nothing.

    study: `Results.study`.
    """
    found: Folds | None = study.get(GATHERED)
    return found


def n_folds(results: Results) -> int:
    """Return how many folds each run of gathered results has; 0 for a study that divides nothing."""
    found = folds_of(results.study)
    return found.n if found else 0


def gathered(results: Results) -> Results:
    """Return the results with a row for each configuration and seed, in place of one for each fold of them.

    Results of a study without folds, and gathered ones, come back as they are. A run is ok where all of its folds are,
    failed where one failed, and else not there yet. Its scores are those of all folds, for verification on one scale
    (see `sweep.analysis.fold_scores`). Metrics that scores do not give are means over the folds, times are sums, checks
    the worst, and digests those of the folds' digests.
    """
    division = results.study["resolved"].get("division")
    if not division or division.get("fold") is not None or n_folds(results):
        return results
    of = (results.study, results.trials, results.scores, results.epochs)
    return once("gathered", of, lambda: _gathered(results, division))


def _gathered(results: Results, division: Mapping[str, Any]) -> Results:
    now, runs = current(results), _runs(results.study)
    ok = {str(row["trial_id"]): row for row in now.ok.to_dict("records")}
    failed = {str(row["trial_id"]): row for row in now.failed.to_dict("records")}
    done = [run for run in runs if all(trial in ok for trial in run.folds)]
    lost = [run for run in runs if any(trial in failed for trial in run.folds)]
    rows: dict[str, dict[Any, Any]] = {run.run_id: _ok_row(run, [ok[trial] for trial in run.folds]) for run in done}
    task, where = str(results.study["task"]), _where(done)
    scores = scores_of_runs(results.scores, where, task, {trial: row.get("threshold") for trial, row in ok.items()})
    measured = metrics_of_runs(scores, task)
    for run_id, metrics in measured.items():
        rows[run_id] |= {f"metric.{name}": value for name, value in metrics.items()}
    foreign = results.trials[~results.trials["trial_id"].isin([one["trial_id"] for one in results.study["plan"]])]
    made = pd.DataFrame([*rows.values(), *(_failed_row(run, ok, failed) for run in lost)])
    study = {
        **results.study,
        GATHERED: Folds(int(division["folds"]), _sizes("n_train", ok), _sizes("n_test", ok)),
        "configurations": _configurations(results.study),
        "plan": [{"trial_id": run.run_id, "config_id": run.whole, "seed": run.seed} for run in runs],
    }
    return replace(
        results,
        study=study,
        trials=_with_foreign(made, foreign, results.trials),
        scores=scores,
        epochs=_epochs(results.epochs, where),
        notes=[*results.notes, *_notes(int(division["folds"]), done, ok)],
    )


def means_over_folds(results: Results) -> list[str]:
    """Return the stored metrics of gathered results that are means over the folds, since scores do not give them."""
    stored = [name.removeprefix("metric.") for name in results.trials.columns if name.startswith("metric.")]
    first = metrics_of_runs(results.scores, str(results.study["task"]), most=1)
    return [name for name in stored if not any(name in metrics for metrics in first.values())]


def _runs(study: dict[str, Any]) -> tuple[Run, ...]:
    """Return the runs of a plan in its order, the trials of each in the order of the folds."""
    said = study["configurations"]
    groups: dict[tuple[str, int], dict[str, int]] = {}
    for one in study["plan"]:
        own = said[one["config_id"]]
        key = (str(own["whole"]), int(one["seed"]))
        groups.setdefault(key, {})[str(one["trial_id"])] = int(own["hp"][AXIS])
    return tuple(
        Run(_digest(list(folds)), whole, seed, dict(sorted(folds.items(), key=lambda one: one[1])))
        for (whole, seed), folds in groups.items()
    )


def _where(runs: Sequence[Run]) -> dict[str, tuple[str, str, int]]:
    """Return trial_id -> (run_id, config_id, fold)."""
    return {trial: (run.run_id, run.whole, fold) for run in runs for trial, fold in run.folds.items()}


def _configurations(study: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for said in study["configurations"].values():
        label = re.sub(rf"(^| ){re.escape(AXIS)}=\d+$", "", said["label"])
        hp = {name: value for name, value in said["hp"].items() if name != AXIS}
        found.setdefault(str(said["whole"]), {**said, "label": label, "hp": hp})
    return found


def _ok_row(run: Run, rows: Sequence[dict[Any, Any]]) -> dict[Any, Any]:
    row = {name: _merged(name, [one[name] for one in rows]) for name in rows[0]}
    return {**row, **_keys(run), "status": "ok", "error": ""}


def _keys(run: Run) -> dict[str, Any]:
    return {"trial_id": run.run_id, "config_id": run.whole, "seed": run.seed, "attempt": 0}


def _merged(name: str, values: list[Any]) -> Any:
    """Return what a run has in a column, from the values of its folds."""
    if name == f"hp.{AXIS}" or name == "threshold":
        return np.nan  # each fold has its own
    if name.endswith(_DIGESTS):
        known = all(isinstance(one, str) and one for one in values)
        return _digest(values) if known else values[0]
    if name.startswith(_SUMS):
        return sum(values)
    if name.startswith(_MEANS):
        return float(np.mean(np.asarray(values, dtype=np.float64)))
    if name.startswith("check."):
        numbers = np.asarray(values, dtype=np.float64)
        return np.nan if np.isnan(numbers).all() else float(np.nanmax(numbers))
    return values[0]


def _failed_row(run: Run, ok: dict[str, Any], failed: dict[str, Any]) -> dict[str, Any]:
    lost = [trial for trial in run.folds if trial in failed]
    first, number = failed[lost[0]], run.folds[lost[0]]
    more = f", and {len(lost) - 1} more of {len(run.folds)} folds" if len(lost) > 1 else f" of {len(run.folds)}"
    known = {name: value for name, value in first.items() if not name.startswith(("metric.", "check."))}
    error = f"fold {number}{more}: {first['error'] or 'no error was recorded'}"
    return {**known, **_keys(run), "status": "failed", "error": error}


def _with_foreign(made: pd.DataFrame, foreign: pd.DataFrame, stored: pd.DataFrame) -> pd.DataFrame:
    """Return runs, and the stored trials that the plan does not know, with the columns of the stored ones first."""
    if not len(made):
        return foreign
    columns = [*stored.columns, *(name for name in made.columns if name not in stored.columns)]
    made = made.reindex(columns=columns)
    return pd.concat([made, foreign.reindex(columns=columns)], ignore_index=True) if len(foreign) else made


def _epochs(epochs: pd.DataFrame, where: dict[str, tuple[str, str, int]]) -> pd.DataFrame:
    """Return the epochs of each run: the mean over those of its folds that still trained."""
    own = epochs[epochs["trial_id"].isin(list(where))] if len(epochs) else epochs
    if not len(own):
        return own
    own = own.drop_duplicates(["trial_id", "epoch"], keep="last")
    trial = own["trial_id"].astype(str)
    own = own.assign(trial_id=[where[one][0] for one in trial], config_id=[where[one][1] for one in trial])
    return own.groupby(["trial_id", "config_id", "seed", "epoch"], sort=False).mean(numeric_only=True).reset_index()


def _sizes(column: str, ok: dict[str, Any]) -> tuple[int, int]:
    """Return the smallest and the largest number of samples in a split, over the folds."""
    sizes = [int(row[column]) for row in ok.values() if pd.notna(row.get(column))]
    return (min(sizes), max(sizes)) if sizes else (0, 0)


def _notes(n: int, runs: Sequence[Run], ok: dict[str, Any]) -> Iterator[str]:
    """Yield what a run is and what no interval covers; and where folds of one run had environments that differ."""
    yield (
        f"Each run is the {n} folds of one seed. They count as one value, and no fold is taken as independent. No "
        "interval covers another training set: who is tested in one fold trains in others."
    )
    mixed = [run for run in runs if len({str(ok[trial].get("env_id")) for trial in run.folds}) > 1]
    if mixed:
        yield (
            f"{len(mixed)} of {len(runs)} runs have folds that were trained in different environments (`env_id` in "
            "trials.parquet): equal seeds need not give equal bits."
        )


def _digest(words: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
