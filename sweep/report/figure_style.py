"""What the figures of Matplotlib share: plain axes, and a figure as PNG, or as PDF for a column of a paper."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from sweep.report.colours import COLOURS as COLOURS

STYLES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)), (0, (10, 3)), (0, (1, 1)))
TEXT, FAINT, GRID = "#222222", "#666666", "#dddddd"
DPI = 130


COLUMN, POINTS = 3.4, 8  # of a paper: its width in inches, and the size of all text
_ON_PAPER: ContextVar[bool] = ContextVar("on_paper", default=False)


@contextmanager
def paper() -> Iterator[None]:
    """Draw for a column of a paper while the block lasts: panels below each other, without a caption."""
    token = _ON_PAPER.set(True)
    try:
        yield
    finally:
        _ON_PAPER.reset(token)


def on_paper() -> bool:
    """Return whether figures are for a paper."""
    return _ON_PAPER.get()


def figure(width: float, height: float, in_column: float) -> Figure:
    """Return an empty figure in inches, drawn without a screen and without pyplot. in_column: its height on paper."""
    size = (COLUMN, in_column) if on_paper() else (width, height)
    drawn = Figure(figsize=size, dpi=DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(drawn)
    return drawn


def side_by_side(drawn: Figure, n: int) -> Sequence[Axes]:
    """Return n panels with one scale of rows; on paper below each other."""
    found: Any = drawn.subplots(n, 1, sharey=True, squeeze=False) if on_paper() else None
    if found is None:
        found = drawn.subplots(1, n, sharey=True, squeeze=False)
    return list(found.flat)


def caption(drawn: Figure, *lines: str) -> None:
    """Write what the marks mean above a figure; a paper says it in its own caption."""
    if not on_paper():
        drawn.suptitle("\n".join(filter(None, lines)), fontsize=8.5, color=TEXT, x=0.01, ha="left")


def plain(axes: Axes, grid: str = "both") -> None:
    """Leave of an axis what carries the numbers."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)
    axes.tick_params(colors=TEXT, labelsize=8)
    axes.grid(True, axis=grid, color=GRID, linewidth=0.6)  # type: ignore[arg-type]
    axes.set_axisbelow(True)


def png(drawn: Figure) -> bytes:
    """Return the figure as PNG, drawn once: `savefig` walks through it twice, the first time for the layout alone."""
    canvas = FigureCanvasAgg(drawn)
    canvas.draw()  # type: ignore[no-untyped-call]
    out = io.BytesIO()
    # Without transparency, as the background is white, and packed less tightly: of about that size, in half the time.
    dots = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    image = Image.fromarray(dots[..., :3])
    image.save(out, "png", compress_level=3, dpi=(DPI, DPI))
    return out.getvalue()


def pdf(drawn: Figure) -> bytes:
    """Return the figure as PDF with letters that stay letters, the same bytes each time."""
    for text in drawn.findobj(Text):
        text.set_fontsize(POINTS)
    out = io.BytesIO()
    with rc_context({"pdf.fonttype": 42}):
        drawn.savefig(out, format="pdf", metadata={"CreationDate": None})
    return out.getvalue()
