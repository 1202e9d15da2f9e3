"""The figures of Matplotlib in axes of the caller: what `results.plot` draws. See `sweep.store.plots`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sweep.analysis.configurations import config_named
from sweep.analysis.current import current, epochs_of, test_scores
from sweep.analysis.folds import gathered
from sweep.errors import InputError
from sweep.metrics.catalogue import first_of_test
from sweep.report import det, forest, losses, seeds
from sweep.report.figure_style import COLOURS, TEXT
from sweep.report.labels import fitted
from sweep.report.shown_configurations import said, spread
from sweep.report.summarising import summarise
from sweep.report.summary import Report
from sweep.store.store import Results


def draw_seeds(results: Results, ax: Axes | None, metric: str | None, level: float) -> Axes:
    """Draw every seed of every configuration; see `sweep.store.plots.Plots.seeds`."""
    report, metric = _measured(results, ax, metric, level)
    shown = _shown(report, seeds.MOST, metric)
    axes = _axes(ax, 7.0, 1.5 + 0.45 * len(shown))
    seeds.seeds_panel(axes, report, shown, metric)
    return _with_rows(axes, report, shown)


def draw_forest(results: Results, ax: Axes | None, metric: str | None, level: float) -> Axes:
    """Draw both intervals of every configuration; see `sweep.store.plots.Plots.forest`."""
    report, metric = _measured(results, ax, metric, level)
    shown = _shown(report, forest.MOST, metric)
    if not any(report.rows[at].metrics[metric].new_subjects for at in shown):
        raise InputError(
            f"Expected a metric with an interval for new subjects: two seeds and scores with subjects. Received: "
            f"{metric} of {report.study}, which has none. `plot.seeds` draws the interval for this test set."
        )
    axes = _axes(ax, 7.0, 1.5 + 0.45 * len(shown))
    forest.forest_panel(axes, report, shown, metric)
    return _with_rows(axes, report, shown)


def draw_det(results: Results, ax: Axes | None, config_id: str | None) -> Axes:
    """Draw the DET curves of all seeds; see `sweep.store.plots.Plots.det`."""
    _check_axes(ax)
    task = results.study["task"]
    if task != "verification":
        raise InputError(f"Expected results of task verification for a DET curve. Received: task {task}.")
    report, results = _report(results), gathered(results)
    shown = _chosen(report, results, config_id, det.MOST)
    ok = current(results).ok
    scores = test_scores(results, ok)
    _check_any(_of(scores, ok, report, shown), "scores of test", report, config_id)
    axes = _axes(ax, 6.0, 6.0)
    det.det_panel(axes, report, shown, ok, scores)
    return _with_choice(axes, report, shown, config_id)


def draw_losses(results: Results, ax: Axes | None, config_id: str | None) -> Axes:
    """Draw the losses over the epochs; see `sweep.store.plots.Plots.losses`."""
    _check_axes(ax)
    report, results = _report(results), gathered(results)
    shown = _chosen(report, results, config_id, len(COLOURS))
    ok = current(results).ok
    epochs = epochs_of(results, ok)
    own = _of(epochs, ok, report, shown)
    held = [name for name, *_ in losses.CURVES if name in own and own[name].notna().any()]
    _check_any(own if held else own[:0], "losses of epochs", report, config_id)
    axes = _axes(ax, 6.0, 4.0)
    losses.losses_panel(axes, report, shown, epochs)
    return _with_choice(axes, report, shown, config_id)


def _measured(results: Results, ax: Any, metric: str | None, level: float) -> tuple[Report, str]:
    """Return the report with a metric, and its name: the task's first on test where none is named."""
    _check_axes(ax)
    if not (metric is None or isinstance(metric, str)):
        raise InputError(f"Expected metric as a name, such as 'hter', or None. Received: {metric!r:.120}.")
    metric = metric or first_of_test(str(results.study["task"]))
    return _report(results, metric, level), metric


def _report(results: Results, metric: str | None = None, level: float = 0.95) -> Report:
    """Return the report, in which the study's own answer is not asked for: no figure here needs it."""
    resolved = {name: value for name, value in results.study["resolved"].items() if name != "answer"}
    results = replace(results, study={**results.study, "resolved": resolved})
    return summarise(results, level, metrics=[metric] if metric else [])


def _shown(report: Report, most: int, metric: str) -> list[int]:
    """Return the rows that are drawn, each with a value of the metric."""
    shown = [at for at in spread(report, most) if report.rows[at].metrics[metric].interval.n_seeds]
    if not shown:
        raise InputError(
            f"Expected a trial of {report.study} that is ok and has {metric}. Received: none, of "
            f"{sum(row.n_planned for row in report.rows)} planned. `sweep run` runs what is missing."
        )
    return shown


def _chosen(report: Report, results: Results, config_id: str | None, most: int) -> list[int]:
    if config_id is None:
        return spread(report, most)
    if not isinstance(config_id, str):
        raise InputError(f"Expected config_id as an id or a label, or None. Received: {config_id!r:.120}.")
    named = config_named(results, config_id)
    return [at for at, row in enumerate(report.rows) if row.config_id == named]


def _of(frame: pd.DataFrame, ok: pd.DataFrame, report: Report, shown: Sequence[int]) -> pd.DataFrame:
    """Return the rows of a table that belong to trials of the rows shown."""
    if not len(ok):
        return frame[:0]
    chosen = ok["config_id"].isin([report.rows[at].config_id for at in shown])
    return frame[frame["trial_id"].isin(ok.loc[chosen, "trial_id"])]


def _check_any(frame: pd.DataFrame, what: str, report: Report, config_id: str | None) -> None:
    if not len(frame):
        of = f"{report.study}, configuration {config_id}" if config_id else report.study
        raise InputError(f"Expected stored {what} of a trial that is ok. Received: none in the results of {of}.")


def _check_axes(ax: Any) -> None:
    if not (ax is None or isinstance(ax, Axes)):
        raise InputError(
            f"Expected ax as Axes of Matplotlib, or None for new ones. Received: {type(ax).__name__}. "
            "Give other arguments by name, as metric='hter'."
        )


def _axes(ax: Axes | None, width: float, height: float) -> Axes:
    """Return the caller's axes, or those of a new figure of pyplot, which a notebook shows."""
    if ax is not None:
        return ax
    from matplotlib import pyplot  # chooses a backend, which who brings axes of his own need not have

    return pyplot.subplots(figsize=(width, height), layout="constrained")[1]


def _with_rows(axes: Axes, report: Report, shown: Sequence[int]) -> Axes:
    """Name the rows, and say what the names stand for where they are values alone."""
    labels, legend = fitted(report, 40)
    seeds.name_rows(axes, report, shown, labels)
    if legend:
        axes.set_ylabel(legend, fontsize=9, color=TEXT)
    return _with_choice(axes, report, shown, None)


def _with_choice(axes: Axes, report: Report, shown: Sequence[int], config_id: str | None) -> Axes:
    """Say above the axes which configurations were drawn, where it is not all of them."""
    if config_id is not None:
        axes.set_title(fitted(report, 60)[0][shown[0]], fontsize=9, color=TEXT, loc="left")
    elif told := said(report, list(shown)):
        axes.set_title(told, fontsize=9, color=TEXT, loc="left")
    return axes
