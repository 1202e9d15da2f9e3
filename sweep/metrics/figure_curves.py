"""The DET curve, the ROC and the EPC with their bands."""

from typing import TYPE_CHECKING

import numpy as np

from sweep.metrics.band import Curves, band, fnmr_band
from sweep.metrics.canvas import TEST, Shown, page
from sweep.metrics.expected_performance import epc
from sweep.metrics.half_total import hter_at
from sweep.metrics.scores import FloatArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PER_CENT = (0.001, 0.01, 0.1, 1, 5, 20, 40)


def det_figure(sets: list[Shown], threshold: float, confidence: float, note: str) -> "Figure":
    """Return FNMR against FMR, both on normal-deviate axes, on which normal scores give straight lines.

    Rates below half an error cannot be told from 0 and lie on the edge. threshold: of dev's EER, a dot on each curve.
    Reference: Martin et al., The DET curve in assessment of detection task performance, Eurospeech 1997.
    """
    from scipy.special import ndtri

    figure, (axes,) = page()
    least_fmr, least_fnmr = _least(sets)
    for one in sets:
        wanted = np.geomspace(least_fmr, 0.999, 300)
        low, high = fnmr_band(one.curves, wanted, confidence)
        axes.fill_between(
            ndtri(wanted), _deviate(low, least_fnmr), _deviate(high, least_fnmr), color=one.colour, alpha=0.2, lw=0
        )
        curve = _deviate(one.curves.fmr, least_fmr), _deviate(one.curves.fnmr, least_fnmr)
        axes.plot(*curve, color=one.colour, label=one.name, lw=1.4)
        dot = hter_at(one.scores.genuine.scores, one.scores.impostor.scores, threshold)
        axes.plot(_deviate(dot.far, least_fmr), _deviate(dot.frr, least_fnmr), "o", color=one.colour, ms=5)
    axes.axline((0, 0), slope=1, color="0.6", lw=0.8, ls=":")
    for axis, least, name in ((axes.xaxis, least_fmr, "FMR"), (axes.yaxis, least_fnmr, "FNMR")):
        ticks = [tick for tick in PER_CENT if tick / 100 >= least]
        axis.set_ticks(ndtri(np.array(ticks) / 100), [f"{tick:g}" for tick in ticks])
        axis.set_label_text(f"{name} (%, normal-deviate scale)")
    worst = max(0.5, *(min(0.98, 1.3 * _reach(one.curves)) for one in sets))
    axes.set_xlim(ndtri(least_fmr), ndtri(worst))
    axes.set_ylim(ndtri(least_fnmr), ndtri(worst))
    axes.set_title(f"DET; dots at the threshold of dev's EER\n{note}", fontsize=9)
    axes.legend(frameon=False, loc="upper right")
    return figure


def roc_figure(sets: list[Shown], threshold: float, confidence: float, note: str) -> "Figure":
    """Return 1 - FNMR against FMR, the latter on a logarithmic axis, since verification works at small FMR."""
    figure, (axes,) = page()
    least_fmr, _ = _least(sets)
    for one in sets:
        wanted = np.geomspace(least_fmr, 1, 300)
        low, high = fnmr_band(one.curves, wanted, confidence)
        axes.fill_between(100 * wanted, 100 * (1 - high), 100 * (1 - low), color=one.colour, alpha=0.2, lw=0)
        shown = one.curves.fmr >= least_fmr
        axes.plot(
            100 * one.curves.fmr[shown], 100 * (1 - one.curves.fnmr[shown]), color=one.colour, label=one.name, lw=1.4
        )
        dot = hter_at(one.scores.genuine.scores, one.scores.impostor.scores, threshold)
        axes.plot(100 * max(dot.far, least_fmr), 100 * (1 - dot.frr), "o", color=one.colour, ms=5)
    axes.set_xscale("log")
    axes.set_xlim(100 * least_fmr, 100)
    axes.set_xlabel("FMR (%)")
    axes.set_ylabel("genuine accepted, 1 - FNMR (%)")
    axes.set_title(f"ROC; dots at the threshold of dev's EER\n{note}", fontsize=9)
    axes.legend(frameon=False, loc="lower right")
    return figure


def epc_figure(dev: Shown, test: Shown, confidence: float, note: str) -> "Figure":
    """Return the HTER of test where dev chose the threshold for each weight of the errors, dev and test both drawn."""
    figure, (axes,) = page()
    alpha = np.linspace(0.01, 0.99, 99)
    low, high = band(_drawn_hter(alpha, dev.curves, test.curves), confidence)
    axes.fill_between(alpha, 100 * low, 100 * high, color=TEST, alpha=0.2, lw=0)
    classes = [rows.scores for one in (dev, test) for rows in (one.scores.genuine, one.scores.impostor)]
    axes.plot(alpha, 100 * epc(*classes, alpha=alpha).hter, color=TEST, lw=1.4)
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("weight of FMR against FNMR when dev chooses the threshold")
    axes.set_ylabel("HTER on test (%)")
    axes.set_title(f"EPC\n{note}", fontsize=9)
    return figure


def _drawn_hter(alpha: FloatArray, dev: Curves, test: Curves) -> FloatArray:
    """Return the HTER on test, (B, k), at each replicate's best threshold on dev for each weight (k,)."""
    half = (test.drawn_fmr + test.drawn_fnmr) / 2
    best = [np.argmin(a * dev.drawn_fmr + (1 - a) * dev.drawn_fnmr, axis=1) for a in alpha]
    return np.stack([half[np.arange(len(half)), chosen] for chosen in best], axis=1)


def _least(sets: list[Shown]) -> tuple[float, float]:
    """Return half an error of each class in the largest set: the edge of the axes, FMR and FNMR."""
    n_impostor = max(np.count_nonzero(~np.isnan(one.scores.impostor.scores)) for one in sets)
    n_genuine = max(np.count_nonzero(~np.isnan(one.scores.genuine.scores)) for one in sets)
    return min(0.1, 0.5 / n_impostor), min(0.1, 0.5 / n_genuine)


def _deviate(rate: FloatArray | float, least: float) -> FloatArray:
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(rate, least, 1 - least)))


def _reach(found: Curves) -> float:
    """Return the least of the greater of both rates on the grid: how far the axes must reach."""
    return float(np.maximum(found.fmr, found.fnmr).min())
