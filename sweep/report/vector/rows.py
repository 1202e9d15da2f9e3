"""The forest of intervals and the bars of variance shares: a panel a headline metric, a row a configuration."""

from sweep.metrics.catalogue import metric_called
from sweep.report.intervals import SOURCES, shares
from sweep.report.labels import short
from sweep.report.metric_format import Scale, scale_of
from sweep.report.shown_configurations import said, spread
from sweep.report.summary import MetricOverSeeds, Report
from sweep.report.vector.axis import Axis, below, linear
from sweep.report.vector.canvas import Canvas
from sweep.report.vector.strips import LABEL, panels, room

MOST_INTERVALS, MOST_BARS = 60, 40


def forest(report: Report) -> Canvas | None:
    """Return mean and both intervals of each configuration, or None where no interval for new subjects exists."""
    names = report.headline
    shown = [at for at in spread(report, MOST_INTERVALS) if any(report.rows[at].metrics[n].new_subjects for n in names)]
    if not shown:
        return None
    new = next(one for at in shown for n in names if (one := report.rows[at].metrics[n].new_subjects))
    labels, legend = short(report, LABEL)
    level = f"{100 * report.level:g} %"
    caption = [
        f"diamond: mean over seeds; thick: {level} for this test set (another seed); "
        f"thin: {level} for {new.covers} (another seed on other {new.cases})",
        legend,
        said(report, shown),
    ]
    canvas = Canvas("forest", "Intervals", "; ".join(filter(None, caption)), 0)
    top = canvas.lines(16, caption) - 4
    row = 32 if len(shown) < 8 else 24
    bottom = top + row * len(shown)
    canvas.height = bottom + 42
    left = room([labels[at] for at in shown])
    for place, at in enumerate(shown):
        canvas.text(6, top + row * (place + 0.5) + 4, labels[at])
    for name, (start, end) in zip(names, panels(left, len(names)), strict=True):
        scale = scale_of(report, name)
        drawn = [report.rows[at].metrics[name] for at in shown]
        axis = _around(drawn, scale.factor, start, end)
        better = "right" if metric_called(name).higher_is_better else "left"
        below(canvas, axis, top, bottom, f"{scale.heading}, {better} is better")
        for place, metric in enumerate(drawn):
            _intervals(canvas, axis, metric, scale, top + row * (place + 0.5))
    return canvas


def _around(metrics: list[MetricOverSeeds], factor: float, start: float, end: float) -> Axis:
    every = [end for one in metrics for span in (one.interval, one.new_subjects) if span for end in _ends(span)]
    known = [factor * value for value in every if value == value]
    return linear(min(known), max(known), start, end, 4) if known else linear(0, 1, start, end)


def _ends(span: object) -> tuple[float, float, float]:
    return span.low, span.value, span.high  # type: ignore[attr-defined]


def _intervals(canvas: Canvas, axis: Axis, metric: MetricOverSeeds, scale: Scale, y: float) -> None:
    here, new = metric.interval, metric.new_subjects
    if new:
        low, high = (axis.place(scale.factor * end) for end in (new.low, new.high))
        canvas.line(low, y, high, y, "s0 bar")
        for end in (low, high):
            canvas.line(end, y - 4, end, y + 4, "s0 bar")
    if here.low == here.low:
        canvas.line(axis.place(scale.factor * here.low), y, axis.place(scale.factor * here.high), y, "s1 wide")
    if here.n_seeds:
        limits = f"; {new.covers} {scale.limits(new.low, new.high)}" if new else ""
        canvas.diamond(
            axis.place(scale.factor * here.value), y, 5, f"{scale.estimate(metric)}{limits} {scale.unit}".strip()
        )


def variance(report: Report) -> Canvas | None:
    """Return what one run on a new test set varies with, a bar a configuration; None where no share is known."""
    names = report.headline
    shown = [at for at in spread(report, MOST_BARS) if any(shares(report.rows[at].metrics[n]) for n in names)]
    if not shown:
        return None
    labels, legend = short(report, LABEL)
    caption = [
        "causes of the variance of one run on a new test set, per cent; 0*: the estimate is negative",
        legend,
        said(report, shown),
    ]
    canvas = Canvas("variance", "Sources of variance", "; ".join(filter(None, caption)), 0)
    y = canvas.lines(16, caption)
    x = 6.0
    for at, source in enumerate(SOURCES):
        canvas.box(x, y - 10, 11, 11, f"f{at}")
        canvas.text(x + 16, y, source)
        x += 36 + 6.6 * len(source)
    top, row = y + 10, 40 if len(shown) < 8 else 32
    bottom = top + row * len(shown)
    canvas.height = bottom + 42
    left = room([labels[at] for at in shown])
    for place, at in enumerate(shown):
        canvas.text(6, top + row * (place + 0.5) + 2, labels[at])
    for name, (start, end) in zip(names, panels(left, len(names)), strict=True):
        axis = Axis(0, 1, start, end, tuple((one / 100, f"{one}") for one in (0, 25, 50, 75, 100)))
        below(canvas, axis, top, bottom, f"{scale_of(report, name).title}: share of variance (%)")
        for place, at in enumerate(shown):
            _bar(canvas, axis, report.rows[at].metrics[name], top + row * place + 4, row - 20)
    return canvas


def _bar(canvas: Canvas, axis: Axis, metric: MetricOverSeeds, top: float, height: float) -> None:
    done = 0.0
    for at, (source, share) in enumerate(shares(metric).items()):
        begin, end = axis.place(done), axis.place(done + share)
        canvas.box(begin, top, end - begin, height, f"f{at} edge", said=f"{source}: {100 * share:.1f} %")
        if share >= 0.09:
            canvas.text((begin + end) / 2, top + height / 2 + 4, f"{100 * share:.0f}", "on", anchor="middle")
        done += share
    parts = metric.new_subjects.components if metric.new_subjects else {}
    negative = [label for label, key in SOURCES.items() if parts.get(f"{key}_raw", 0.0) < 0]
    if negative:
        canvas.text(axis.end, top + height + 11, f"0*: {', '.join(negative)}", "small", anchor="end")
