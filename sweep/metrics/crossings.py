"""Where FMR and FNMR cross in every replicate, found by cutting only the stretch that holds the crossing."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sweep.metrics.equal_error_rate import interpolate
from sweep.metrics.score_stretches import LEAF, IntArray, Ordered, Weights, cuts, look_up, split
from sweep.metrics.scores import FloatArray, between

Past = Callable[[FloatArray, FloatArray], NDArray[np.bool_]]  # weight (2, R, K), totals (2, R) -> (R, K)


def crossings(merged: Ordered, w: Weights, totals: FloatArray, method: str) -> tuple[FloatArray, FloatArray]:
    """Return the EER (R,) and the threshold (R,) of each replicate; see `weighted_eer`.

    w: (R, U) weights. totals: (2, R) genuine and impostor weight, positive. The scores that count for the threshold are
    those with weight, as if the others were not there: that is how `eer` finds it on the scores repeated by weight.
    """
    stop, before, after = _bracket(merged, w, totals, _at_equal_rates)
    n_genuine, n_impostor = totals
    fnmr_below, fnmr_above = before[0] / n_genuine, after[0] / n_genuine
    fmr_below, fmr_above = (n_impostor - before[1]) / n_impostor, (n_impostor - after[1]) / n_impostor
    if method == "step":
        value = np.minimum(fmr_below, fnmr_above)
    else:
        value = interpolate(fmr_below, fnmr_below, fmr_above, fnmr_above)
    # The score before `stop` has weight, since FMR - FNMR changes its sign there.
    lower, upper = merged.scores[stop - 1], _next_drawn(merged, w, stop)
    separated = (fmr_above == 0) & (fnmr_above == 0)
    return value, np.where(separated, between(lower, upper), upper)


def fnmr_within(merged: Ordered, w: Weights, totals: FloatArray, wanted_fmr: float) -> FloatArray:
    """Return the lowest FNMR (R,) that a threshold with FMR <= wanted_fmr (below 1) allows; w, totals as above."""
    _, _, after = _bracket(merged, w, totals, partial(_at_fmr, wanted_fmr))
    return np.asarray(after[0] / totals[0])


def _next_drawn(merged: Ordered, w: Weights, stop: IntArray) -> FloatArray:
    """Return the first score with weight at or after each position, (R,), the next float above all where none has."""
    place, rows = stop.copy(), np.arange(len(stop))
    while (rows := rows[place[rows] < len(merged)]).size:
        rows = rows[w[rows, merged.unit[place[rows]]] == 0]
        place[rows] = merged.next_unit[place[rows]]
    found = merged.scores[np.minimum(place, len(merged) - 1)]
    return np.where(place < len(merged), found, np.nextafter(merged.scores[stop - 1], np.inf))


def _bracket(merged: Ordered, w: Weights, totals: FloatArray, past: Past) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return where the first distinct score that is past the wanted point ends, (R,), and the weights around it.

    The weights are (2, R), genuine and impostor, of the scores before and up to it.
    """
    start = np.zeros(len(w), dtype=np.intp)
    stop = np.full(len(w), len(merged), dtype=np.intp)
    before, after = np.zeros_like(totals), totals.copy()  # weight before `start` and before `stop`
    queue, leaves = [np.arange(len(w))], [np.empty(0, dtype=np.intp)]
    while queue:
        rows = queue.pop()
        a, b = int(start[rows[0]]), int(stop[rows[0]])
        if b - a <= LEAF:
            leaves.append(rows)
            continue
        edges = merged.edges(a, b)
        if edges.size == 2:  # one distinct score is left
            continue
        weight = split(merged, w[rows], edges) + before[:, rows, None]
        piece = _first(past(weight, totals[:, rows]))
        _narrow(weight, rows, piece, piece - 1, before, after)
        start[rows], stop[rows] = edges[piece], edges[piece + 1]
        queue += _by_piece(rows, piece)
    rows = np.concatenate(leaves)
    if rows.size:
        weight, place = look_up(merged, w, rows, start[rows], stop[rows])
        weight += before[:, rows, None]
        weight_at_ends = np.where(merged.is_last[place], weight, -np.inf)
        at = _first(past(weight_at_ends, totals[:, rows]))
        end = place[np.arange(rows.size), at]
        first = merged.starts[merged.starts.searchsorted(end, side="right") - 1]
        _narrow(weight, rows, at, first - start[rows] - 1, before, after)
        stop[rows] = end + 1
    return stop, before, after


def _at_equal_rates(weight: FloatArray, totals: FloatArray) -> NDArray[np.bool_]:
    """Return where FMR <= FNMR above the weight. In whole numbers: exact."""
    past: NDArray[np.bool_] = weight[0] * totals[1, :, None] >= (totals[1, :, None] - weight[1]) * totals[0, :, None]
    return past


def _at_fmr(wanted: float, weight: FloatArray, totals: FloatArray) -> NDArray[np.bool_]:
    """Return where FMR <= wanted above the weight, by the rule of `sweep.metrics.operating`."""
    allowed = np.floor(wanted * totals[1] * (1 + 1e-12))
    past: NDArray[np.bool_] = totals[1, :, None] - weight[1] <= allowed[:, None]
    return past


def _first(past: NDArray[np.bool_]) -> IntArray:
    """Return the first column (R,) that is past the wanted point; the last one is."""
    past[:, -1] = True
    return np.asarray(past.argmax(axis=1), dtype=np.intp)


def _narrow(
    weight: FloatArray, rows: IntArray, last: IntArray, previous: IntArray, before: FloatArray, after: FloatArray
) -> None:
    """Set `after` to the weight at column `last`, and `before` to that at `previous` where there is one."""
    line = np.arange(rows.size)
    after[:, rows] = weight[:, line, last]
    inner = previous >= 0
    before[:, rows[inner]] = weight[:, line[inner], previous[inner]]


def _by_piece(rows: IntArray, piece: IntArray) -> list[IntArray]:
    """Return the replicates of each piece together."""
    order = np.argsort(piece, kind="stable")
    return np.split(rows[order], np.flatnonzero(np.diff(piece[order])) + 1)


def weight_under(merged: Ordered, w: Weights, place: IntArray) -> FloatArray:
    """Return the weight of both classes, (2, R), of the scores before each replicate's position `place`, 0 to n."""
    weight = np.zeros((2, len(w)))
    start = np.zeros(len(w), dtype=np.intp)
    stop = np.full(len(w), len(merged), dtype=np.intp)
    queue, leaves = [np.arange(len(w))], [np.empty(0, dtype=np.intp)]
    while queue:
        rows = queue.pop()
        a, b = int(start[rows[0]]), int(stop[rows[0]])
        if b - a <= LEAF:
            leaves.append(rows)
            continue
        edges = cuts(a, b)
        sums = split(merged, w[rows], edges)
        piece = np.minimum(edges.searchsorted(place[rows], side="right") - 1, edges.size - 2)
        inner = np.flatnonzero(piece > 0)
        weight[:, rows[inner]] += sums[:, inner, piece[inner] - 1]
        start[rows], stop[rows] = edges[piece], edges[piece + 1]
        queue += _by_piece(rows, piece)
    rows = np.concatenate(leaves)
    rows = rows[place[rows] > start[rows]]
    if rows.size:
        weight[:, rows] += look_up(merged, w, rows, start[rows], place[rows])[0][:, :, -1]
    return weight
