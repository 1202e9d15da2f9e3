"""FMR and FNMR of groups of people in a study: over seeds, at each trial's own threshold, all groups at once."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sweep.analysis.current import current
from sweep.analysis.measured_study import SEED
from sweep.analysis.study_scores import study_scores
from sweep.errors import InputError, nearest
from sweep.metrics.by_group import RATES
from sweep.metrics.catalogue import VERIFICATION
from sweep.metrics.largest_ratio import LargestRatio, Limits, largest_ratio
from sweep.stats.estimating import Estimate, estimate
from sweep.stats.measured_trials import Measured, measure_together
from sweep.store.sample_columns import FURTHER
from sweep.store.store import Results

USUAL = "group"  # the sample column that a report looks for by itself
MOST = 20  # groups: each costs a bootstrap, and of more nobody reads the table
_METRIC = {"fmr": "far", "fnmr": "frr"}


@dataclass(frozen=True)
class GroupOverSeeds:
    """One group of one configuration: its samples, its people (0 where none are named) and its rates over the seeds."""

    name: str
    n_genuine: int
    n_impostor: int
    n_people: int
    fmr: Estimate
    fnmr: Estimate


@dataclass(frozen=True)
class StudyGroups:
    """The groups of a study.

    column: the sample column. rows: config_id -> its groups. ratios: config_id -> rate -> the largest ratio between two
    groups, for new subjects; None where it has no limits. level: at which all intervals of a configuration hold
    together; each: of one alone. left_out: groups that have no rates, with the reason. n_unnamed: samples of no group.
    """

    column: str
    rows: dict[str, tuple[GroupOverSeeds, ...]]
    ratios: dict[str, dict[str, LargestRatio | None]]
    level: float
    each: float
    left_out: tuple[str, ...] = ()
    n_unnamed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return every number by name, for JSON."""
        other = ("column", "level", "each", "left_out", "n_unnamed")
        groups = {
            key: {row.name: _plain(row) for row in rows}
            | {f"{rate}_ratio": _ratio(self.ratios[key][rate]) for rate in RATES}
            for key, rows in self.rows.items()
        }
        return {name: getattr(self, name) for name in other} | {"configurations": groups}


def study_groups(results: Results, column: str | None = None, level: float = 0.95) -> StudyGroups | None:
    """Return FMR and FNMR of each group of people at dev's threshold, with simultaneous intervals.

    A group's people are drawn again as those of a whole test set are (Obuchowski, Rockette and Hillis), at the level
    that Bonferroni's inequality leaves each interval. The bootstrap draws from seed 0.

    Args:
        results: of a verification study.
        column: a sample column; None takes `group` where there is one, and returns None where there is none.
        level: at which all intervals of a configuration hold together.

    Raises:
        InputError: no such column, no verification, or more than 20 groups, where a column is named.
    """
    found = _column(results, column)
    if found is None or results.study["task"] != VERIFICATION or not len(current(results).ok):
        return None
    frame, words = _of_test(results, found)
    names = sorted(set(words) - {""})
    if len(names) > MOST:
        if column is None:
            return None
        raise InputError(f"Expected at most {MOST} groups. Received: {len(names)} in {column}. Join some of them.")
    measured: dict[str, dict[str, Measured]] = {}
    left_out, sizes = [], {}
    for name in names:
        rows = frame[~frame["tested"] | (words == name)]
        try:
            scores = study_scores(replace(results, scores=rows))
            both = measure_together(scores, tuple(_METRIC.values()), rng=np.random.default_rng(SEED))
        except InputError as error:
            left_out.append(f"{name}: {_why(rows, error)}")
            continue
        measured[name] = dict(zip(RATES, both, strict=True))
        genuine = int((scores.test.label == 1).sum())
        people = scores.n_units() if scores.unit == "subject" else 0
        sizes[name] = (genuine, scores.test.label.size - genuine, people)
    each = 1 - (1 - level) / max(1, len(RATES) * len(measured))
    configs = list(dict.fromkeys(current(results).ok["config_id"])) if measured else []
    table = {
        key: tuple(
            GroupOverSeeds(name, *sizes[name], *(estimate(both[rate], key, level=each) for rate in RATES))
            for name, both in measured.items()
        )
        for key in configs
    }
    ratios = {key: {rate: _ratio_of(rows, rate) for rate in RATES} for key, rows in table.items()}
    unnamed = int(((words == "") & frame["tested"]).sum()) // max(1, frame.loc[frame["tested"], "trial_id"].nunique())
    return StudyGroups(found.removeprefix(FURTHER), table, ratios, level, each, tuple(left_out), unnamed)


def _column(results: Results, column: str | None) -> str | None:
    """Return the column of scores.parquet that is meant; None where nobody named one and there is none."""
    there = [str(name) for name in results.scores.columns]
    wanted = USUAL if column is None else column
    for name in (f"{FURTHER}{wanted}", wanted):
        if name in there and (column is not None or name.startswith(FURTHER)):
            return _checked(results, name) if column is not None else name
    if column is None:
        return None
    further = [name.removeprefix(FURTHER) for name in there if name.startswith(FURTHER)]
    raise InputError(
        f"Expected a sample column of the scores: {', '.join(further) or 'there is none'}. Received: {column}."
        f"{nearest(column, further)} Data give it as `further`, see docs/data.md."
    )


def _checked(results: Results, name: str) -> str:
    if results.study["task"] != VERIFICATION:
        raise InputError(f"Expected a verification study for rates by group. Received: {results.study['task']}.")
    return name


def _of_test(results: Results, column: str) -> tuple[pd.DataFrame, "pd.Series[Any]"]:
    """Return the scores of dev and test, with a column `tested`, and the group of each row, "" for none."""
    split = results.scores["split"].astype(str)
    frame = results.scores[split.isin(("dev", "test"))]
    frame = frame.assign(tested=(frame["split"].astype(str) == "test").to_numpy())
    return frame, frame[column].astype(object).where(frame[column].notna(), "").astype(str).str.strip()


def _why(rows: pd.DataFrame, error: InputError) -> str:
    labels = set(rows.loc[rows["tested"], "label"].dropna().unique())
    if labels in ({1.0}, {0.0}):
        return f"only {'genuine' if labels == {1.0} else 'impostor'} samples"
    return str(error).rstrip(".")


def _ratio_of(rows: Sequence[GroupOverSeeds], rate: str) -> LargestRatio | None:
    limits = {}
    for row in rows:
        new = getattr(row, rate).new_subjects
        if np.isfinite(new.low):
            limits[row.name] = Limits(new.value, new.low, new.high, new.n_subjects)
    return largest_ratio(limits) if len(limits) == len(rows) else None


def _plain(row: GroupOverSeeds) -> dict[str, Any]:
    counts = {name: getattr(row, name) for name in ("n_genuine", "n_impostor", "n_people")}
    return counts | {rate: getattr(row, rate).as_dict() for rate in RATES}


def _ratio(found: LargestRatio | None) -> Any:
    return None if found is None else asdict(found)
