"""The scores of the test set: genuine and impostor, with the thresholds of dev, a panel a configuration."""

import math

import numpy as np
from numpy.typing import NDArray

from sweep.report.class_scores import ClassScores
from sweep.report.labels import short
from sweep.report.shown_configurations import said
from sweep.report.summary import Report
from sweep.report.vector.axis import Axis, below, linear
from sweep.report.vector.canvas import WIDTH, Canvas

BINS = 50
HEIGHT = 130
GENUINE, IMPOSTOR = 2, 1  # colours


def scores(report: Report, found: list[ClassScores]) -> Canvas | None:
    """Return the histograms, or None without scores."""
    if not found:
        return None
    columns = 2 if len(found) > 1 else 1
    width = (WIDTH - 20) / columns
    labels, legend = short(report, int(width / 7))
    caption = [
        "share of each class in each bin, mean over seeds, each class to its own height; test set",
        "dashed: dev's threshold, the middle of the seeds; short lines: each seed's",
        legend,
        said(report, [own.at for own in found]),
    ]
    canvas = Canvas("scores", "Scores", "; ".join(filter(None, caption)), 0)
    y = canvas.lines(16, caption)
    for at, (word, colour) in enumerate((("impostor", IMPOSTOR), ("genuine", GENUINE))):
        canvas.box(6 + 100 * at, y - 10, 11, 11, f"f{colour}", opacity=0.5)
        canvas.text(22 + 100 * at, y, word)
    for place, own in enumerate(found):
        left = 10 + width * (place % columns)
        top = y + 30 + (HEIGHT + 64) * (place // columns)
        _panel(canvas, own, (left, left + width - 16, top, top + HEIGHT), labels[own.at], place)
    canvas.height = y + 30 + (HEIGHT + 64) * math.ceil(len(found) / columns)
    return canvas


def _panel(canvas: Canvas, own: ClassScores, frame: tuple[float, float, float, float], name: str, place: int) -> None:
    left, right, top, bottom = frame
    low = min(float(one.scores[0]) for pair in own.trials for one in pair)
    high = max(float(one.scores[-1]) for pair in own.trials for one in pair)
    axis = linear(low, high, left, right, 5 if right - left > 400 else 3, 0.01)
    below(canvas, axis, top, bottom, "score")
    canvas.text(left, top - 6, name)
    edges = np.linspace(axis.low, axis.high, BINS + 1)
    for class_at, colour in ((1, IMPOSTOR), (0, GENUINE)):
        share = np.mean([_shares(pair[class_at].scores, edges) for pair in own.trials], axis=0)
        _steps(canvas, axis, edges, share / share.max(), top, bottom, colour)
    for one in own.thresholds:
        x = axis.place(one)
        canvas.line(x, bottom, x, bottom - 9, "axis")
    if own.thresholds:
        middle = axis.place(float(np.median(own.thresholds)))
        canvas.line(middle, top, middle, bottom, "mark")
    canvas.raw(
        f'<path class="cursor" visibility="hidden" data-place="{place}" '
        f'data-low="{axis.low!r}" data-high="{axis.high!r}" '
        f'data-start="{left:.1f}" data-end="{right:.1f}" d="M0 {top:.1f}V{bottom:.1f}"/>'
    )


def _shares(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of sorted values in each bin."""
    inner = values.searchsorted(edges[1:-1])
    counts: NDArray[np.float64] = np.diff(np.concatenate(([0], inner, [values.size]))) / values.size
    return counts


def _steps(
    canvas: Canvas,
    axis: Axis,
    edges: NDArray[np.float64],
    height: NDArray[np.float64],
    top: float,
    bottom: float,
    colour: int,
) -> None:
    points = [(axis.start, bottom)]
    for left, right, one in zip(edges[:-1].tolist(), edges[1:].tolist(), height.tolist(), strict=True):
        y = bottom - one * (bottom - top - 4)
        points += [(axis.place(left), y), (axis.place(right), y)]
    points.append((axis.end, bottom))
    canvas.path(points, f"s{colour} f{colour} step")
