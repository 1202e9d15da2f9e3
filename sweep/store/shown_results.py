"""What stored results show at Python's prompt and in a notebook: trials, configurations, the metrics' means."""

import math
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from sweep.errors.display import as_table, clipped, cut

if TYPE_CHECKING:
    from sweep.store.store import Results

_METRICS = 4
_FIRST = ("hter", "eer", "accuracy", "balanced_accuracy", "macro_f1", "mse", "mae")
_ROWS = 10
_LABEL = 48
_NEXT = (
    ".trials, .scores, .epochs and .environments are pandas frames. sweep.estimate and sweep.compare give intervals."
)


def as_text(results: "Results") -> str:
    """Return at most 20 lines: study, trials ok of planned, a row a configuration, and how to go on."""
    head, rows = _rows(results)
    table = [head, *rows[:_ROWS]]
    widths = [max(len(row[at]) for row in table) for at in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    more = [f"... and {len(rows) - _ROWS} more configurations"] if len(rows) > _ROWS else []
    return clipped([_title(results), *lines, *more, *_notes(results), _NEXT])


def as_html(results: "Results") -> str:
    """Return the same as a table of HTML, with every text escaped."""
    head, rows = _rows(results)
    return as_table(head, rows, title=_title(results), ending=" ".join([*_notes(results), _NEXT]))


def _title(results: "Results") -> str:
    study, planned = results.study, results.study["plan"]
    ok = len({one["trial_id"] for one in planned} & set(_ok(results)["trial_id"]))
    name, n = cut(str(study["study"]), 60), len(study["configurations"])
    return f"Results of {name} ({cut(str(study['task']), 20)}): {ok} of {len(planned)} planned trials ok, {n} " + (
        "configuration" if n == 1 else "configurations"
    )


def _notes(results: "Results") -> list[str]:
    planned = {one["trial_id"] for one in results.study["plan"]}
    others = len(set(results.trials["trial_id"]) - planned)
    said = [f"{others} stored trials are not in the plan and do not count here."] if others else []
    return said + ([f"{len(results.notes)} notes: see .notes"] if results.notes else [])


def _ok(results: "Results") -> pd.DataFrame:
    """Return the row of each trial that is ok: its last good attempt."""
    ok = results.trials[results.trials["status"] == "ok"]
    return ok.drop_duplicates("trial_id", keep="last")


def _rows(results: "Results") -> tuple[list[str], list[list[str]]]:
    """Return the heading and a row a configuration: label, ok of planned, mean and SD of the first metrics."""
    plan = {one["trial_id"]: one["config_id"] for one in results.study["plan"]}
    ok = _ok(results)
    ok = ok.assign(config_id=ok["trial_id"].map(plan)).dropna(subset=["config_id"])
    known = [name for name in ok.columns if name.startswith("metric.") and ok[name].notna().any()]
    names = sorted(known, key=_place)[:_METRICS]
    head = ["configuration", "ok", *(f"{cut(name.removeprefix('metric.'), 20)} mean (SD)" for name in names)]
    planned = Counter(plan.values())
    rows = []
    for config_id, said in results.study["configurations"].items():
        own = ok[ok["config_id"] == config_id]
        cells = [_mean_and_sd(own[name].astype(float)) for name in names]
        rows.append([cut(str(said["label"] or config_id), _LABEL), f"{len(own)} of {planned[config_id]}", *cells])
    return head, rows


def _place(column: str) -> int:
    """Return where a metric stands: those that people ask for first, those of dev and the losses last."""
    name = column.removeprefix("metric.")
    if name in _FIRST:
        return _FIRST.index(name)
    return len(_FIRST) + (name.startswith("dev_") or name.endswith("loss"))


def _mean_and_sd(values: "pd.Series[float]") -> str:
    """Return "0.110 (0.024)" of the trials that have the metric, which are counted where some lack it."""
    held = values.dropna()
    if held.empty:
        return "-"
    sd = float(held.std(ddof=1)) if len(held) > 1 else math.nan
    few = f", {len(held)} trials" if len(held) < len(values) else ""
    return f"{float(held.mean()):.4g} ({'no SD' if math.isnan(sd) else f'{sd:.2g}'}{few})"
