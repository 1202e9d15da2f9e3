"""The confusion matrices: a panel a configuration, in each cell the share of its row and its SD over seeds."""

from collections.abc import Mapping

import numpy as np

from sweep.report.vector.canvas import LETTER, WIDTH, Canvas
from sweep.stats.class_report import ClassReport

MOST = 4  # configurations that are drawn
_LONGEST = 14  # letters of a class's name


def confusion(found: Mapping[str, ClassReport]) -> Canvas | None:
    """Return the figure, or None where there is no matrix; found: the configuration's name -> its classes."""
    shown = list(found.items())[:MOST]
    if not shown:
        return None
    left = f"{len(found) - MOST} more configurations are not shown" if len(found) > MOST else ""
    caption = [
        "share of the row in %: mean over seeds, SD below it; a row: true class (samples); a column: predicted",
        left,
    ]
    canvas = Canvas("confusion", "Confusion", "; ".join(filter(None, caption)), 0)
    y = canvas.lines(16, caption)
    columns = 2 if len(shown) > 1 and max(len(one.rows) for _, one in shown) <= 8 else 1
    width = WIDTH / columns
    for start in range(0, len(shown), columns):
        ends = [
            _matrix(canvas, name, one, at * width, y, width)
            for at, (name, one) in enumerate(shown[start : start + columns])
        ]
        y = max(ends)
    canvas.height = y
    return canvas


def _matrix(canvas: Canvas, name: str, one: ClassReport, x: float, y: float, width: float) -> float:
    """Draw one matrix in a column of the figure; return the y below it."""
    names = [_cut(row.name) for row in one.rows]
    left = x + 12 + LETTER * max(len(f"{word} ({row.support})") for word, row in zip(names, one.rows, strict=True))
    side = min(54.0, (x + width - 10 - left) / len(names))
    canvas.text(x + 6, y + 12, _cut(name, int(width / LETTER) - 2))
    slanted = max(map(len, names)) * LETTER * 0.5 + 10 if max(map(len, names)) * LETTER > side else 14
    top = y + 24 + slanted
    for at, word in enumerate(names):
        middle = left + side * (at + 0.5)
        if slanted > 14:
            canvas.text(middle - 3, top - 4, word, turned=30)
        else:
            canvas.text(middle, top - 5, word, anchor="middle")
        canvas.text(left - 5, top + side * (at + 0.5) + 4, f"{word} ({one.rows[at].support})", anchor="end")
    for row, column in np.ndindex(one.share.shape):
        share, sd = 100 * one.share[row, column], 100 * one.share_sd[row, column]
        cx, cy = left + side * column, top + side * row
        said = f"true {one.rows[row].name}, predicted {one.rows[column].name}: {share:.1f} %"
        canvas.box(cx, cy, side, side, "ground edge")
        canvas.box(cx, cy, side, side, "f0 edge", opacity=max(float(share), 1.0) / 125, said=said)
        if side >= 24:
            known = side >= 36 and not np.isnan(sd)
            canvas.text(cx + side / 2, cy + side / 2 + (-1 if known else 4), f"{share:.0f}", anchor="middle")
            if known:
                canvas.text(cx + side / 2, cy + side / 2 + 13, f"\u00b1{sd:.1f}", "small", anchor="middle")
    return top + side * len(names) + 14


def _cut(name: str, longest: int = _LONGEST) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}\u2026"
