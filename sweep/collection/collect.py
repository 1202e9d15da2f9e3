"""`sweep.collect`: results that were made elsewhere become a folder like any other, for report, compare and plan."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from sweep.collection.doubts import doubts
from sweep.collection.folder import results_place, write_runs
from sweep.collection.run_file import read_runs
from sweep.collection.run_table import runs_of_table, task_of
from sweep.collection.runs import CollectedRun, refuse_repeated
from sweep.collection.score_files import runs_of_files
from sweep.collection.score_frame import named_columns, runs_of_scores
from sweep.errors import InputError
from sweep.errors.display import displayed
from sweep.store.places import Place


@displayed
@dataclass(frozen=True)
class Collected:
    """What was collected.

    folder: the results. configurations: their labels. seeds: of all of them. n_runs: those that are there, failed ones
    among them. n_failed: runs without a metric. n_missing: seeds that a configuration lacks. cautions: what to look at.
    """

    folder: Place
    configurations: tuple[str, ...]
    seeds: tuple[int, ...]
    n_runs: int
    n_failed: int
    cautions: tuple[str, ...] = ()

    @property
    def n_missing(self) -> int:
        """Seeds of all configurations without a run."""
        return len(self.configurations) * len(self.seeds) - self.n_runs

    def as_dict(self) -> dict[str, Any]:
        """Return every field by name, for JSON."""
        return {
            "folder": str(self.folder),
            "configurations": list(self.configurations),
            "seeds": list(self.seeds),
            "n_runs": self.n_runs,
            "n_failed": self.n_failed,
            "n_missing": self.n_missing,
            "cautions": list(self.cautions),
        }

    def as_text(self) -> str:
        """Return what was collected, for a person."""
        failed = f", {self.n_failed} failed" if self.n_failed else ""
        missing = f", {self.n_missing} missing" if self.n_missing else ""
        lines = [
            f"Collected {self.n_runs} runs ({len(self.configurations)} configurations, {len(self.seeds)} seeds"
            f"{failed}{missing}) into {self.folder}",
            *(f"  {label or 'one configuration'}" for label in self.configurations[:10]),
            *([f"  and {len(self.configurations) - 10} more"] if len(self.configurations) > 10 else []),
            f"Next: sweep report {self.folder}",
        ]
        return "\n".join(lines)


def collect(
    source: pd.DataFrame | str | Path,
    name: str,
    *,
    seed: str = "seed",
    by: Sequence[str] | Mapping[str, str] | None = None,
    metrics: Mapping[str, str] | Sequence[str] | None = None,
    task: Literal["verification", "classification", "regression"] | None = None,
    per_cent: bool = False,
    results: str | Place = "results/",
    reading: Mapping[str, Any] | None = None,
) -> Collected:
    """Store results that were made elsewhere as `results/name`, and return what was collected; nothing is trained.

    Args:
        source: a pattern of score files, such as "scores/{system}/seed{seed}/{split}.txt", with {seed}, {split} (dev,
            test) and further {names}; or a table of runs, a frame or the path of a CSV or Parquet file; or a frame of
            scores with the columns split, label (1 genuine), score, and if known sample, subject, other_subject, video,
            attack_type.
        name: of the results.
        seed: the column of the seeds.
        by: the columns that tell configurations apart, or name -> column; None takes all other columns of a frame of
            scores. Of a pattern every {name} counts.
        metrics: of a table of runs: names of columns, or metric -> column, such as {"hter": "eval/hter"}; values are
            fractions. A run without one is a failed one.
        task: None takes the task whose metrics are given.
        per_cent: rates of the table are in per cent.
        results: the folder, or address of an object store.
        reading: how score files are read: form, columns, distances, genuine, decimal, as `sweep metrics` does.

    Raises:
        InputError: nothing fits, a column is missing, two runs are one place, a score is missing, or the folder holds
            results that were trained.
    """
    _check_name(name)
    said: dict[str, Any]
    kind = "verification"  # a table of runs may be of another task
    if isinstance(source, str | Path) and "{" in str(source):
        runs, cautions = runs_of_files(str(source), reading or {})
        said = {"scores": str(source)}
    else:
        frame = source if isinstance(source, pd.DataFrame) else read_runs(Path(source))
        where = "a frame" if isinstance(source, pd.DataFrame) else str(source)
        if not len(frame):
            raise InputError(f"Expected rows of runs or scores. Received: {where} without a row.")
        frame = frame.reset_index(drop=True)  # what was put together has its numbers twice
        if metrics is None:
            columns = named_columns(frame, seed, by)
            runs, cautions = runs_of_scores(frame, seed, columns)
            said = {"scores": where}
        else:
            named = _named(metrics)
            kind = task_of(named, task)
            settings = _named(by or ())
            runs, cautions = runs_of_table(frame, seed, settings, named, per_cent=per_cent)
            said = {"table": where, "seed": seed, "by": settings, "metrics": named}
    refuse_repeated(runs)
    folder = results_place(results, name)
    replaced = write_runs(folder, kind, runs, said)
    return _collected(folder, runs, [*cautions, *doubts(runs), *replaced])


def _collected(folder: Place, runs: Sequence[CollectedRun], cautions: Sequence[str]) -> Collected:
    return Collected(
        folder,
        tuple(dict.fromkeys(run.label for run in runs)),
        tuple(sorted({run.seed for run in runs})),
        len(runs),
        sum(bool(run.error) for run in runs),
        tuple(cautions),
    )


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]{0,79}", name):
        raise InputError(f"Expected a name of letters, digits, '.', '-' and '_'. Received: {name!r}.")


def _named(columns: Mapping[str, str] | Sequence[str]) -> dict[str, str]:
    """Return name -> column of columns that are listed, or named."""
    if isinstance(columns, str):
        raise InputError(f"Expected a list of columns, or name -> column. Received: {columns!r}.")
    named = dict(columns) if isinstance(columns, Mapping) else {str(column): str(column) for column in columns}
    return {str(name): str(column) for name, column in named.items()}
