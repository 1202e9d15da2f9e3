"""The confusion matrices: a panel a configuration, in each cell the share of its row and its SD over seeds."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sweep.report.figure_style import TEXT, caption, figure, side_by_side
from sweep.report.labels import drawable
from sweep.stats.class_report import ClassReport

MOST = 4  # configurations that are drawn


def confusion_figure(found: Mapping[str, ClassReport]) -> Figure | None:
    """Return the figure, or None where there is no matrix; found: the configuration's name -> its classes."""
    shown = list(found.items())[:MOST]
    if not shown:
        return None
    k = max(len(one.rows) for _, one in shown)
    side = 1.4 + 0.62 * k
    drawn = figure(side * len(shown), side + 0.5, 3.2 * len(shown))
    panels = side_by_side(drawn, len(shown))
    for axes, (name, one) in zip(panels, shown, strict=True):
        _matrix(axes, one)
        axes.set_title(drawable(name), fontsize=9, color=TEXT)
    panels[0].set_ylabel("true class", fontsize=9, color=TEXT)
    left = f"    {len(found) - MOST} more configurations are not shown" if len(found) > MOST else ""
    caption(drawn, f"share of the row in %: mean over seeds, SD below it{left}")
    return drawn


def _matrix(axes: Axes, class_report: ClassReport) -> None:
    names = [drawable(row.name) for row in class_report.rows]
    axes.imshow(class_report.share, cmap="Blues", vmin=0, vmax=1, aspect="equal")
    for row, column in np.ndindex(class_report.share.shape):
        share, sd = 100 * class_report.share[row, column], 100 * class_report.share_sd[row, column]
        text = f"{share:.0f}" if np.isnan(sd) else f"{share:.0f}\n\u00b1{sd:.1f}"
        colour = "white" if share > 55 else TEXT
        axes.text(column, row, text, ha="center", va="center", fontsize=7, color=colour)
    places = range(len(names))
    axes.set_xticks(places, names, rotation=45, ha="right", fontsize=8)
    axes.set_yticks(
        places, [f"{name} ({row.support})" for name, row in zip(names, class_report.rows, strict=True)], fontsize=8
    )
    axes.tick_params(length=0, colors=TEXT)
    axes.set_xlabel("predicted class", fontsize=9, color=TEXT)
    for spine in axes.spines.values():
        spine.set_visible(False)
