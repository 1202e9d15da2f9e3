"""A table of runs, as trackers export it: a row a run, with its settings, its seed and its metrics."""

from collections.abc import Mapping, Sequence

import pandas as pd

from sweep.collection.runs import CollectedRun, as_settings, seed_of
from sweep.collection.score_files import missing_seeds
from sweep.errors import InputError, nearest
from sweep.metrics.catalogue import CATALOGUE, TASKS, headline, metric_called


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
        InputError: no such column, one that stands for two things, a seed that is none, a word for a metric, a metric
            without a number in any row, or a rate outside its range.
    """
    _check_columns(frame, seed, by, metrics)
    cautions: list[str] = []
    values = {}
    for name, column in metrics.items():
        values[name], said = _numbers(frame, name, column)
        cautions += said
    rates = [name for name in metrics if metric_called(name).rate]
    for name in rates:
        values[name] = _rates(name, values[name], per_cent)
    if per_cent and rates and max(values[name].max() for name in rates) <= 0.01:
        cautions.append("With --per-cent no rate is above 1, the highest being below 1 %: are they fractions already?")
    settings = as_settings([{name: row[column] for name, column in by.items()} for row in frame.to_dict("records")])
    runs = []
    for at, hp in enumerate(settings):
        own = {name: float(column.iloc[at]) for name, column in values.items() if pd.notna(column.iloc[at])}
        lacks = [name for name in metrics if name not in own]
        error = f"the table has no {', '.join(lacks)}" if lacks else ""
        runs.append(CollectedRun(hp, seed_of(frame[seed].iloc[at], f"row {at + 1}"), {} if error else own, error=error))
    return runs, [*cautions, *_empty_cells(frame, by, values), *_unknown(metrics), *missing_seeds(runs)]


def task_of(metrics: Mapping[str, str], said: str | None) -> str:
    """Return the task whose metrics are given; said: what the caller says it is.

    Raises:
        InputError: no metric tells it, or all metrics are of other tasks than was said.
    """
    of = {name: (*row.tasks, *row.asked) for name in metrics if (row := CATALOGUE.get(name)) is not None}
    if said is not None:
        if of and not any(said in tasks for tasks in of.values()):
            name, tasks = next(iter(of.items()))
            raise InputError(f"Expected metrics of {said}. Received: {name}, which is of {' and '.join(tasks)}.")
        return said
    for task in TASKS:
        if any(metric in headline(task) for metric in metrics):
            return task
    for tasks in of.values():
        if len(tasks) == 1:
            return tasks[0]
    known = [name for task in TASKS for name in headline(task)]
    first = next(iter(metrics), "")
    raise InputError(
        f"Expected a metric that tells the task: {', '.join(known)}. Received: {', '.join(metrics) or 'none'}."
        f"{nearest(first, known)} Say which column is which, as in hter=eval/hter, or give the task."
    )


def _check_columns(frame: pd.DataFrame, seed: str, by: Mapping[str, str], metrics: Mapping[str, str]) -> None:
    known = [str(name) for name in frame.columns]
    asked = [("seed", seed), *_of("setting", by), *_of("metric", metrics)]
    for what, column in asked:
        if column not in frame:
            raise InputError(
                f"Expected a column of the {what}. Received: {column!r}; there are {', '.join(known[:12])}"
                f"{' ...' if len(known) > 12 else ''}.{nearest(column, known)}"
            )
        if known.count(column) > 1:
            raise InputError(
                f"Expected one column {column}. Received: {known.count(column)}. Rename or drop the others."
            )
        others = [other for other, again in asked if again == column and other != what]
        if others:
            raise InputError(f"Expected another column for the {what} than for the {others[0]}. Received: {column!r}.")


def _of(what: str, columns: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(what, name) for name in columns.values()]


def _numbers(frame: pd.DataFrame, metric: str, column: str) -> tuple["pd.Series[float]", list[str]]:
    """Return the numbers of a metric, NaN where a run has none, and a caution where a comma was read as a point."""
    cells, said = frame[column], []
    empty = cells.isna() | cells.astype(str).str.strip().str.lower().isin(("", "nan", "none", "null", "n/a", "na"))
    texts = cells.astype(str).str.strip()
    if texts[~empty].str.fullmatch(r"[+-]?\d*(,\d+)?([eE][+-]?\d+)?").all() and texts[~empty].str.contains(",").any():
        said = [f"In the column {column} a comma is read as a decimal point, as in {texts[~empty].iloc[0]}."]
        cells = texts.str.replace(",", ".").where(~empty)
    numbers = pd.to_numeric(cells, errors="coerce").astype(float)
    odd = cells[~empty & (numbers.isna() | cells.map(lambda cell: isinstance(cell, bool)))]
    if len(odd):
        cell = str(odd.iloc[0])[:40]
        do = "Take the sign away, and say --per-cent" if cell.endswith("%") else "Mend the cell"
        raise InputError(
            f"Expected numbers as {metric}. Received: {cell!r} in the column {column}, row {_row(frame, odd)}. {do}; "
            "leave it empty where a run has none."
        )
    numbers = numbers.where(numbers.abs() != float("inf"))
    if numbers.isna().all():
        raise InputError(
            f"Expected numbers as {metric}. Received: none in the {len(cells)} rows of the column {column}. Name "
            "another column, or leave the metric out."
        )
    return numbers, said


def _rates(metric: str, values: "pd.Series[float]", per_cent: bool) -> "pd.Series[float]":
    most = 100.0 if per_cent else 1.0
    wrong = values[(values < 0) | (values > most)]
    if len(wrong):
        do = "Mend the table." if per_cent or (values < 0).any() else "Say --per-cent where they are given in per cent."
        raise InputError(f"Expected {metric} from 0 to {most:g}. Received: {wrong.iloc[0]:g}. {do}")
    return values / 100 if per_cent else values


def _row(frame: pd.DataFrame, some: "pd.Series[float]") -> int:
    """Return the number, from 1, of the first of some rows."""
    return int(frame.index.get_indexer_for(some.index[:1])[0]) + 1


def _empty_cells(frame: pd.DataFrame, by: Mapping[str, str], values: Mapping[str, "pd.Series[float]"]) -> Sequence[str]:
    """Return a caution for metrics and settings that some rows lack."""
    n = len(frame)
    return [
        *(
            f"{int(column.isna().sum())} of {n} runs have no {name}: they count as failed."
            for name, column in values.items()
            if column.isna().any()
        ),
        *(
            f"The column {column} is empty in {int(frame[column].isna().sum())} of {n} rows: they count as a setting "
            "of their own, called nan. Fill them in, where they are runs of another."
            for column in by.values()
            if frame[column].isna().any()
        ),
    ]


def _unknown(metrics: Mapping[str, str]) -> list[str]:
    """Return a caution for names of which neither unit nor direction is known."""
    unknown = [name for name in metrics if name not in CATALOGUE and not any(name.endswith(row) for row in CATALOGUE)]
    return [
        f"{name} is no metric that is known here: it is taken for a number of which less is better."
        f"{nearest(name, CATALOGUE)}"
        for name in unknown
        if not name.startswith("apcer:")
    ]
