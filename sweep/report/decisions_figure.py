"""The figure of a race: the repeated interval of every configuration, look by look."""

import numpy as np
from matplotlib.figure import Figure

from sweep.report.decisions_text import longest_in_race
from sweep.report.figure_style import COLOURS, STYLES, TEXT, figure, plain
from sweep.report.labels import fitted
from sweep.report.metric_format import scale_of
from sweep.report.summary import Report

MOST = 12


def decisions_figure(report: Report) -> Figure | None:
    """Return the estimates over the seeds with their intervals, and a cross where one was dropped; None without looks.

    Of many configurations the 12 are shown that were in the race longest.
    """
    found = report.decisions
    if found is None or not found.decisions:
        return None
    label = dict(zip((row.config_id for row in report.rows), fitted(report, 40)[0], strict=True))
    last = found.last()
    shown = longest_in_race(found)[:MOST]
    scale = scale_of(report, found.metric.name)
    factor = scale.factor
    drawn = figure(7.5, 4.2, 3.0)
    axes = drawn.subplots()
    looks = sorted({one.n for one in found.decisions})
    apart = 0.25 * min(np.diff(looks), default=5) / len(shown)
    for at, key in enumerate(shown):
        rows = [one for one in found.decisions if one.config_id == key]
        n = np.array([one.n for one in rows]) + (at - (len(shown) - 1) / 2) * apart
        value, low, high = np.array([(one.estimate, one.low, one.high) for one in rows]).T * factor
        colour, style = COLOURS[at % len(COLOURS)], STYLES[at // len(COLOURS) % len(STYLES)]
        axes.plot(n, value, color=colour, ls=style, marker="D", ms=4, label=label[key])
        axes.vlines(n, low, high, color=colour, lw=1.3)
        if rows[-1].decision == "dropped":
            axes.plot(n[-1], value[-1], marker="x", ms=10, mew=2, color="black", zorder=5)
    plain(axes)
    axes.set_xlabel("seeds of each configuration", color=TEXT, fontsize=9)
    axes.set_ylabel(scale.heading, color=TEXT, fontsize=9)
    axes.set_xticks(looks)
    axes.legend(fontsize=8, frameon=False)
    more = f"    {len(last) - len(shown)} more are not shown" if len(last) > len(shown) else ""
    caption = f"bar: {100 * found.stop.level:g} % repeated interval for {found.covers}    cross: dropped{more}"
    drawn.suptitle(caption, fontsize=8.5, color=TEXT, x=0.01, ha="left")
    return drawn
