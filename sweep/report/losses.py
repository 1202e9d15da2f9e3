"""The loss curves: train and dev, median and spread over seeds, a panel a configuration."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sweep.report.figure_style import COLOURS, STYLES, TEXT, caption, figure, on_paper, plain
from sweep.report.labels import fitted
from sweep.report.shown_configurations import said, spread
from sweep.report.summary import Report

MOST = 9  # panels
CURVES = (("loss", "train loss", 0), ("val_loss", "dev loss", 1))
SPREAD = (10, 90)  # percentiles: the band that holds the middle 80 % of the seeds
FEW = 10  # up to so many seeds each is drawn too


def losses_figure(report: Report, epochs: pd.DataFrame) -> Figure | None:
    """Return the curves, or None when no epoch was stored.

    Args:
        report: for the configurations, their names and ranks.
        epochs: trial_id, config_id, epoch (from 0), loss and val_loss of the trials that are ok, each epoch once.
    """
    curves = _stored(epochs)
    shown = spread(report, MOST)
    if not curves or not shown:
        return None
    columns = 1 if on_paper() else min(3, len(shown))
    rows = math.ceil(len(shown) / columns)
    drawn = figure(max(6.0, 3.3 * columns + 0.4), 1.0 + (2.4 if rows > 1 else 3.2) * rows, 0.4 + 1.7 * rows)
    panels = drawn.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    labels, legend = fitted(report, 46 if columns < 3 else 40)
    of_config = dict(list(epochs.groupby("config_id", sort=False, observed=True)))
    extent: list[float] = []
    for axes, at in zip(panels.flat, shown, strict=False):
        own = of_config.get(report.rows[at].config_id, epochs[:0])
        for name, word, colour in curves:
            extent += _curve(axes, own.pivot(index="trial_id", columns="epoch", values=name), word, colour)
        axes.set_title(labels[at], fontsize=8.5, color=TEXT, loc="left")
        plain(axes)
    for axes in panels.flat[len(shown) :]:
        axes.set_visible(False)
    _limits(panels.flat[0], extent)
    drawn.supxlabel("epoch", fontsize=9, color=TEXT)
    drawn.supylabel("loss", fontsize=9, color=TEXT)
    panels.flat[0].legend(fontsize=8, frameon=False)
    band = f"line: median of the seeds, while at least half still train    band: their middle {SPREAD[1] - SPREAD[0]} %"
    band += "    a seed: the mean over its folds" if report.folds else ""
    band += "    faint: each seed" if max(row.n_ok for row in report.rows) <= FEW else ""
    caption(drawn, band, legend, said(report, shown))
    return drawn


def losses_panel(axes: Axes, report: Report, shown: Sequence[int], epochs: pd.DataFrame) -> bool:
    """Draw the curves of some rows of the report, at most as many as there are colours, into one panel.

    One configuration has a colour for train and one for dev, as in `losses_figure`. Several have a colour each, train
    solid and dev dashed. Returns whether there were epochs.
    """
    curves, labels = _stored(epochs), fitted(report, 40)[0]
    extent: list[float] = []
    for place, at in enumerate(shown):
        own = epochs[epochs["config_id"] == report.rows[at].config_id] if curves else epochs
        for name, word, style in curves:
            table = own.pivot(index="trial_id", columns="epoch", values=name)
            if len(shown) == 1:
                extent += _curve(axes, table, word, style)
            else:
                extent += _curve(axes, table, f"{labels[at]}, {word}", place, STYLES[style])
    if extent:
        plain(axes)
        _limits(axes, extent)
        axes.set_xlabel("epoch", fontsize=9, color=TEXT)
        axes.set_ylabel("loss", fontsize=9, color=TEXT)
        axes.legend(fontsize=8, frameon=False)
    return bool(extent)


def _stored(epochs: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Return the losses that are there: column, word and place."""
    return [(name, word, at) for name, word, at in CURVES if name in epochs and epochs[name].notna().any()]


def _curve(axes: Axes, table: pd.DataFrame, word: str, colour: int, style: Any = None) -> list[float]:
    """Draw one loss of one configuration, (seeds, epochs); return the lowest and highest value that must be seen.

    Early stopping ends seeds at different epochs: median and band stop where fewer than half of the seeds go on.
    """
    values: NDArray[np.float64] = table.to_numpy(float)
    epoch = table.columns.to_numpy(float) + 1
    enough = np.isfinite(values).sum(axis=0) * 2 >= len(values)
    if not enough.any():
        return []
    if len(values) <= FEW:
        axes.plot(epoch, values.T, color=COLOURS[colour], lw=0.6, alpha=0.35, zorder=1)
    low, middle, high = np.nanpercentile(values[:, enough], (SPREAD[0], 50, SPREAD[1]), axis=0)
    ink = COLOURS[colour]
    axes.fill_between(epoch[enough], low, high, color=ink, alpha=0.2, lw=0, zorder=2)
    mark = "o" if enough.sum() == 1 else None
    axes.plot(epoch[enough], middle, color=ink, lw=1.8, ls=style or STYLES[colour], label=word, marker=mark, zorder=3)
    return [float(low.min()), float(high.max()), float(middle.max())]


def _limits(axes: Axes, extent: list[float]) -> None:
    """Show every band; on a logarithmic axis where the largest is far above the smallest."""
    if not extent:
        return
    low, high = min(extent), max(extent)
    if low > 0 and high / low > 30:
        axes.set_yscale("log")
        axes.set_ylim(low / 1.2, high * 1.2)
    else:
        margin = 0.05 * (high - low or 1)
        axes.set_ylim(min(low, 0) - (margin if low < 0 else 0), high + margin)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
