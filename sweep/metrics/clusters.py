"""What is drawn again in a cluster bootstrap, and the weight that each score gets from a draw."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sweep.errors import InputError
from sweep.metrics.scores import IntArray

Draw = Callable[[int, np.random.Generator], NDArray[np.integer]]
# Entries of the weights drawn at a time.
ENTRIES = 8_000_000


@dataclass(frozen=True)
class Clusters:
    """The column of weights that each score follows, and how to draw the weights.

    genuine: (n,), impostor: (m,) int columns. draw: (B, rng) -> (B, n_columns) counts. unit: what is drawn, in words.
    n_units: how many of the unit there are.
    """

    genuine: IntArray
    impostor: IntArray
    n_columns: int
    n_units: int
    unit: str
    draw: Draw

    def chunks(self, replicates: int, rng: np.random.Generator) -> Iterator[tuple[slice, NDArray[np.integer]]]:
        """Yield the weights of some replicates at a time, with the slice of the replicates that they are."""
        step = max(1, ENTRIES // self.n_columns)
        for start in range(0, replicates, step):
            rows = slice(start, min(start + step, replicates))
            yield rows, self.draw(rows.stop - rows.start, rng)


def by_unit(genuine: ArrayLike, impostor: ArrayLike, *, unit: str = "subject") -> Clusters:
    """Return clusters drawn with replacement, each with all its scores of both classes: the subset bootstrap.

    genuine: (n,), impostor: (m,) ids of the subject (or video) of each score; numbers or strings.
    Reference: Bolle, Ratha and Pankanti, CVIU 93, 2004.
    """
    n, (g, i) = _numbered(unit, genuine, impostor)
    return Clusters(g, i, n, n, unit, lambda b, rng: _drawn(n, b, rng))


def by_subject_then_video(
    genuine_subject: ArrayLike, impostor_subject: ArrayLike, genuine_video: ArrayLike, impostor_video: ArrayLike
) -> Clusters:
    """Return subjects drawn with replacement and, for each time a subject is drawn, its videos drawn with replacement.

    All: ids of each score, (n,) and (m,). A video id belongs to its subject: two subjects may both have a video 1.
    Reference: Davison and Hinkley, Bootstrap Methods, 1997, section 3.8.
    """
    n_subjects, (gs, is_) = _numbered("subject", genuine_subject, impostor_subject)
    _, (gv, iv) = _numbered("video", genuine_video, impostor_video)
    pair = np.stack((np.concatenate((gs, is_)), np.concatenate((gv, iv))))
    videos, column = np.unique(pair, axis=1, return_inverse=True)
    bounds = np.append(np.searchsorted(videos[0], np.arange(n_subjects)), videos.shape[1])

    def draw(b: int, rng: np.random.Generator) -> NDArray[np.integer]:
        drawn = _drawn(n_subjects, b, rng)
        # A subject drawn c times has c n videos drawn from its n: together one multinomial.
        per_subject = [
            rng.multinomial(drawn[:, s] * n, np.full(n, 1 / n)) for s, n in enumerate(np.diff(bounds).tolist())
        ]
        return np.concatenate(per_subject, axis=1)

    column = column.ravel()
    n_genuine = len(gs)
    return Clusters(column[:n_genuine], column[n_genuine:], videos.shape[1], n_subjects, "subject, then video", draw)


def by_pair(genuine_subject: ArrayLike, impostor_first: ArrayLike, impostor_second: ArrayLike) -> Clusters:
    """Return subjects drawn with replacement where an impostor score belongs to two of them: two-way weights.

    genuine_subject: (n,) ids; impostor_first, impostor_second: (m,) ids of the two persons of each pair, of the same
    set of ids. A genuine score weighs as often as its subject was drawn, an impostor score the product of its two.
    Reference: Owen, Annals of Applied Statistics 1, 2007 (pigeonhole bootstrap).
    """
    n, (g, first, second) = _numbered("subject", genuine_subject, impostor_first, impostor_second)
    pairs, column = np.unique(first * n + second, return_inverse=True)
    one, other = pairs // n, pairs % n

    def draw(b: int, rng: np.random.Generator) -> NDArray[np.integer]:
        drawn = _drawn(n, b, rng)
        return np.concatenate((drawn, drawn[:, one] * drawn[:, other]), axis=1)

    return Clusters(g, n + column.ravel(), n + pairs.size, n, "subject (both of a pair)", draw)


def _drawn(n: int, replicates: int, rng: np.random.Generator) -> NDArray[np.integer]:
    """Return how often each of n units is drawn in n draws with replacement, (B, n): quicker than `multinomial`."""
    drawn = rng.integers(0, n, size=(replicates, n), dtype=np.int32)
    drawn += n * np.arange(replicates, dtype=np.int32)[:, None]  # fits: a chunk has ENTRIES of them at most
    return np.bincount(drawn.ravel(), minlength=replicates * n).reshape(replicates, n)


def _numbered(unit: str, *ids: ArrayLike) -> tuple[int, list[IntArray]]:
    """Return how many different ids there are, and the ids as numbers from 0; a missing id is refused."""
    import pandas as pd

    arrays = [np.asarray(one) for one in ids]
    mixed = len({array.dtype.kind for array in arrays}) > 1
    joined = np.concatenate([array.astype(object) for array in arrays] if mixed else arrays)
    codes, known = pd.factorize(joined, sort=not mixed)
    missing = (codes < 0) | np.asarray(joined == "", dtype=np.bool_)
    if missing.any():
        raise InputError(
            f"Expected a {unit} for every score. Received: {int(missing.sum())} scores without one. "
            "Name them, or take the score as the unit."
        )
    return len(known), np.split(codes.astype(np.intp), np.cumsum([array.size for array in arrays])[:-1])
