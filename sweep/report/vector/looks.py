"""The figure of a study that stopped by itself: the repeated interval of every configuration, look by look."""

from sweep.report.colours import DASHES
from sweep.report.decisions_text import longest_in_race
from sweep.report.labels import fitted
from sweep.report.metric_format import scale_of
from sweep.report.summary import Report
from sweep.report.vector.axis import Axis, below, beside, linear
from sweep.report.vector.canvas import WIDTH, Canvas

MOST = 6  # configurations, as many as there are colours
HEIGHT = 240
NAME = 40  # letters of a label


def decisions(report: Report) -> Canvas | None:
    """Return the estimates by seeds with their intervals, and a cross where one was dropped; None without looks.

    Of many configurations those are shown that were in the race longest.
    """
    found = report.decisions
    if found is None or not found.decisions:
        return None
    label = dict(zip((row.config_id for row in report.rows), fitted(report, NAME)[0], strict=True))
    last = found.last()
    shown = longest_in_race(found)[:MOST]
    scale = scale_of(report, found.metric.name)
    caption = [
        f"bar: {100 * found.stop.level:g} % repeated interval for {found.covers}; cross: dropped",
        f"{len(last) - len(shown)} more configurations are not shown" if len(last) > len(shown) else "",
    ]
    canvas = Canvas("decisions", "Decisions", "; ".join(filter(None, caption)), 0)
    y = canvas.lines(16, caption)
    for at, key in enumerate(shown):
        canvas.path([(6, y - 4), (32, y - 4)], f"s{at} thick", dash=DASHES[at])
        canvas.text(38, y, label[key])
        y += 16
    top, bottom, left, right = y + 6, y + 6 + HEIGHT, 60.0, WIDTH - 14.0
    rows = [one for one in found.decisions if one.config_id in shown]
    factor, counts = scale.factor, sorted({one.n for one in rows})
    low, high = min(one.low for one in rows) * factor, max(one.high for one in rows) * factor
    across = linear(counts[0], max(counts[-1], counts[0] + 1), left, right, 4, 0.06)
    across = Axis(across.low, across.high, left, right, tuple((float(n), str(n)) for n in counts))
    up = linear(low, high, bottom, top)
    below(canvas, across, top, bottom, "seeds of each configuration")
    beside(canvas, up, left, right, scale.heading)
    for at, key in enumerate(shown):
        own = [one for one in rows if one.config_id == key]
        shift = 5.0 * (at - (len(shown) - 1) / 2)
        x = [across.place(one.n) + shift for one in own]
        mean = [up.place(one.estimate * factor) for one in own]
        canvas.path(zip(x, mean, strict=True), f"s{at}", dash=DASHES[at])
        for place, one in enumerate(own):
            canvas.line(x[place], up.place(one.low * factor), x[place], up.place(one.high * factor), f"s{at} thick")
            said = f"{label[key]}, {one.n} seeds: {scale.number(one.estimate)} {scale.limits(one.low, one.high)}"
            canvas.dot(x[place], mean[place], 3.5, f"f{at}", f"{said}; {one.decision}")
        if own[-1].decision == "dropped":
            for turn in (-5, 5):
                canvas.line(x[-1] - 5, mean[-1] - turn, x[-1] + 5, mean[-1] + turn, "axis")
    canvas.height = bottom + 44
    return canvas
