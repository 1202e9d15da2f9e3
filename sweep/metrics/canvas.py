"""What all figures share: a blank page, the colours, and a set of scores with its drawn curves."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sweep.metrics.band import Curves
from sweep.metrics.score_set import ScoreSet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Two sets, two classes: colours that stay apart for readers who confuse red and green (Okabe and Ito, 2008).
DEV, TEST, GENUINE, IMPOSTOR = "#0072B2", "#D55E00", "#009E73", "#CC79A7"


@dataclass(frozen=True)
class Shown:
    """A set of scores as a figure shows it: its name, colour, scores, and curves with their replicates."""

    name: str
    colour: str
    scores: ScoreSet
    curves: Curves


def page(rows: int = 1, height: float = 4.6) -> "tuple[Figure, list[Axes]]":
    """Return a figure of its own and its axes, one above the other; no state of pyplot and no window is touched."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.2, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = [figure.add_subplot(rows, 1, row + 1) for row in range(rows)]
    for axis in axes:
        axis.grid(True, color="0.9", linewidth=0.6)
        axis.set_axisbelow(True)
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes
