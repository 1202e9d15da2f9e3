"""Images of people as pairs: the same person or another. No person and no image stands in two splits."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sweep.data.decoding import CHANNELS
from sweep.data.division import divide
from sweep.data.frames import Frame
from sweep.data.identity_sources import SOURCES, Portraits, drawn_people, from_folder, from_source
from sweep.data.images import Images
from sweep.data.pairs import pairs_of
from sweep.data.splits import SPLITS, Split, Splits
from sweep.errors import InputError, nearest


def identity_pairs(
    *,
    root: str | Path | None = None,
    source: str | None = None,
    image_size: int | Sequence[int] = 32,
    color: str = "grayscale",
    genuine: int = 1000,
    impostor: int = 1000,
    fractions: Sequence[float] = (0.6, 0.2, 0.2),
    people: int = 60,
    images: int = 6,
    difficulty: float = 1.0,
    seed: int = 0,
    on_corrupt: str = "stop",
    scale: str = "full",
    split_seed: int = 0,
    cache: Path | None = None,
) -> Splits:
    """Return pairs of images, genuine (label 1: one person) and impostor (label 0: two), people kept apart by split.

    root: a folder a person, `root/PERSON/.../image.png`. source: "olivetti" or "lfw" through
    scikit-learn, which downloads them once; not with root. Without both: people drawn by the computer.
    image_size: pixels, a number or (height, width). color: rgb or grayscale. genuine, impostor: pairs at most in each
    split; impostor pairs are spread evenly over people. fractions: of the people in train, dev, test. people, images,
    difficulty, seed: of the drawn people, images of each; beyond difficulty 1 two images of one person differ more.
    on_corrupt: "stop" at an image that cannot be decoded, or "skip" it. scale: of 16-bit images, see `image_folder`.
    split_seed: of the division and of the pairs.
    cache: a folder of this node for the decoded images; None keeps them in memory.
    x: (n, 2, height, width, channels) uint8; an image is stored once, however many pairs hold it. A sample's id names
    both images. Raises InputError for whatever is wrong, with the file or folder named.
    """
    size = _checked(root, source, image_size, color, (genuine, impostor))
    if root is not None:
        found = from_folder(Path(root).expanduser(), size, color, on_corrupt=on_corrupt, scale=scale, cache=cache)
    elif source is not None:
        found = from_source(source, size, color, cache=cache)
    else:
        found = drawn_people(people, images, size, color, difficulty=difficulty, seed=seed, cache=cache)
    frames = [Frame(name, "", "", person, "") for name, person in zip(found.names, found.people, strict=True)]
    rng = np.random.default_rng(split_seed)
    placed = divide(frames, fractions, rng)
    train, dev, test = (_split(name, placed, found, (genuine, impostor), rng) for name in SPLITS)
    return Splits(train, dev, test, classes=("impostor", "genuine"), findings=(*found.findings, *_lonely(found)))


def _checked(
    root: str | Path | None, source: str | None, image_size: int | Sequence[int], color: str, most: tuple[int, int]
) -> tuple[int, int]:
    if root is not None and source is not None:
        raise InputError(f"Expected root or source. Received: both, root={str(root)!r} and source={source!r}.")
    for name, value, known in (("source", source or SOURCES[0], SOURCES), ("color", color, tuple(CHANNELS))):
        if value not in known:
            raise InputError(
                f"Expected {name} as one of {', '.join(known)}. Received: {value!r}.{nearest(str(value), known)}"
            )
    if min(most) < 1:
        raise InputError(f"Expected at least 1 genuine and 1 impostor pair. Received: {most[0]} and {most[1]}.")
    size = (image_size, image_size) if isinstance(image_size, int) else tuple(image_size)
    if len(size) != 2 or not all(isinstance(side, int) and side >= 8 for side in size):
        raise InputError(
            f"Expected image_size of 8 pixels or more: a number or [height, width]. Received: {image_size!r}."
        )
    return size[0], size[1]


def _split(
    name: str, placed: Sequence[Frame], found: Portraits, most: tuple[int, int], rng: np.random.Generator
) -> Split:
    people: dict[str, list[int]] = {}
    for row, frame in enumerate(placed):
        if frame.split == name:
            people.setdefault(frame.subject, []).append(row)
    if len(people) < 2 or max(map(len, people.values())) < 2:
        raise InputError(
            f"Expected two people or more in {name}, one of them with two images. Received: {len(people)} of "
            f"{len(set(found.people))} people there, {sum(map(len, people.values()))} images. "
            "Give more people, or other fractions."
        )
    return pairs_of(people, Images(found.pixels, found.rows, found.digests, found.store), found.names, most, rng)


def _lonely(found: Portraits) -> tuple[str, ...]:
    names, counts = np.unique(np.asarray(found.people), return_counts=True)
    alone = names[counts == 1].tolist()
    if not alone:
        return ()
    more = f" and {len(alone) - 1} more" if len(alone) > 1 else ""
    return (f"One image alone, so in impostor pairs only: {alone[0]}{more}.",)
