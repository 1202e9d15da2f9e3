"""The forest plot: every configuration with both intervals, for this test set and for new subjects."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sweep.metrics.catalogue import metric_called
from sweep.report.figure_style import COLOURS, TEXT, caption, figure, plain, side_by_side
from sweep.report.labels import fitted
from sweep.report.metric_format import scale_of
from sweep.report.shown_configurations import said, spread
from sweep.report.summary import MetricOverSeeds, Report

MOST = 60


def forest_figure(report: Report) -> Figure | None:
    """Return a panel a headline metric and a row a configuration, or None where no interval for new subjects exists."""
    shown = [at for at in spread(report, MOST) if any(report.rows[at].metrics[n].new_subjects for n in report.headline)]
    if not shown:
        return None
    height = 1.7 + max(0.8, (0.45 if len(shown) < 8 else 0.3) * len(shown))
    drawn = figure(9.5, height, len(report.headline) * (0.6 + 0.28 * len(shown)))
    panels = side_by_side(drawn, len(report.headline))
    labels, named = fitted(report, 40)
    for axes, name in zip(panels, report.headline, strict=True):
        forest_panel(axes, report, shown, name)
    panels[0].set_yticks(range(len(shown)), [labels[at] for at in shown])
    metrics = [report.rows[at].metrics[name] for at in shown for name in report.headline]
    new = next(metric.new_subjects for metric in metrics if metric.new_subjects)
    level = f"{100 * report.level:g} %"
    marks = (
        f"diamond: mean over seeds    thick: {level} for this test set (another seed)    "
        f"thin: {level} for {new.covers} (another seed on other {new.cases})"
    )
    caption(drawn, marks, said(report, shown), named)
    return drawn


def forest_panel(axes: Axes, report: Report, shown: Sequence[int], name: str) -> None:
    """Draw one metric of some rows of the report, the first one at the top."""
    scale = scale_of(report, name)
    _rows(axes, [report.rows[at].metrics[name] for at in shown], scale.factor)
    plain(axes, grid="x")
    better = "right" if metric_called(name).higher_is_better else "left"
    axes.set_xlabel(f"{scale.heading}   ({better} is better)", color=TEXT, fontsize=9)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(shown) - 0.4, -0.6)


def _rows(axes: Axes, metrics: list[MetricOverSeeds], factor: float) -> None:
    for at, metric in enumerate(metrics):
        here, new = metric.interval, metric.new_subjects
        if new:
            limits = np.array([new.low, new.high]) * factor
            axes.hlines(at, *limits, color=COLOURS[0], lw=1.3, zorder=2)
            axes.vlines(limits, at - 0.13, at + 0.13, color=COLOURS[0], lw=1.3, zorder=2)
        axes.hlines(at, here.low * factor, here.high * factor, color=COLOURS[1], lw=4.5, alpha=0.75, zorder=3)
        axes.plot(here.value * factor, at, marker="D", ms=6, color="black", mec="white", mew=0.8, zorder=4)
