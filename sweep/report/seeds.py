"""The strip plot: every seed of every configuration as a dot, with the mean and its interval."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sweep.report.figure_style import COLOURS, GRID, TEXT, caption, figure, plain, side_by_side
from sweep.report.labels import fitted
from sweep.report.metric_format import scale_of
from sweep.report.shown_configurations import said, spread, with_values
from sweep.report.summary import MetricOverSeeds, Report

MOST = 60  # rows that a page holds


def seeds_figure(report: Report) -> Figure | None:
    """Return a panel a headline metric and a row a configuration, or None when no seed finished."""
    shown = spread(report, MOST)
    if not shown:
        return None
    metrics = with_values(report)
    height = 1.5 + max(0.9, (0.5 if len(shown) < 8 else 0.32) * len(shown))
    drawn = figure(9.5, height, len(metrics) * (0.6 + 0.32 * len(shown)))
    panels = side_by_side(drawn, len(metrics))
    labels, legend = fitted(report, 40)
    for axes, name in zip(panels, metrics, strict=True):
        seeds_panel(axes, report, shown, name)
    name_rows(panels[0], report, shown, labels)
    caption(drawn, *_caption(report, shown, legend))
    return drawn


def seeds_panel(axes: Axes, report: Report, shown: Sequence[int], name: str) -> None:
    """Draw one metric of some rows of the report, the first one at the top."""
    scale = scale_of(report, name)
    _strips(axes, [report.rows[at].metrics[name] for at in shown], scale.factor)
    plain(axes, grid="x")
    axes.set_xlabel(scale.heading, color=TEXT, fontsize=9)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(shown) - 0.45, -0.55)


def name_rows(axes: Axes, report: Report, shown: Sequence[int], labels: Sequence[str]) -> None:
    """Write the names of the rows and their seeds, ok/planned, at the left. labels: a name a row of the report."""
    axes.set_yticks(
        range(len(shown)),
        [f"{labels[at]}  {report.rows[at].n_ok}/{report.rows[at].n_planned}" for at in shown],
    )


def _caption(report: Report, shown: list[int], legend: str) -> tuple[str, ...]:
    kind = report.rows[shown[0]].metrics[with_values(report)[0]].interval.covers
    first = (
        f"dot: one seed    diamond and bar: mean and {100 * report.level:g} % interval ({kind})    n/m: ok of planned"
    )
    return first, legend, said(report, shown)


def _strips(axes: Axes, metrics: list[MetricOverSeeds], factor: float) -> None:
    """Draw a row a configuration: the seeds above, mean and interval below them, so that neither hides the other."""
    seeds = [np.sort(metric.values) * factor for metric in metrics]
    heights = [place - 0.12 + _swarm(values.size) for place, values in enumerate(seeds)]
    size = float(np.clip(900 / max(values.size for values in seeds), 5, 20))
    axes.scatter(np.concatenate(seeds), np.concatenate(heights), s=size, color=COLOURS[0], alpha=0.55, lw=0, zorder=2)
    below = np.arange(len(metrics)) + 0.27
    low, mean, high = (
        np.array([getattr(metric.interval, name) * factor for metric in metrics]) for name in ("low", "value", "high")
    )
    axes.hlines(below, low, high, color="black", lw=1.6, zorder=3)  # one seed has no limits, and so no bar
    axes.scatter(mean, below, s=22, marker="D", color="black", edgecolors="white", linewidths=0.5, zorder=4)
    axes.hlines(
        np.arange(1, len(metrics)) - 0.5, 0, 1, color=GRID, lw=0.8, zorder=0, transform=axes.get_yaxis_transform()
    )


def _swarm(n: int) -> NDArray[np.float64]:
    """Return heights that keep neighbours in value apart, the same in every run: steps of the golden ratio."""
    heights: NDArray[np.float64] = 0.44 * ((np.arange(n, dtype=float) * 0.618034 + 0.5) % 1 - 0.5)
    return heights if n > 1 else np.zeros(n)
