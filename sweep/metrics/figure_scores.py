"""Histograms of both classes with bands, and the threshold."""

from typing import TYPE_CHECKING

import numpy as np

from sweep.metrics.band import band
from sweep.metrics.canvas import GENUINE, IMPOSTOR, Shown, page
from sweep.metrics.score_set import ScoreSet
from sweep.metrics.scores import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BINS = 50


def scores_figure(sets: list[Shown], threshold: float, confidence: float, note: str, distances: bool) -> "Figure":
    """Return the share of each class in equal bins of the score, a panel a set; distances: scores are negated ones."""
    figure, panels = page(rows=len(sets), height=2.0 + 2.3 * len(sets))
    edges = bin_edges([one.scores for one in sets])
    sign = -1 if distances else 1
    for axes, one in zip(panels, sets, strict=True):
        for name, colour, under, drawn in (
            ("impostor", IMPOSTOR, 1 - one.curves.fmr, 1 - one.curves.drawn_fmr),
            ("genuine", GENUINE, one.curves.fnmr, one.curves.drawn_fnmr),
        ):
            _steps(axes, sign * edges, _shares(one, under[None], edges)[0], None, colour, name)
            _steps(axes, sign * edges, None, band(_shares(one, drawn, edges), confidence), colour, name)
        axes.axvline(sign * threshold, color="0.3", lw=1, ls="--")
        axes.set_ylabel(f"{one.name}: share of the class (%)")
        axes.set_ylim(bottom=0)
    panels[-1].set_xlabel("distance" if distances else "score")
    panels[0].set_title(f"Scores; dashed: the threshold of dev's EER\n{note}", fontsize=9)
    panels[0].legend(frameon=False)
    return figure


def bin_edges(sets: list[ScoreSet]) -> FloatArray:
    """Return the edges of equal bins over all scores but the farthest 0.1 % of each class on either side."""
    inner = [np.nanquantile(rows.scores, [0.001, 0.999]) for one in sets for rows in (one.genuine, one.impostor)]
    low, high = np.min(inner), np.max(inner)
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, BINS + 1)


def _shares(shown: Shown, under: FloatArray, edges: FloatArray) -> FloatArray:
    """Return the share of the class in each bin, (B, bins), from the shares under the thresholds, (B, T).

    The edges are among the thresholds.
    """
    place = shown.curves.thresholds.searchsorted(edges)
    return np.diff(under[:, place], axis=1)


def _steps(
    axes: "Axes",
    edges: FloatArray,
    share: FloatArray | None,
    limits: tuple[FloatArray, FloatArray] | None,
    colour: str,
    name: str,
) -> None:
    if share is not None:
        axes.stairs(100 * share, edges, color=colour, label=name, lw=1.2)
    if limits is not None:
        axes.stairs(100 * limits[1], edges, baseline=100 * limits[0], color=colour, alpha=0.25, fill=True, lw=0)
