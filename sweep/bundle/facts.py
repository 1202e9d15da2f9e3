"""What the documents of a bundle rest on: the stored results, their report, code, files and environments."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sweep.analysis.current import Current, current
from sweep.bundle.code_here import CodeHere
from sweep.report.summary import Report
from sweep.store.collected import is_collected
from sweep.store.store import Results
from sweep.study.plan import configurations
from sweep.study.study import Study

UNKNOWN = "not recorded: fill in"


@dataclass(frozen=True)
class Facts:
    """All that is known of a study's results.

    results, report: as loaded and summarised. study: None where the trials were made elsewhere. code: the user's.
    files_named: files and folders that the study names, a mapping each: key, word, inside (the name in the bundle, ""
    where it is not in it). models: how many trained models the bundle holds, and how many are stored.
    """

    results: Results
    report: Report
    study: Study | None
    code: CodeHere
    files_named: tuple[Mapping[str, Any], ...] = ()
    models: tuple[int, int] = (0, 0)

    @cached_property
    def now(self) -> Current:
        """Return the trials of the plan."""
        return current(self.results)

    @property
    def name(self) -> str:
        """Return the study's name."""
        return str(self.results.study["study"])

    @property
    def task(self) -> str:
        """Return the study's task."""
        return str(self.results.study["task"])

    @property
    def collected(self) -> bool:
        """Return whether the trials were made elsewhere."""
        return is_collected(self.results.study)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many trials were planned, and what became of them."""
        return {
            "planned": len(self.now.plan),
            "ok": len(self.now.ok),
            "failed": len(self.now.failed),
            "missing": self.now.n_missing,
        }

    @property
    def standing(self) -> str:
        """Return the same in words."""
        said = self.counts
        more = [f"{said[key]} {word}" for key, word in (("failed", "failed"), ("missing", "never ended")) if said[key]]
        return f"{said['ok']} of {said['planned']} planned trials are ok" + (f"; {', '.join(more)}" if more else "")

    @cached_property
    def studies(self) -> Mapping[str, Study]:
        """Return the label of each configuration (or its id) -> its study; empty where trials were made elsewhere."""
        every = configurations(self.study) if self.study is not None else ()
        return {one.label or one.config_id: one.study for one in every}

    @property
    def may_share(self) -> tuple[str, ...]:
        """Return the configurations whose data may have a subject in two splits, with what the study says of it."""
        allowed = {name: one.data.leakage for name, one in self.studies.items() if one.data.leakage != "refuse"}
        return tuple(f"{name} (`leakage: {said}`)" for name, said in allowed.items())

    @property
    def data_functions(self) -> tuple[str, ...]:
        """Return the functions that give the data of the study, of every arm."""
        uses = [] if self.study is None else [one.use for one in self.study.functions() if one.role == "data"]
        return tuple(dict.fromkeys(uses))

    @property
    def simulated(self) -> bool:
        """Return whether all data are made by Seed Sweep's own simulations."""
        uses = self.data_functions
        return bool(uses) and all(use.startswith("sweep.data:synthetic") for use in uses)

    @property
    def is_whole(self) -> bool:
        """Return whether every planned trial is ok."""
        return self.counts["ok"] == self.counts["planned"]

    @cached_property
    def environments(self) -> pd.DataFrame:
        """Return the environments of the trials that count, with `n_trials` of each, most trials first."""
        ok, stored = self.now.ok, self.results.environments
        if not len(ok) or not len(stored) or "env_id" not in ok:
            return stored[:0]
        counts = ok["env_id"].value_counts()
        used = stored[stored["env_id"].isin(counts.index)].drop_duplicates("env_id")
        used = used.assign(n_trials=used["env_id"].map(counts).astype(int))
        return used.sort_values(["n_trials", "env_id"], ascending=[False, True])

    def versions(self, package: str) -> list[str]:
        """Return the versions of a package that trials ran with, the one of most trials first."""
        return self.values(f"version.{package}")

    def values(self, column: str) -> list[str]:
        """Return what the environments say in a column, each once; what is empty is left out."""
        if column not in self.environments:
            return []
        every = (str(value) for value in self.environments[column].dropna())
        return list(dict.fromkeys(value for value in every if value and value != "nan"))

    @property
    def packages(self) -> tuple[str, ...]:
        """Return the packages whose versions are stored with the trials."""
        columns = (str(name) for name in self.environments.columns)
        names = (name.removeprefix("version.") for name in columns if name.startswith("version."))
        return tuple(name for name in names if self.versions(name))

    @cached_property
    def times(self) -> tuple[str, str]:
        """Return when the first and the last trial began, "" where that is not stored."""
        ok = self.now.ok
        began = sorted(str(one) for one in ok["started_at"].dropna()) if "started_at" in ok else []
        return (began[0], began[-1]) if began else ("", "")

    @property
    def ended(self) -> str:
        """Return when the last trial ended, "" where that is not stored."""
        ok = self.now.ok
        if not {"started_at", "seconds.total"} <= set(ok.columns) or not len(ok):
            return ""
        ends = pd.to_datetime(ok["started_at"], utc=True) + pd.to_timedelta(ok["seconds.total"], unit="s")
        return "" if ends.isna().all() else str(ends.max().isoformat(timespec="milliseconds"))

    def samples(self) -> pd.DataFrame:
        """Return the samples of each split, a row each: split, trials, genuine, impostor, subjects, as text.

        A count that is not the same in every trial is a range. Empty where no scores are stored.
        """
        scores, ok = self.results.scores, self.now.ok
        scores = scores[scores["trial_id"].isin(ok["trial_id"])] if len(scores) and len(ok) else scores[:0]
        rows = []
        for split, of_split in scores.groupby(scores["split"].astype(str)):
            one = of_split.groupby(of_split["trial_id"].astype(str))
            label = of_split["label"]
            row = {"split": split, "trials": str(one.ngroups), "samples": _range(one.size())}
            for name, value in (("genuine", 1), ("impostor", 0)):
                row[name] = _range((label == value).astype(int).groupby(of_split["trial_id"].astype(str)).sum())
            people = _people(of_split)
            rows.append(row | {"subjects": _range(people) if len(people) else UNKNOWN})
        return pd.DataFrame(rows)

    def number(self, column: str) -> str:
        """Return a count of the trials that count, or its range; "" where it is not stored."""
        ok = self.now.ok
        values = sorted({int(one) for one in ok[column].dropna()}) if column in ok and len(ok) else []
        if not values:
            return ""
        return f"{values[0]}" if len(values) == 1 else f"{values[0]} to {values[-1]}"

    def seconds(self) -> tuple[float, float]:
        """Return median and sum of the trials' seconds, NaN where they are not stored."""
        ok = self.now.ok
        known = ok["seconds.total"].dropna() if "seconds.total" in ok else pd.Series(dtype=float)
        values = known.to_numpy(dtype=float)
        return (float(np.median(values)), float(values.sum())) if values.size else (math.nan, math.nan)


def _people(scores: pd.DataFrame) -> "pd.Series[int]":
    """Return how many subjects each trial scored, both of a pair counted; empty where none is named."""
    columns = [name for name in ("subject", "other_subject") if name in scores]
    every = pd.concat([scores[["trial_id", name]].rename(columns={name: "subject"}) for name in columns])
    every = every[every["subject"].fillna("").astype(str) != ""].astype(str)
    return every.groupby("trial_id")["subject"].nunique()


def _range(counts: "pd.Series[int]") -> str:
    low, high = int(counts.min()), int(counts.max())
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def listed(words: list[str] | tuple[str, ...]) -> str:
    """Return words with commas, and what to fill in where there are none."""
    return ", ".join(words) if words else UNKNOWN
