"""The loss curves: train and dev, median and spread over seeds, a panel a configuration."""

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweep.report.colours import DASHES
from sweep.report.labels import short
from sweep.report.shown_configurations import said, spread
from sweep.report.summary import Report
from sweep.report.vector.axis import Axis, below, beside, linear, logarithmic
from sweep.report.vector.canvas import WIDTH, Canvas

MOST = 9  # panels
CURVES = (("loss", "train loss", 0), ("val_loss", "dev loss", 1))
SPREAD = (10, 90)  # percentiles: the band that holds the middle 80 % of the seeds
FEW = 10  # up to so many seeds each is drawn too
HEIGHT = 170

Tables = dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]


def losses(report: Report, epochs: pd.DataFrame) -> Canvas | None:
    """Return the curves, or None when no epoch was stored.

    epochs: trial_id, config_id, epoch (from 0), loss and val_loss of the trials that are ok, each epoch once.
    """
    curves = [one for one in CURVES if one[0] in epochs and epochs[one[0]].notna().any()]
    shown = spread(report, MOST)
    if not curves or not shown:
        return None
    columns = min(3, len(shown))
    width = (WIDTH - 54 - 10) / columns
    labels, legend = short(report, int(width / 7))
    caption = [
        f"line: median of the seeds, while at least half still train; band: their middle {SPREAD[1] - SPREAD[0]} %"
        + ("; a seed: the mean over its folds" if report.folds else "")
        + ("; faint: each seed" if max(row.n_ok for row in report.rows) <= FEW else ""),
        legend,
        said(report, shown),
    ]
    canvas = Canvas("losses", "Loss by epoch", "; ".join(filter(None, caption)), 0)
    y = canvas.lines(16, caption)
    for _, word, colour in curves:
        x = 6 + 110 * colour
        canvas.path([(x, y - 4), (x + 26, y - 4)], f"s{colour} thick", dash=DASHES[colour])
        canvas.text(x + 32, y, word)
    of_config = dict(list(epochs.groupby("config_id", sort=False, observed=True)))
    tables = [_tables(of_config.get(report.rows[at].config_id, epochs[:0]), [one[0] for one in curves]) for at in shown]
    ends = _ends(tables)
    rows = math.ceil(len(shown) / columns)
    for place, (at, own) in enumerate(zip(shown, tables, strict=True)):
        left = 54 + width * (place % columns)
        top = y + 28 + (HEIGHT + 22) * (place // columns)
        last = place + columns >= len(shown)
        _panel(
            canvas,
            own,
            curves,
            ends,
            (left, left + width - 14, top, top + HEIGHT),
            labels[at],
            last,
            place % columns == 0,
        )
    canvas.height = y + 28 + (HEIGHT + 22) * rows + 22
    return canvas


def _tables(own: pd.DataFrame, names: list[str]) -> Tables:
    """Return name -> epochs (E,) from 1, and values (seeds, E), NaN where a seed has stopped."""
    found = {}
    for name in names:
        table = own.pivot(index="trial_id", columns="epoch", values=name)
        found[name] = (table.columns.to_numpy(float) + 1, table.to_numpy(float))
    return found


def _middle(values: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return the epochs that at least half of the seeds reach, and there the low end, median and high end."""
    enough = np.isfinite(values).sum(axis=0) * 2 >= max(len(values), 1)
    if not enough.any() or not len(values):
        return np.zeros(values.shape[1], dtype=bool), np.empty((3, 0))
    return enough, np.nanpercentile(values[:, enough], (SPREAD[0], 50, SPREAD[1]), axis=0)


def _ends(tables: list[Tables]) -> tuple[float, float, float]:
    """Return the lowest and highest value that every panel shows, and the last epoch."""
    seen, last = [], 1.0
    for own in tables:
        for epoch, values in own.values():
            drawn = _middle(values)[1]
            seen += [float(drawn.min()), float(drawn.max())] if drawn.size else []
            last = max(last, float(epoch.max(initial=1)))
    return (min(seen), max(seen), last) if seen else (0.0, 1.0, last)


def _panel(
    canvas: Canvas,
    own: Tables,
    curves: list[tuple[str, str, int]],
    ends: tuple[float, float, float],
    frame: tuple[float, float, float, float],
    name: str,
    last: bool,
    first: bool,
) -> None:
    left, right, top, bottom = frame
    low, high, epochs = ends
    across = _whole(linear(1, max(epochs, 2), left, right, 4, 0.02))
    if low > 0 and high / low > 30:
        up = logarithmic(low, high, bottom, top)
    else:
        up = linear(min(low, 0.0), high, bottom, top, 4, 0.02)
    below(canvas, across, top, bottom, "epoch" if last else "")
    beside(canvas, up, left, right, "loss" if first else "", words=first)
    canvas.text(left, top - 6, name)
    for key, word, colour in curves:
        epoch, values = own[key]
        enough, drawn = _middle(values)
        if not drawn.size:
            continue
        x = [across.place(one) for one in epoch.tolist()]
        if len(values) <= FEW:
            for seed in values:
                inside = [(x[at], up.place(value)) for at, value in enumerate(seed.tolist()) if value == value]
                canvas.path(inside, f"s{colour} thin")
        inner = [x[at] for at in np.flatnonzero(enough)]
        lowest, median, highest = ([up.place(value) for value in line] for line in drawn.tolist())
        band = [*zip(inner, highest, strict=True), *reversed([*zip(inner, lowest, strict=True)])]
        canvas.path(band, f"f{colour} band", closed=True)
        if len(inner) == 1:
            canvas.dot(inner[0], median[0], 3, f"f{colour}", word)
        canvas.path(zip(inner, median, strict=True), f"s{colour} thick", dash=DASHES[colour])


def _whole(axis: Axis) -> Axis:
    """Return the axis with ticks at whole numbers alone."""
    ticks = tuple((value, f"{value:.0f}") for value, _ in axis.ticks if abs(value - round(value)) < 1e-9)
    return Axis(axis.low, axis.high, axis.start, axis.end, ticks, axis.bent)
