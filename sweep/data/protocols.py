"""Two ways of dividing segments into train, dev and test: over the segments, or over the users."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data.motion import CLASSES, Segments
from sweep.data.splits import Split, Splits
from sweep.errors import InputError, nearest

PROTOCOLS = ("segments", "users")
_DRAWS = 100  # divisions of the users that are tried until every split has every class


def divided(found: Segments, protocol: str, fractions: Sequence[float], split_seed: int) -> Splits:
    """Return the splits, every channel divided by its root mean square over train.

    protocol: "users" puts each user in one split. "segments" draws train from all segments, and the rest is dev and
    test at once: users stand on both sides, and the epoch is chosen on the test set (the study must allow the leakage).
    fractions: of users, or of segments, in train, dev and test; their sum is 1. Train has the same share in both.
    split_seed: decides who or what goes where.
    Raises InputError for an unknown protocol, bad fractions or fewer than three users.
    """
    if protocol not in PROTOCOLS:
        raise InputError(f"Expected protocol segments or users. Received: {protocol!r}.{nearest(protocol, PROTOCOLS)}")
    if len(fractions) != 3 or min(fractions) <= 0 or abs(sum(fractions) - 1) > 1e-6:
        raise InputError(
            f"Expected fractions as three positive parts of 1: train, dev, test. Received: {list(fractions)}."
        )
    rng = np.random.default_rng(split_seed)
    if protocol == "users":
        train, dev, test = _by_user(found, fractions, rng)
    else:
        order = rng.permutation(len(found.y))
        n_train = round(fractions[0] * len(order))
        train, test = np.sort(order[:n_train]), np.sort(order[n_train:])
        dev = test
    scale = np.sqrt(np.mean(np.square(found.x[train], dtype=np.float64), axis=(0, 1))) if len(train) else np.ones(4)
    scaled = replace(found, x=(found.x / np.where(scale > 0, scale, 1)).astype(np.float32))
    on_dev = _rows(scaled, dev)
    if protocol == "segments":
        on_dev = replace(on_dev, sample=np.char.add("dev/", on_dev.sample))  # every sample id stands once
    return Splits(_rows(scaled, train), on_dev, _rows(scaled, test), classes=CLASSES)


def _by_user(found: Segments, fractions: Sequence[float], rng: np.random.Generator) -> list[NDArray[np.intp]]:
    """Return the rows of train, dev and test: the first draw in which each has every class, else the last draw."""
    users, who = np.unique(found.subject, return_inverse=True)
    if len(users) < len(fractions):
        raise InputError(
            f"Expected three users or more, to divide by user. Received: {len(users)}. Add users, or set `protocol: "
            "segments`, whose accuracy says nothing of new users."
        )
    ends = np.clip(
        np.round(np.cumsum(fractions)[:2] * len(users)).astype(int), [1, 2], [len(users) - 2, len(users) - 1]
    )
    n_classes = len(np.unique(found.y))
    rows: list[Any] = []
    for _ in range(_DRAWS):
        place = np.empty(len(users), dtype=int)
        place[rng.permutation(len(users))] = np.searchsorted(ends, np.arange(len(users)), side="right")
        rows = [np.flatnonzero(place[who] == split) for split in range(3)]
        if all(len(np.unique(found.y[row])) == n_classes for row in rows):
            break
    return rows


def _rows(found: Segments, rows: NDArray[np.intp]) -> Split:
    return Split(found.x[rows], found.y[rows], found.subject[rows], found.video[rows], found.sample[rows])
