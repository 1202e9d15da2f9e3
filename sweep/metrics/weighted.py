"""EER and rates when each unit (a subject, a video) weighs as often as a resample drew it: for cluster bootstraps.

The replicates need no resampled scores. The scores of a stretch are collapsed to counts per unit and piece; one matrix
product with the weights gives every replicate its weight in each piece, a cumulative sum tells in which piece its
FMR and FNMR cross, and only that piece is cut further. This computes the subset bootstrap of Bolle, Ratha and Pankanti
(CVIU 93, 2004) exactly.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import ThreadpoolController

from sweep.errors import InputError
from sweep.metrics.crossings import crossings, fnmr_within, weight_under
from sweep.metrics.score_stretches import Weights, ordered, with_units
from sweep.metrics.scores import FloatArray

# Entries of the weights worked on at a time: bounds the memory beside the caller's arrays to some 100 MB.
ENTRIES = 4_000_000

_ALONE: ContextVar[bool] = ContextVar("alone", default=False)

RankMethod = Literal["interpolated", "step"]


class Pool:
    """Scores of both classes with their units, checked and sorted once for any number of weights."""

    def __init__(
        self, genuine: ArrayLike, impostor: ArrayLike, genuine_unit: ArrayLike, impostor_unit: ArrayLike, n_units: int
    ) -> None:
        """Check and sort; arguments and errors as in `weighted_eer`, n_units: the columns of the weights."""
        g, self._g_unit = with_units(genuine, genuine_unit, n_units, "genuine")
        i, self._i_unit = with_units(impostor, impostor_unit, n_units, "impostor")
        units = np.concatenate((self._g_unit, self._i_unit))
        self._both = ordered(np.concatenate((g, i)), units, np.repeat([True, False], [g.size, i.size]))

    def eer(self, weights: ArrayLike, *, method: RankMethod = "interpolated") -> tuple[FloatArray, FloatArray]:
        """Return the EER (B,) and its threshold (B,) of each replicate."""
        counts = _weights(weights)
        value, threshold = np.full((2, len(counts)), np.nan)
        for rows, w in _chunks(counts, len(self._both)):
            totals = self._totals(w)
            alive = np.flatnonzero((totals > 0).all(axis=0))
            if alive.size:
                with one_thread():
                    answer = crossings(self._both, w if alive.size == len(w) else w[alive], totals[:, alive], method)
                value[rows.start + alive], threshold[rows.start + alive] = answer
        return value, threshold

    def fnmr_at(self, weights: ArrayLike, wanted_fmr: float) -> FloatArray:
        """Return the lowest FNMR (B,) with FMR <= wanted_fmr (below 1); NaN where a class has no weight."""
        counts = _weights(weights)
        found = np.full(len(counts), np.nan)
        for rows, w in _chunks(counts, len(self._both)):
            totals = self._totals(w)
            alive = np.flatnonzero((totals > 0).all(axis=0))
            if alive.size:
                with one_thread():
                    found[rows.start + alive] = fnmr_within(self._both, w[alive], totals[:, alive], wanted_fmr)
        return found

    def decided(
        self, weights: ArrayLike, thresholds: ArrayLike
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return false accepts, false rejects, genuine and impostor weight of each replicate at its threshold, (B,)."""
        counts = _weights(weights)
        limits = np.asarray(thresholds, dtype=np.float64)
        if limits.shape != (len(counts),):
            raise InputError(f"Expected one threshold a replicate, ({len(counts)},). Received: shape {limits.shape}.")
        place = self._both.scores.searchsorted(limits)
        accepts, rejects, n_genuine, n_impostor = np.full((4, len(counts)), np.nan)
        for rows, w in _chunks(counts, len(self._both)):
            n_genuine[rows], n_impostor[rows] = self._totals(w)
            with one_thread():
                rejects[rows], below = weight_under(self._both, w, place[rows])
            accepts[rows] = n_impostor[rows] - below
        unknown = np.isnan(limits)
        accepts[unknown], rejects[unknown] = np.nan, np.nan
        return accepts, rejects, n_genuine, n_impostor

    def rates(self, weights: ArrayLike, thresholds: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return FAR (B,) and FRR (B,) of each replicate at its own threshold (B,)."""
        accepts, rejects, n_genuine, n_impostor = self.decided(weights, thresholds)
        far, frr = np.full((2, len(accepts)), np.nan)
        np.divide(accepts, n_impostor, out=far, where=n_impostor > 0)
        np.divide(rejects, n_genuine, out=frr, where=n_genuine > 0)
        return far, frr

    def _totals(self, w: Weights) -> FloatArray:
        """Return the weight of each class in each replicate: (2, R)."""
        counts = [np.bincount(unit, minlength=w.shape[1]) for unit in (self._g_unit, self._i_unit)]
        return (np.stack(counts).astype(w.dtype) @ w.T).astype(np.float64)


def weighted_eer(
    genuine: ArrayLike,
    impostor: ArrayLike,
    genuine_unit: ArrayLike,
    impostor_unit: ArrayLike,
    weights: ArrayLike,
    *,
    method: RankMethod = "interpolated",
) -> tuple[FloatArray, FloatArray]:
    """Return the EER (B,) and its threshold (B,) of each replicate.

    Both are what `eer` gives on the scores repeated by weight: the threshold is the smallest score that was drawn with
    FMR <= FNMR; in a perfectly separated replicate it is the middle of the gap between the scores drawn.

    genuine: (n,), impostor: (m,) scores, finite, higher is more genuine. genuine_unit, impostor_unit: (n,), (m,) int,
    the column of `weights` that each score follows. weights: (B, n_units) counts >= 0.
    A replicate in which a class has no weight gives NaN twice.
    Raises InputError on a NaN or infinite score, a unit out of range, a negative weight or another method.
    """
    if method not in ("interpolated", "step"):
        raise InputError(f"Expected method 'interpolated' or 'step'. Received: '{method}'.")
    n_units = _weights(weights).shape[1]
    return Pool(genuine, impostor, genuine_unit, impostor_unit, n_units).eer(weights, method=method)


def weighted_rates(
    genuine: ArrayLike,
    impostor: ArrayLike,
    genuine_unit: ArrayLike,
    impostor_unit: ArrayLike,
    weights: ArrayLike,
    thresholds: ArrayLike,
) -> tuple[FloatArray, FloatArray]:
    """Return FAR (B,) and FRR (B,) of each replicate at its own threshold, over the scores given.

    thresholds: (B,), accept when score >= threshold; NaN gives NaN. The other arguments, the replicate without weight
    and the errors as in `weighted_eer`.
    """
    n_units = _weights(weights).shape[1]
    return Pool(genuine, impostor, genuine_unit, impostor_unit, n_units).rates(weights, thresholds)


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute matrix products with one thread while the block lasts; a block within another changes nothing.

    The products are small: more threads gain nothing, and cost three times the time where another process works, too.
    """
    if _ALONE.get():
        yield
        return
    token = _ALONE.set(True)
    try:
        with _blas().limit(limits=1):
            yield
    finally:
        _ALONE.reset(token)


@cache
def _blas() -> ThreadpoolController:
    """Return what limits the threads of a matrix product."""
    return ThreadpoolController().select(user_api="blas")


def _weights(weights: ArrayLike) -> NDArray[np.generic]:
    counts = np.asarray(weights)
    if counts.ndim != 2 or counts.dtype.kind not in "biuf":
        raise InputError(
            f"Expected weights as numbers of shape (replicates, units). Received: {counts.dtype} of {counts.shape}."
        )
    if counts.size and not counts.min() >= 0:  # a NaN fails too
        raise InputError("Expected weights >= 0. Received: a negative one or NaN. Give counts of a resample.")
    return counts


def _chunks(counts: NDArray[np.generic], n_scores: int) -> Iterator[tuple[slice, Weights]]:
    """Yield slices of the replicates with their weights as floats in which every sum of counts is exact."""
    largest = float(counts.max(initial=0))
    whole = counts.dtype.kind != "f" or bool((counts == np.rint(counts)).all())
    kind = np.float32 if whole and largest * n_scores < 2**24 else np.float64
    # Where units are many a stretch is gathered score by score, so that its length counts too.
    width = max(counts.shape[1], 256) if counts.shape[1] < n_scores / 16 else n_scores
    step = max(1, ENTRIES // width)
    for start in range(0, len(counts), step):
        rows = slice(start, min(start + step, len(counts)))
        yield rows, counts[rows].astype(kind, copy=False)
