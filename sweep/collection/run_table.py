"""A table of runs, as trackers export it: a row a run, with its settings, its seed and its metrics."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sweep.collection.runs import CollectedRun, as_settings, seed_of
from sweep.collection.score_files import missing_seeds
from sweep.errors import InputError, nearest
from sweep.metrics.catalogue import metric_called


def read_runs(path: Path) -> pd.DataFrame:
    """Return a table of runs from CSV (comma, semicolon or tab) or Parquet.

    Raises:
        InputError: no such file, or no table.
    """
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            frame = pd.read_parquet(path)
        else:
            frame = pd.read_csv(path, sep=None, engine="python", encoding="utf-8-sig")
    except FileNotFoundError:
        beside = [str(item) for item in path.parent.glob("*")] if path.parent.is_dir() else []
        raise InputError(
            f"Expected a table of runs. Received: {path}, which is not there.{nearest(str(path), beside)}"
        ) from None
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"Expected a table of runs, CSV or Parquet. Received: {path}: {reason} Export it again."
        ) from error
    if not len(frame):
        raise InputError(f"Expected a row a run. Received: {path} without a row.")
    frame.columns = [str(name) for name in frame.columns]
    return frame


def runs_of_table(
    frame: pd.DataFrame,
    seed: str,
    by: Mapping[str, str],
    metrics: Mapping[str, str],
    *,
    per_cent: bool = False,
) -> tuple[list[CollectedRun], list[str]]:
    """Return the runs of a table, and cautions. A run without one of the metrics is a failed one.

    Args:
        frame: a row a run.
        seed: the column of the seeds.
        by: setting -> its column.
        metrics: metric -> its column.
        per_cent: rates are given in per cent.

    Raises:
        InputError: no such column, a seed that is none, a word for a metric, or a rate outside its range.
    """
    for what, column in (("seed", seed), *(("setting", name) for name in by.values()), *_of("metric", metrics)):
        if column not in frame:
            known = [str(name) for name in frame.columns]
            raise InputError(
                f"Expected a column of the {what}. Received: {column!r}; there are {', '.join(known[:12])}"
                f"{' ...' if len(known) > 12 else ''}.{nearest(column, known)}"
            )
    values = {name: _numbers(frame, name, column) for name, column in metrics.items()}
    for name in metrics:
        if metric_called(name).rate:
            values[name] = _rates(name, values[name], per_cent)
    settings = as_settings([{name: row[column] for name, column in by.items()} for row in frame.to_dict("records")])
    runs = []
    for at, hp in enumerate(settings):
        own = {name: float(column.iloc[at]) for name, column in values.items() if pd.notna(column.iloc[at])}
        lacks = [name for name in metrics if name not in own]
        error = f"the table has no {', '.join(lacks)}" if lacks else ""
        runs.append(CollectedRun(hp, seed_of(frame[seed].iloc[at], f"row {at + 1}"), {} if error else own, error=error))
    return runs, missing_seeds(runs)


def _of(what: str, columns: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(what, name) for name in columns.values()]


def _numbers(frame: pd.DataFrame, metric: str, column: str) -> "pd.Series[float]":
    cells = frame[column]
    numbers = pd.to_numeric(cells, errors="coerce").astype(float)
    wrong = cells[numbers.isna() & cells.notna() & ~cells.astype(str).str.strip().str.lower().isin(("", "nan", "none"))]
    if len(wrong):
        raise InputError(
            f"Expected numbers as {metric}. Received: {str(wrong.iloc[0])[:40]!r} in the column {column}. Mend the "
            "cell; leave it empty where a run has none."
        )
    return numbers.where(numbers.abs() != float("inf"))


def _rates(metric: str, values: "pd.Series[float]", per_cent: bool) -> "pd.Series[float]":
    most = 100.0 if per_cent else 1.0
    wrong = values[(values < 0) | (values > most)]
    if len(wrong):
        do = "" if per_cent else " Say --per-cent where they are given in per cent."
        raise InputError(f"Expected {metric} from 0 to {most:g}. Received: {wrong.iloc[0]:g}.{do}")
    return values / 100 if per_cent else values
