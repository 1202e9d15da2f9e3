"""The DET curves of all seeds on the test set, on normal-deviate axes, with their mean."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from sweep.metrics.curves import fnmr_along
from sweep.metrics.scores import both
from sweep.report.figure_style import COLOURS, FAINT, STYLES, TEXT, caption, figure, plain
from sweep.report.fold_text import ON_ONE_SCALE
from sweep.report.labels import fitted
from sweep.report.shown_configurations import said, spread
from sweep.report.summary import Report

MOST = 6  # configurations that one pair of axes can tell apart
POINTS = 240  # thresholds are thinned to so many false match rates
TICKS = (0.0001, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99)

FloatArray = NDArray[np.float64]
Scored = tuple[NDArray[np.bool_], FloatArray]  # of one trial: whether a score is genuine, and the scores


def det_figure(report: Report, ok: pd.DataFrame, scores: pd.DataFrame) -> Figure | None:
    """Return the curves, or None when there are no scores.

    Args:
        report: a verification report.
        ok: trial_id and config_id of the trials that are ok.
        scores: trial_id, label (1 genuine, 0 impostor) and score of their test split.
    """
    shown = spread(report, MOST)
    scored = _scored(report, shown, ok, scores)
    if not scored:
        return None
    drawn = figure(7.8, 7.7 + 0.17 * len(shown), 3.6 + 0.2 * len(shown))
    axes, beneath = drawn.subplots(2, 1, height_ratios=(7, 0.15 + 0.17 * len(shown)))  # square axes, and the legend
    labels, legend = fitted(report, 90)
    _curves(axes, report, shown, scored, labels)
    beneath.axis("off")
    beneath.legend(*axes.get_legend_handles_labels(), fontsize=8, loc="upper center", frameon=False, handlelength=4)
    first = f"{ON_ONE_SCALE}\n" if report.folds else ""
    first += (
        "thin: one seed    thick: mean FNMR of the seeds at each FMR    dot: mean FAR, FRR at dev's threshold (HTER)"
    )
    caption(drawn, first, legend, said(report, shown))
    return drawn


def det_panel(axes: Axes, report: Report, shown: Sequence[int], ok: pd.DataFrame, scores: pd.DataFrame) -> bool:
    """Draw the curves of some rows of the report, at most MOST, and a legend; return whether there were scores."""
    scored = _scored(report, shown, ok, scores)
    if scored:
        _curves(axes, report, shown, scored, fitted(report, 40)[0])
        axes.legend(fontsize=8, frameon=False, handlelength=4)
    return bool(scored)


def _scored(report: Report, shown: Sequence[int], ok: pd.DataFrame, scores: pd.DataFrame) -> dict[str, list[Scored]]:
    """Return config_id -> of each of its trials, whether a score is genuine, and the scores; {} without any."""
    chosen = [report.rows[at].config_id for at in shown]
    if not len(ok) or not len(scores):
        return {}
    config_of = dict(zip(ok["trial_id"], ok["config_id"], strict=True))
    groups = {
        str(trial_id): (own["label"].to_numpy() == 1, own["score"].to_numpy())
        for trial_id, own in scores.groupby("trial_id", sort=False, observed=True)
        if config_of.get(trial_id) in chosen
    }
    found = {one: [groups[key] for key in config_of if config_of[key] == one and key in groups] for one in chosen}
    return {one: trials for one, trials in found.items() if trials}


def _curves(
    axes: Axes, report: Report, shown: Sequence[int], scored: dict[str, list[Scored]], labels: Sequence[str]
) -> None:
    """Draw all curves, each configuration in its colour, and the frame around them."""
    sizes = [max(genuine.sum(), (~genuine).sum()) for trials in scored.values() for genuine, _ in trials]
    least = max(1e-4, 0.5 / max(sizes))
    most = 0.95 if any(report.rows[at].metrics["hter"].interval.value > 0.25 for at in shown) else 0.6
    grid: FloatArray = ndtr(np.linspace(ndtri(least), ndtri(most), POINTS))  # evenly spaced on the axis
    for place, at in enumerate(shown):
        curves = np.array([fnmr_at(grid, *trial) for trial in scored.get(report.rows[at].config_id, ())])
        if len(curves):
            _draw(axes, grid, curves, place, labels[at], (least, most))
            _operating_point(axes, report, at, place, least)
    _frame(axes, least, most)


def fnmr_at(rates: FloatArray, genuine: NDArray[np.bool_], score: FloatArray) -> FloatArray:
    """Return the FNMR at the lowest threshold whose FMR is at most each rate.

    Args:
        rates: (k,) false match rates. genuine: (n,) whether a score is genuine. score: (n,) higher is more genuine.
    """
    return fnmr_along(rates, *both(score[genuine], score[~genuine]))


def _draw(axes: Axes, grid: FloatArray, curves: FloatArray, place: int, name: str, limits: tuple[float, float]) -> None:
    x = ndtri(grid)
    heights = ndtri(np.clip(curves, limits[0] / 2, 1 - 1e-6))
    lines = [np.column_stack([x, height]) for height in heights]
    alpha = float(np.clip(5 / len(curves), 0.06, 0.5)) if len(curves) > 1 else 0
    axes.add_collection(LineCollection(lines, colors=COLOURS[place], linewidths=0.6, alpha=alpha, zorder=2))
    mean = ndtri(np.clip(curves.mean(axis=0), limits[0] / 2, 1 - 1e-6))
    axes.plot(
        x,
        mean,
        color=COLOURS[place],
        lw=2,
        ls=STYLES[place],
        label=f"{name} ({len(curves)} seed{'s' * (len(curves) > 1)})",
        zorder=3,
    )


def _operating_point(axes: Axes, report: Report, at: int, place: int, least: float) -> None:
    metrics = report.rows[at].metrics
    if "far" not in metrics or "frr" not in metrics:
        return
    far, frr = (float(np.clip(metrics[name].interval.value, least, 1 - 1e-6)) for name in ("far", "frr"))
    axes.scatter([ndtri(far)], [ndtri(frr)], s=44, color=COLOURS[place], edgecolors="black", linewidths=0.9, zorder=5)


def _frame(axes: Axes, least: float, most: float) -> None:
    ends = (float(ndtri(least)), float(ndtri(most)))
    ticks = [tick for tick in TICKS if least * 0.999 <= tick <= most * 1.001]
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(ndtri(ticks).tolist(), [f"{100 * tick:g}" for tick in ticks])
    axes.set_xlim(*ends)
    axes.set_ylim(*ends)
    axes.set_aspect("equal")
    axes.plot(ends, ends, color=FAINT, lw=0.7, ls=":", zorder=1)
    axes.set_xlabel("FMR: impostors accepted (%)", fontsize=9, color=TEXT)
    axes.set_ylabel("FNMR: genuine rejected (%)", fontsize=9, color=TEXT)
    plain(axes)
