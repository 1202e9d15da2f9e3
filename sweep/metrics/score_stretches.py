"""Weight of a stretch of ordered scores in every replicate: counts per unit and piece, times the weights."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sweep.errors import InputError
from sweep.metrics.scores import FloatArray, vector

IntArray = NDArray[np.intp]
Weights = NDArray[np.floating]

# A stretch of at most this many scores is cheaper to look up one by one than to cut once more.
LEAF = 64
# Pieces that a longer stretch is cut into; 32 to 64 ran equally fast.
PIECES = 40
# Units x pieces for each score of a stretch, from which on a product costs more than gathering; measured.
MANY = 30


@dataclass(frozen=True)
class Ordered:
    """Scores in ascending order, each with its unit and class.

    scores: (n,) ascending. unit: (n,) column of the weights. genuine: (n,) bool.
    starts: (k + 1,) positions where a new distinct score starts, then n. is_last: (n,) whether a greater score follows.
    next_unit: (n,) the first position after each that another unit holds, n where none does.
    """

    scores: FloatArray
    unit: IntArray
    genuine: NDArray[np.bool_]
    starts: IntArray
    is_last: NDArray[np.bool_]
    next_unit: IntArray

    def __len__(self) -> int:
        """Return the number of scores."""
        return len(self.scores)

    def edges(self, a: int, b: int) -> IntArray:
        """Return positions that cut [a, b) into some PIECES pieces, never between equal scores; a and b included.

        Both ends of a run of equal scores become edges, so that two edges are left only when all scores are equal.
        """
        wanted = cuts(a, b)
        down = self.starts[self.starts.searchsorted(wanted, side="right") - 1]
        up = self.starts[self.starts.searchsorted(wanted)]
        return np.unique(np.concatenate((down, up)))


def cuts(a: int, b: int) -> IntArray:
    """Return the positions, a and b included, that cut [a, b) into PIECES pieces of about equal length."""
    return np.unique(np.linspace(a, b, PIECES + 1).astype(np.intp))


def ordered(scores: FloatArray, unit: IntArray, genuine: NDArray[np.bool_]) -> Ordered:
    """Return the scores in ascending order with their units and classes; all (n,)."""
    order = np.argsort(scores, kind="stable")
    scores = scores[order]
    new = np.concatenate(([True], scores[1:] != scores[:-1], [True]))
    unit = unit[order]
    ends = np.append(np.flatnonzero(unit[1:] != unit[:-1]) + 1, len(unit)).astype(np.intp)
    next_unit = np.repeat(ends, np.diff(ends, prepend=0))
    return Ordered(scores, unit, genuine[order], np.flatnonzero(new), new[1:], next_unit)


def with_units(scores: ArrayLike, unit: ArrayLike, n_units: int, name: str) -> tuple[FloatArray, IntArray]:
    """Return the scores and their units, checked: finite scores, and a unit in 0 ... n_units - 1 for each."""
    array = vector(scores, name)
    units = np.asarray(unit)
    if np.isnan(array).any():
        raise InputError(
            f"Expected {name} scores without NaN. Received: {int(np.isnan(array).sum())} NaN of {array.size}. "
            "Set the failures to acquire aside first, with their units."
        )
    if units.shape != array.shape or units.dtype.kind not in "iu":
        raise InputError(
            f"Expected one whole number a {name} score as its unit, {array.shape}. "
            f"Received: {units.dtype} of shape {units.shape}. Number the subjects from 0."
        )
    if units.size and (units.min() < 0 or units.max() >= n_units):
        raise InputError(
            f"Expected {name} units from 0 to {n_units - 1}, the columns of `weights`. "
            f"Received: {units.min()} to {units.max()}. Number the subjects from 0."
        )
    return array, units.astype(np.intp, copy=False)


def split(merged: Ordered, w: Weights, edges: IntArray) -> FloatArray:
    """Return the genuine and impostor weight from the first edge to the end of each piece: (2, R, pieces).

    w: (R, U) weights. edges: (pieces + 1,) positions.
    """
    a, b, pieces = int(edges[0]), int(edges[-1]), edges.size - 1
    unit, genuine = merged.unit[a:b], merged.genuine[a:b]
    if w.shape[1] * pieces > MANY * (b - a):  # so many units that gathering score by score costs less than a product
        weight = w[:, unit]
        everything = np.add.reduceat(weight, edges[:-1] - a, axis=1)
        weight *= genuine
        of_genuine = np.add.reduceat(weight, edges[:-1] - a, axis=1)
        product = np.stack((of_genuine, everything - of_genuine))
        return np.cumsum(product, axis=2, dtype=np.float64)
    cell = (unit * 2 + ~genuine) * pieces + np.repeat(np.arange(pieces), np.diff(edges))
    counts = np.bincount(cell, minlength=w.shape[1] * 2 * pieces)
    # Cumulated before the product, where there is a row a unit and not one a replicate; whole numbers: exact.
    up_to = counts.reshape(-1, 2, pieces).cumsum(axis=2).reshape(-1, 2 * pieces)
    product = w @ up_to.astype(w.dtype)
    return product.reshape(len(w), 2, pieces).transpose(1, 0, 2).astype(np.float64)


def look_up(merged: Ordered, w: Weights, rows: IntArray, a: IntArray, b: IntArray) -> tuple[FloatArray, IntArray]:
    """Return the weight of both classes from a to each score's end, (2, R, K), and the positions, (R, K).

    rows: (R,) replicates; a, b: (R,) their stretches, K the length of the longest. Positions from b on repeat b - 1
    without weight.
    """
    place = a[:, None] + np.arange(int((b - a).max()))
    inside = place < b[:, None]
    place = np.minimum(place, b[:, None] - 1)
    weight = w[rows[:, None], merged.unit[place]] * inside
    genuine = merged.genuine[place]
    both = np.stack((np.where(genuine, weight, 0), np.where(genuine, 0, weight)))
    return np.cumsum(both, axis=2, dtype=np.float64), place
