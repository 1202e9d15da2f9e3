"""The DET curves on normal-deviate axes and the ROC: mean and middle of the seeds, on the test set."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweep.metrics.curves import fnmr_along
from sweep.metrics.special_functions import special
from sweep.report.class_scores import ClassScores
from sweep.report.colours import DASHES
from sweep.report.fold_text import ON_ONE_SCALE
from sweep.report.labels import short
from sweep.report.shown_configurations import said
from sweep.report.summary import Report
from sweep.report.vector.axis import Axis, below, beside, deviate, linear
from sweep.report.vector.canvas import Canvas

POINTS = 100  # false match rates at which curves are drawn
FEW = 10  # up to so many seeds of a configuration each is drawn too
MOST_THIN = 40  # curves of single seeds in one figure
SPREAD = (10, 90)  # percentiles of the band
SIDE = 560

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Curves:
    """FNMR (seeds, POINTS) of one configuration at the rates of a figure. at: its row in the report."""

    at: int
    fnmr: FloatArray


def det(report: Report, found: list[ClassScores]) -> Canvas | None:
    """Return the DET curves, or None without scores."""
    if not found:
        return None
    sizes = [len(one) for own in found for pair in own.trials for one in pair]
    least = max(1e-4, 0.5 / max(sizes))
    most = 0.95 if any(report.rows[own.at].metrics["hter"].interval.value > 0.25 for own in found) else 0.6
    fmr = special.ndtr(np.linspace(special.ndtri(least), special.ndtri(most), POINTS))  # even on the axis
    canvas, top = _begin("det", "DET", report, found)
    across, up = deviate(least, most, 70, 70 + SIDE), deviate(least, most, top + SIDE, top)
    canvas.line(across.start, up.start, across.end, up.end, "dots")
    below(canvas, across, top, top + SIDE, "FMR: impostors accepted (%)")
    beside(canvas, up, across.start, across.end, "FNMR: genuine rejected (%)")
    for place, curve in enumerate(_curves(found, fmr)):
        _draw(canvas, across, up, fmr, curve.fnmr, place, len(found))
        _operating_point(canvas, report, curve.at, place, across, up, lambda frr: frr)
    return _end(canvas, report, found, top)


def roc(report: Report, found: list[ClassScores]) -> Canvas | None:
    """Return the ROC curves, or None without scores."""
    if not found:
        return None
    fmr = np.linspace(0, 1, POINTS) ** 2  # dense where the curve bends
    canvas, top = _begin("roc", "ROC", report, found)
    across, up = linear(0, 1, 70, 70 + SIDE, 5, 0), linear(0, 1, top + SIDE, top, 5, 0)
    per_cent = [Axis(one.low, one.high, one.start, one.end, _per_cent(one)) for one in (across, up)]
    canvas.line(across.start, up.start, across.end, up.end, "dots")
    below(canvas, per_cent[0], top, top + SIDE, "FMR: impostors accepted (%)")
    beside(canvas, per_cent[1], across.start, across.end, "1 - FNMR: genuine accepted (%)")
    for place, curve in enumerate(_curves(found, fmr)):
        _draw(canvas, across, up, fmr, 1 - curve.fnmr, place, len(found))
        _operating_point(canvas, report, curve.at, place, across, up, lambda frr: 1 - frr)
    return _end(canvas, report, found, top)


def _curves(found: list[ClassScores], fmr: FloatArray) -> list[Curves]:
    return [Curves(own.at, np.array([fnmr_along(fmr, *pair) for pair in own.trials])) for own in found]


def _per_cent(axis: Axis) -> tuple[tuple[float, str], ...]:
    return tuple((value, f"{100 * value:.0f}") for value, _ in axis.ticks)


def _begin(name: str, title: str, report: Report, found: list[ClassScores]) -> tuple[Canvas, float]:
    caption = [
        ON_ONE_SCALE if report.folds else "",
        f"line: mean of the seeds at each FMR; band: their middle {SPREAD[1] - SPREAD[0]} %"
        + ("; thin: one seed" if _thin(found) else "")
        + "; dot: mean FAR and FRR at dev's threshold (HTER)",
        short(report, 90)[1],
        said(report, [own.at for own in found]),
    ]
    canvas = Canvas(name, title, "; ".join(filter(None, caption)), 0)
    return canvas, canvas.lines(16, caption)


def _thin(found: list[ClassScores]) -> bool:
    return max(len(own.trials) for own in found) <= FEW and sum(len(own.trials) for own in found) <= MOST_THIN


def _draw(canvas: Canvas, across: Axis, up: Axis, fmr: FloatArray, height: FloatArray, place: int, n: int) -> None:
    x = [across.place(one) for one in fmr.tolist()]
    seeds = len(height)
    if 1 < seeds <= FEW and n * seeds <= MOST_THIN:
        for one in height.tolist():
            canvas.path([(at, up.place(value)) for at, value in zip(x, one, strict=True)], f"s{place} thin")
    if seeds > 2:
        low, high = np.percentile(height, SPREAD, axis=0).tolist()
        edge = [(at, up.place(value)) for at, value in zip(x, high, strict=True)]
        edge += reversed([(at, up.place(value)) for at, value in zip(x, low, strict=True)])
        canvas.path(edge, f"f{place} band", closed=True)
    mean = height.mean(axis=0).tolist()
    line = [(at, up.place(value)) for at, value in zip(x, mean, strict=True)]
    canvas.path(line, f"s{place} thick", dash=DASHES[place])


def _operating_point(
    canvas: Canvas, report: Report, at: int, place: int, across: Axis, up: Axis, turned: Callable[[float], float]
) -> None:
    metrics = report.rows[at].metrics
    if "far" not in metrics or "frr" not in metrics:
        return
    far, frr = (metrics[name].interval.value for name in ("far", "frr"))
    if far == far and frr == frr:
        said_of = f"FAR {100 * far:.2f} %, FRR {100 * frr:.2f} % at dev's threshold"
        canvas.dot(across.place(far), up.place(turned(frr)), 5, f"f{place} point", said_of)


def _end(canvas: Canvas, report: Report, found: list[ClassScores], top: float) -> Canvas:
    y = top + SIDE + 56
    labels, _ = short(report, 90)
    for place, own in enumerate(found):
        canvas.path([(70, y - 4), (104, y - 4)], f"s{place} thick", dash=DASHES[place])
        n = len(own.trials)
        canvas.text(112, y, f"{labels[own.at]} ({n} seed{'s' * (n > 1)})")
        y += 18
    canvas.height = y
    return canvas
