"""Bootstrap bands of whole curves: FMR and FNMR of every replicate at fixed thresholds."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sweep.metrics.clusters import Clusters
from sweep.metrics.scores import FloatArray, IntArray

REPLICATES = 1000
POINTS = 400


@dataclass(frozen=True)
class Curves:
    """FMR and FNMR at thresholds (T,) ascending, observed (T,) and in each replicate (B, T)."""

    thresholds: FloatArray
    fmr: FloatArray
    fnmr: FloatArray
    drawn_fmr: FloatArray
    drawn_fnmr: FloatArray


def thresholds_for(genuine: FloatArray, impostor: FloatArray) -> FloatArray:
    """Return about POINTS thresholds (T,), dense in both tails of both classes; the last accepts nothing."""
    tail = np.geomspace(1e-5, 0.5, POINTS // 8)
    shares = np.concatenate(([0.0], tail, 1 - tail, [1.0]))
    places = np.concatenate((np.nanquantile(genuine, shares), np.nanquantile(impostor, shares)))
    spread = np.linspace(np.min(places), np.max(places), POINTS // 2)
    return np.append(np.unique(np.concatenate((places, spread))), np.nextafter(np.max(places), np.inf))


def curves(
    genuine: FloatArray,
    impostor: FloatArray,
    thresholds: FloatArray,
    clusters: Clusters | None,
    rng: np.random.Generator,
    replicates: int = REPLICATES,
) -> Curves:
    """Return both rates at the thresholds (T,), and in `replicates` draws of the clusters, or of single scores.

    genuine: (n,), impostor: (m,) scores with their rows of the clusters; NaN left out.
    """
    drawn = np.empty((2, replicates, thresholds.size))
    observed = np.empty((2, thresholds.size))
    tables = []
    for c, scores in enumerate((genuine, impostor)):
        known = ~np.isnan(scores)
        cell = thresholds.searchsorted(scores[known], side="right")  # the first threshold that refuses the score
        counts = np.bincount(cell, minlength=thresholds.size)
        observed[c] = np.cumsum(counts) / cell.size
        if clusters is None:
            drawn[c] = np.cumsum(rng.multinomial(cell.size, counts / cell.size, size=replicates), axis=1) / cell.size
        else:
            column = (clusters.genuine, clusters.impostor)[c][known]
            tables.append(_table(column, cell, clusters.n_columns, thresholds.size))
    if clusters is not None:
        for rows, weights in clusters.chunks(replicates, rng):
            for c, table in enumerate(tables):
                under = np.cumsum((table.T @ weights.T).T, axis=1)
                with np.errstate(invalid="ignore"):
                    drawn[c, rows] = under / under[:, -1:]  # a replicate without the class is NaN
    return Curves(thresholds, 1 - observed[1], observed[0], 1 - drawn[1], drawn[0])


def band(values: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray]:
    """Return the pointwise percentile band (T,), (T,) of replicates (B, T), NaN left out."""
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(values, [tail, 1 - tail], axis=0)
    return low, high


def fnmr_band(found: Curves, wanted_fmr: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray]:
    """Return the band of FNMR, (k,) and (k,), at each wanted FMR (k,), the threshold found again in each replicate."""
    known = ~np.isnan(found.drawn_fmr + found.drawn_fnmr).any(axis=1)
    pairs = zip(found.drawn_fmr[known], found.drawn_fnmr[known], strict=True)
    # FMR falls as the threshold rises, so that both are turned round to interpolate over it.
    drawn = np.array([np.interp(wanted_fmr, fmr[::-1], fnmr[::-1]) for fmr, fnmr in pairs])
    return band(drawn, confidence)


def _table(column: IntArray, cell: IntArray, n_columns: int, n_cells: int) -> Any:
    """Return the counts of scores by cluster column and threshold cell, sparse (n_columns, n_cells)."""
    from scipy.sparse import csr_matrix

    return csr_matrix((np.ones(cell.size), (column, cell)), shape=(n_columns, n_cells))
