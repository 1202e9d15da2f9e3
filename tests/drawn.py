"""The figures behind PNG files: what a test may ask of their axes, ranges and marks."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """Return the list of all figures that are saved or drawn while the test runs, each once, in that order."""
    saved: list[Figure] = []
    save, draw = Figure.savefig, FigureCanvasAgg.draw

    def keep(figure: Figure) -> None:
        if not any(figure is known for known in saved):
            saved.append(figure)

    def savefig(figure: Figure, *arguments: object, **keywords: object) -> None:
        keep(figure)
        save(figure, *arguments, **keywords)  # type: ignore[arg-type]

    def drawing(canvas: FigureCanvasAgg) -> None:
        keep(canvas.figure)
        draw(canvas)

    monkeypatch.setattr(Figure, "savefig", savefig)
    monkeypatch.setattr(FigureCanvasAgg, "draw", drawing)
    return saved


def dots(axes: Axes) -> list[np.ndarray]:
    """Return the places (n, 2) of each set of dots, and assert that all of them lie inside the axes' ranges."""
    found = [np.asarray(one.get_offsets()) for one in axes.collections if isinstance(one, PathCollection)]
    (left, right), (bottom, top) = sorted(axes.get_xlim()), sorted(axes.get_ylim())
    for places in found:
        assert len(places) > 0
        assert ((places >= [left, bottom]) & (places <= [right, top])).all(), (places, axes.get_xlim(), axes.get_ylim())
    return found


def bars(axes: Axes) -> list[np.ndarray]:
    """Return the segments (n, k, 2) of each set of lines that were drawn at once."""
    return [np.asarray(one.get_segments()) for one in axes.collections if isinstance(one, LineCollection)]


def ticks(axes: Axes, axis: str) -> list[str]:
    """Return the words at the ticks of the axis "x" or "y"."""
    return [label.get_text() for label in (axes.get_xticklabels() if axis == "x" else axes.get_yticklabels())]
