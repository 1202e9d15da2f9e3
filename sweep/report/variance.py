"""The variance bars: what one run on a new test set varies with, seed, test set and seed x test set."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sweep.report.figure_style import COLOURS, TEXT, caption, figure, plain, side_by_side
from sweep.report.intervals import SOURCES, shares
from sweep.report.labels import fitted
from sweep.report.metric_format import scale_of
from sweep.report.shown_configurations import said, spread
from sweep.report.summary import MetricOverSeeds, Report

MOST = 40
_HATCH = {"seed": "", "test set": "//", "seed x test set": ".."}


def variance_figure(report: Report) -> Figure | None:
    """Return a panel a headline metric and a bar a configuration, or None where no share is known."""
    shown = [at for at in spread(report, MOST) if any(shares(report.rows[at].metrics[n]) for n in report.headline)]
    if not shown:
        return None
    height = 1.7 + max(0.8, (0.5 if len(shown) < 8 else 0.4) * len(shown))
    drawn = figure(9.5, height, 0.4 + len(report.headline) * (0.6 + 0.36 * len(shown)))
    panels = side_by_side(drawn, len(report.headline))
    labels, named = fitted(report, 40)
    for axes, name in zip(panels, report.headline, strict=True):
        _bars(axes, [report.rows[at].metrics[name] for at in shown])
        plain(axes, grid="x")
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100"])
        axes.set_xlabel(f"{scale_of(report, name).title}: share of variance (%)", color=TEXT, fontsize=9)
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(shown) - 0.4, -0.6)
    panels[0].set_yticks(range(len(shown)), [labels[at] for at in shown])
    handles, texts = panels[0].get_legend_handles_labels()
    drawn.legend(handles, texts, loc="outside upper right", ncols=3, fontsize=8.5, frameon=False)
    causes = "causes of the variance of one run on a new test set    0*: the estimate is negative"
    caption(drawn, causes, said(report, shown), named)
    return drawn


def _bars(axes: Axes, metrics: list[MetricOverSeeds]) -> None:
    left, places = [0.0] * len(metrics), [at - 0.12 for at in range(len(metrics))]
    boxed = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.0}
    for colour, source in zip(COLOURS, SOURCES, strict=False):
        widths = [shares(metric).get(source, 0.0) for metric in metrics]
        axes.barh(
            places, widths, left=left, height=0.46, color=colour, alpha=0.85, label=source,
            hatch=_HATCH[source], edgecolor="white", linewidth=0.5,
        )  # fmt: skip
        for place, start, width in zip(places, left, widths, strict=True):
            if width >= 0.09:
                centre = start + width / 2
                axes.text(centre, place, f"{100 * width:.0f}", ha="center", va="center", fontsize=8, bbox=boxed)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    for at, metric in enumerate(metrics):
        negative = _negative(metric)
        if negative:
            axes.text(0.99, at + 0.27, f"0*: {', '.join(negative)}", ha="right", va="center", fontsize=6.5, color=TEXT)


def _negative(metric: MetricOverSeeds) -> list[str]:
    parts = metric.new_subjects.components if metric.new_subjects else {}
    raw = {label: parts.get(f"{key}_raw", 0.0) for label, key in SOURCES.items()}
    return [f"{label}, raw {value:.1e}" for label, value in raw.items() if value < 0]
