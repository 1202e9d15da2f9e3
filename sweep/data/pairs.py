"""Genuine and impostor pairs of one split's images: every person in as many impostor pairs as any other."""

import itertools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sweep.data.images import Images
from sweep.data.splits import Split

Pair = tuple[int, int]  # rows of two images


def pairs_of(
    people: Mapping[str, Sequence[int]],
    images: Images,
    names: Sequence[str],
    most: tuple[int, int],
    rng: np.random.Generator,
) -> Split:
    """Return the pairs of some people's images as a split: x (n, 2, height, width, channels), y 1 for one person.

    people: person -> rows of its images, in `images` and `names`. names: id of each image; a pair's id is both.
    most: genuine and impostor pairs at most. rng: decides which, where there are more.
    """
    genuine = _genuine(people, most[0], rng)
    impostor = list(itertools.islice(_impostor(people, rng), most[1]))
    owner = {row: person for person, rows in people.items() for row in rows}
    rows = np.asarray([*genuine, *impostor], dtype=np.int64).reshape(-1, 2)
    first, second = rows[:, 0].tolist(), rows[:, 1].tolist()
    return Split(
        x=Images(images.pixels, images.rows[rows], images.digests, images.store),
        y=np.repeat(np.array([1, 0], dtype=np.int64), [len(genuine), len(impostor)]),
        subject=np.asarray([owner[row] for row in first], dtype=str),
        video=np.full(len(rows), ""),
        sample=np.asarray([f"{names[a]} + {names[b]}" for a, b in rows.tolist()], dtype=str),
        other_subject=np.asarray([owner[row] for row in second], dtype=str),
    )


def _genuine(people: Mapping[str, Sequence[int]], most: int, rng: np.random.Generator) -> list[Pair]:
    """Return all pairs within people, or of each person in turn one after another until there are enough."""
    each = [list(itertools.combinations(rows, 2)) for rows in people.values()]
    if sum(map(len, each)) > most:
        each = [[pairs[at] for at in rng.permutation(len(pairs))] for pairs in each]
    turns = (pair for turn in itertools.zip_longest(*each) for pair in turn if pair is not None)
    return sorted(itertools.islice(turns, most))


def _impostor(people: Mapping[str, Sequence[int]], rng: np.random.Generator) -> Iterator[Pair]:
    """Yield pairs across people until there are no more: in each round everyone meets one other (the circle method)."""
    images = list(people.values())
    ring = [int(at) for at in rng.permutation(len(images))]
    if len(ring) % 2:
        ring.append(-1)  # who meets it sits out
    half = len(ring) // 2
    left: dict[Pair, NDArray[np.intp]] = {}
    spent = 0
    while spent < len(ring) - 1:
        spent = 0
        for _ in range(len(ring) - 1):
            met = 0
            for a, b in zip(ring[:half], reversed(ring[half:]), strict=True):
                one, other = min(a, b), max(a, b)
                if one < 0:
                    continue
                n = len(images[one]) * len(images[other])
                drawn = left[one, other] if (one, other) in left else rng.permutation(n)
                if drawn.size:
                    met += 1
                    place = int(drawn[0])
                    yield images[one][place // len(images[other])], images[other][place % len(images[other])]
                left[one, other] = drawn[1:]
            spent += not met
            ring = [ring[0], ring[-1], *ring[1:-1]]
