"""Trials that two systems have scored, and their bootstrap that draws only the trials near a threshold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sweep.errors import InputError
from sweep.metrics.clusters import Clusters
from sweep.metrics.scores import FloatArray, vector

Window = tuple[float, float]


@dataclass(frozen=True)
class Trials:
    """The scores of two systems, A and B, on the same trials, row by row.

    a_genuine, b_genuine: (n,); a_impostor, b_impostor: (m,) scores, higher is more genuine.
    """

    a_genuine: FloatArray
    b_genuine: FloatArray
    a_impostor: FloatArray
    b_impostor: FloatArray


def trials(a_genuine: ArrayLike, b_genuine: ArrayLike, a_impostor: ArrayLike, b_impostor: ArrayLike) -> Trials:
    """Return the trials that both systems scored; a NaN of either leaves the trial out for both.

    a_genuine, b_genuine: (n,) row by row the same trials; a_impostor, b_impostor: (m,) likewise.
    Raises InputError where the numbers of trials differ, a class is left empty, or a score is infinite.
    """
    return Trials(*_shared(a_genuine, b_genuine, "genuine"), *_shared(a_impostor, b_impostor, "impostor"))


def by_trial(both: Trials, a: Window, b: Window) -> tuple[Trials, Clusters]:
    """Return fewer trials with the same bootstrap law of every rate at thresholds in the windows, and their clusters.

    a, b: (lowest, highest) threshold of each system, closed. Trials outside both windows differ only in the side they
    lie on: the four kinds are each one trial that stands for all. Genuine and impostor trials are drawn apart.
    """
    ag, bg, size_g = _collapse(both.a_genuine, both.b_genuine, a, b)
    ai, bi, size_i = _collapse(both.a_impostor, both.b_impostor, a, b)

    def draw(replicates: int, rng: np.random.Generator) -> NDArray[np.integer]:
        return np.concatenate([_drawn(size, replicates, rng) for size in (size_g, size_i)], axis=1)

    columns = np.arange(ag.size + ai.size)
    n = both.a_genuine.size + both.a_impostor.size
    clusters = Clusters(columns[: ag.size], columns[ag.size :], columns.size, n, "trial", draw)
    return Trials(ag, bg, ai, bi), clusters


def _collapse(
    a: FloatArray, b: FloatArray, window_a: Window, window_b: Window
) -> tuple[FloatArray, FloatArray, NDArray[np.integer]]:
    """Return the scores (k,) of both systems and how many trials each pair of them stands for (k,)."""
    inside = ((a >= window_a[0]) & (a < window_a[1])) | ((b >= window_b[0]) & (b < window_b[1]))
    kind = 2 * (a >= window_a[1]) + (b >= window_b[1])
    far = [np.flatnonzero(~inside & (kind == k)) for k in range(4)]
    chosen = np.concatenate([np.flatnonzero(inside)] + [places[:1] for places in far])
    sizes = np.concatenate([np.ones(int(inside.sum()), dtype=np.int64), [p.size for p in far if p.size]])
    return a[chosen], b[chosen], sizes.astype(np.int64)


def _drawn(size: NDArray[np.integer], replicates: int, rng: np.random.Generator) -> NDArray[np.integer]:
    """Return how often each of the k trials is drawn, (B, k), when size (k,) says how many it stands for."""
    n, single = int(size.sum()), int((size == 1).sum())
    order = np.argsort(size, kind="stable")
    groups = rng.multinomial(n, np.append(single, size[order][single:]) / n, size=replicates)
    cell = np.repeat(np.arange(replicates) * single, groups[:, 0]) + rng.integers(0, max(single, 1), groups[:, 0].sum())
    counts = np.empty((replicates, size.size), dtype=np.int64)
    counts[:, order[:single]] = np.bincount(cell, minlength=replicates * single).reshape(replicates, single)
    counts[:, order[single:]] = groups[:, 1:]
    return counts


def _shared(a: ArrayLike, b: ArrayLike, name: str) -> tuple[FloatArray, FloatArray]:
    first, second = vector(a, name), vector(b, name)
    if first.size != second.size:
        raise InputError(
            f"Expected the same {name} trials for both systems, row by row. "
            f"Received: {first.size} scores of A and {second.size} of B. Join the two files by trial first."
        )
    kept = ~(np.isnan(first) | np.isnan(second))
    if not kept.any():
        raise InputError(f"Expected {name} trials with a score of both systems. Received: none of {first.size}.")
    return first[kept], second[kept]
