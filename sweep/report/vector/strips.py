"""The strip plot: every seed of every configuration as a dot, with the mean and its interval."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sweep.report.labels import names, short
from sweep.report.metric_format import Scale, scale_of
from sweep.report.shown_configurations import said, spread, with_values
from sweep.report.summary import MetricOverSeeds, Report
from sweep.report.vector.axis import Axis, below, linear
from sweep.report.vector.canvas import WIDTH, Canvas

MOST = 60  # rows that a page holds
LABEL = 30  # letters of a configuration's name


def strips(report: Report, ok: pd.DataFrame) -> Canvas | None:
    """Return a panel a headline metric and a row a configuration, or None when no seed finished.

    ok: rows of trials.parquet of the trials that are ok, for the seed and the digest of each dot.
    """
    shown = spread(report, MOST)
    if not shown:
        return None
    metrics = with_values(report)
    labels, legend = short(report, LABEL)
    beside = [f"{labels[at]}  {report.rows[at].n_ok}/{report.rows[at].n_planned}" for at in shown]
    row = 40 if len(shown) < 8 else 28
    kind = report.rows[shown[0]].metrics[metrics[0]].interval.covers
    caption = [
        f"dot: one seed; diamond and bar: mean and {100 * report.level:g} % interval ({kind}); n/m: ok of planned",
        legend,
        said(report, shown),
    ]
    canvas = Canvas("seeds", "Every seed", "; ".join(filter(None, caption)), 0)
    top = canvas.lines(16, caption) - 4
    bottom = top + row * len(shown)
    canvas.height = bottom + 42
    left = room(beside)
    for at, words in enumerate(beside):
        canvas.text(6, top + row * (at + 0.5) + 4, words)
    whole = names(report)
    for name, (start, end) in zip(metrics, panels(left, len(metrics)), strict=True):
        scale = scale_of(report, name)
        drawn = [report.rows[at].metrics[name] for at in shown]
        axis = _axis(drawn, scale.factor, start, end)
        below(canvas, axis, top, bottom, scale.heading)
        for place, (at, metric) in enumerate(zip(shown, drawn, strict=True)):
            own = ok[ok["config_id"] == report.rows[at].config_id] if len(ok) else ok
            middle = top + row * (place + 0.5)
            if place:
                canvas.line(start, middle - row / 2, end, middle - row / 2, "grid")
            _dots(canvas, axis, metric, scale, middle, row, _told(own, f"metric.{name}", metric), whole[at])
    return canvas


def room(words: list[str]) -> float:
    """Return where panels begin, right of the names of their rows."""
    return min(16 + 7 * max(map(len, words)), 0.42 * WIDTH)


def panels(left: float, n: int, gap: float = 24) -> list[tuple[float, float]]:
    """Return start and end of n panels side by side."""
    width = (WIDTH - 14 - left - gap * (n - 1)) / n
    return [(left + at * (width + gap), left + at * (width + gap) + width) for at in range(n)]


def _axis(metrics: list[MetricOverSeeds], factor: float, start: float, end: float) -> Axis:
    every = [value for one in metrics for value in (*one.values, one.interval.low, one.interval.high)]
    known = [factor * value for value in every if np.isfinite(value)]
    return linear(min(known), max(known), start, end, 4) if known else linear(0, 1, start, end)


def _told(own: pd.DataFrame, column: str, metric: MetricOverSeeds) -> list[str]:
    """Return seed and digest of each value, "" where the trials do not tell."""
    if column in own:
        own = own[np.isfinite(own[column].to_numpy(float))]
    if len(own) != len(metric.values):
        return [""] * len(metric.values)
    return [f"seed {row['seed']}{digest(row)}" for row in own.to_dict("records")]


def digest(row: Mapping[object, object]) -> str:
    """Return the first letters of a trial's digest: of its weights, or else of its scores."""
    for column, word in (("final_sha256", "weights"), ("scores_sha256", "scores")):
        value = row.get(column)
        if isinstance(value, str) and value:
            return f", {word} {value[:8]}"
    return ""


def _dots(
    canvas: Canvas,
    axis: Axis,
    metric: MetricOverSeeds,
    scale: Scale,
    middle: float,
    row: float,
    told: list[str],
    name: str,
) -> None:
    """Draw the seeds above, mean and interval below them, so that neither hides the other."""
    values = metric.values * scale.factor
    order = np.argsort(values, kind="stable")
    radius = float(np.clip(60 / max(len(values), 1), 2.2, 4))
    for rank, at in enumerate(order.tolist()):
        # Steps of the golden ratio keep neighbours in value apart, the same in every run.
        height = 0.42 * row * ((rank * 0.618034 + 0.5) % 1 - 0.5) if len(values) > 1 else 0.0
        words = f"{told[at]}; {name}; {scale.title} {scale.number(float(metric.values[at]))} {scale.unit}"
        canvas.dot(
            axis.place(values[at]), middle - 0.14 * row + height, radius, "dot", " ".join(words.split()).lstrip("; ")
        )
    here, y = metric.interval, middle + 0.3 * row
    if here.n_seeds:
        if here.low == here.low:
            canvas.line(axis.place(here.low * scale.factor), y, axis.place(here.high * scale.factor), y, "bar")
        canvas.diamond(
            axis.place(here.value * scale.factor), y, 4.5, f"{name}: {scale.estimate(metric)} {scale.unit}".strip()
        )
