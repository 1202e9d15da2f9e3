"""Dividing one folder of images into train, dev and test by subject, never by frame."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sweep.data.frames import Frame
from sweep.data.splits import SPLITS
from sweep.errors import InputError


def divide(frames: Sequence[Frame], fractions: Sequence[float], rng: np.random.Generator) -> list[Frame]:
    """Return the frames with their split, all frames of a subject in the same one.

    fractions: of the subjects in train, dev and test; their sum is 1. rng: decides which subject goes where.
    Subjects with the same set of labels are divided among themselves, so that every split gets of each kind where there
    are enough. Frames near in time are near in content: divided by frame, a test would measure memory.
    Raises InputError where a subject is unknown or the fractions are no three parts of 1.
    """
    if len(fractions) != 3 or min(fractions) <= 0 or abs(sum(fractions) - 1) > 1e-6:
        raise InputError(
            f"Expected fractions as three positive parts of 1: train, dev, test. Received: {list(fractions)}."
        )
    unknown = [frame for frame in frames if not frame.subject]
    if unknown:
        raise InputError(
            f"Expected the subject of every image, to divide by subject. Received: none for {unknown[0].path} and "
            f"{len(unknown) - 1} more. Use folders CLASS/SUBJECT/, a pattern or a manifest; if every image really is "
            "of a subject of its own, say so with `pattern: '(?P<subject>.+)'`."
        )
    labels: dict[str, set[str]] = defaultdict(set)
    for frame in frames:
        labels[frame.subject].add(frame.label)
    kinds: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for subject in sorted(labels):
        kinds[tuple(sorted(labels[subject]))].append(subject)
    place: dict[str, str] = {}
    for kind in sorted(kinds):
        subjects = [kinds[kind][row] for row in rng.permutation(len(kinds[kind]))]
        n_train, n_dev, _ = _parts(len(subjects), fractions)
        for row, subject in enumerate(subjects):
            place[subject] = SPLITS[(row >= n_train) + (row >= n_train + n_dev)]
    return [replace(frame, split=place[frame.subject]) for frame in frames]


def hold_out_dev(frames: Sequence[Frame], share: float, rng: np.random.Generator) -> list[Frame]:
    """Return the frames with a share of train's moved to dev: of each class, by subject where all are known.

    share: between 0 and 1. rng: decides which. Raises InputError where dev is there already, or for another share.
    """
    if not 0 < share < 1:
        raise InputError(f"Expected dev_from_train between 0 and 1. Received: {share!r}.")
    if any(frame.split == "dev" for frame in frames) or not any(frame.split == "train" for frame in frames):
        raise InputError("Expected the folders train and test alone, to take dev from train. Received: others.")
    by_subject = all(frame.subject for frame in frames)
    labels: dict[str, set[str]] = defaultdict(set)
    for frame in frames:
        if frame.split == "train":
            labels[frame.subject if by_subject else frame.path].add(frame.label)
    kinds: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for unit in sorted(labels):
        kinds[tuple(sorted(labels[unit]))].append(unit)
    chosen: set[str] = set()
    for kind in sorted(kinds):
        count = min(max(1, round(len(kinds[kind]) * share)), len(kinds[kind]) - 1)
        chosen |= {kinds[kind][row] for row in rng.permutation(len(kinds[kind]))[:count]}
    return [
        replace(frame, split="dev")
        if frame.split == "train" and (frame.subject if by_subject else frame.path) in chosen
        else frame
        for frame in frames
    ]


def _parts(n: int, fractions: Sequence[float]) -> tuple[int, int, int]:
    """Return how many of n go to train, dev and test: rounded, at least one each where n allows."""
    n_dev = min(max(1, round(n * fractions[1])), max(0, n - 1))
    n_test = min(max(1, round(n * fractions[2])), max(0, n - n_dev - 1))
    return n - n_dev - n_test, n_dev, n_test
