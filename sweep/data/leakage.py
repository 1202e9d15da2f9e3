"""What two splits share and should not: subjects, videos, and samples that are the same to the byte."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sweep.data.content_digests import row_digests
from sweep.data.images import Images
from sweep.data.inputs import Inputs
from sweep.data.splits import Split, Splits
from sweep.errors import InputError

Pairs = Sequence[tuple[str, str]]  # of names of splits


def find_leaks(splits: Splits, digests: Mapping[str, NDArray[np.uint8]], *, leakage: str) -> tuple[str, ...]:
    """Return what the splits share, one sentence each, and the samples repeated within a split.

    digests: split name -> (n, 16) digests of the rows of x.
    leakage: "refuse" raises InputError for whatever two splits share; "allow" reports it.
    Subjects are compared where they are known, of a pair both; videos where the subject is not.
    """
    parts = dict(splits.items())
    subjects, videos, copies = _told(parts, digests, tuple(combinations(parts, 2)))
    leaks = [
        ("every subject in one split", subjects, "Split by subject"),
        ("every video in one split", videos, "Split by video, better by subject"),
        ("no sample in two splits", copies, "Remove the copies"),
    ]
    return (*_refused(leaks, leakage), *_identical_within(parts, digests))


def find_leaks_into(
    name: str, split: Split, splits: Splits, digests: Mapping[str, NDArray[np.uint8]], *, leakage: str
) -> tuple[str, ...]:
    """Return what a further test set shares with train and dev, as `find_leaks` does; with test it may share all.

    name: of its split. digests: of train, dev and this one.
    """
    parts = {"train": splits.train, "dev": splits.dev, name: split}
    subjects, videos, copies = _told(parts, digests, (("train", name), ("dev", name)))
    other = "If they are others of the same names, say `people: others`; else leave them out"
    leaks = [
        ("nobody of train or dev in it", subjects, other),
        ("no video of train or dev in it", videos, other),
        ("no sample of train or dev in it", copies, "Remove the copies"),
    ]
    return (*_refused(leaks, leakage), *_identical_within({name: split}, digests))


def _refused(leaks: Sequence[tuple[str, str, str]], leakage: str) -> list[str]:
    """Return a sentence for each leak that there is, where leaks are allowed. leaks: expected, received, remedy."""
    found = [leak for leak in leaks if leak[1]]
    if found and leakage != "allow":
        raise InputError(
            " ".join(
                f"Expected {wanted}. Received: {received}. {remedy}, or set `leakage: allow`."
                for wanted, received, remedy in found
            )
        )
    return [f"Allowed by `leakage: allow`: {received}." for _, received, _ in found]


def _told(parts: Mapping[str, Split], digests: Mapping[str, NDArray[np.uint8]], pairs: Pairs) -> tuple[str, str, str]:
    """Return which subjects, videos and samples the splits of each pair share, "" where none."""
    subjects = _shared({name: _known(split.people) for name, split in parts.items()}, pairs)
    videos = _shared({name: _known(split.video[split.subject == ""]) for name, split in parts.items()}, pairs)
    return _sentence("subject", subjects), _sentence("video", videos), _identical_across(parts, digests, pairs)


def _known(column: NDArray[np.str_]) -> set[str]:
    return set(column.tolist()) - {""}


def _shared(values: Mapping[str, set[str]], pairs: Pairs) -> dict[tuple[str, str], list[str]]:
    found = {(a, b): sorted(values[a] & values[b], key=_by_number) for a, b in pairs}
    return {pair: shared for pair, shared in found.items() if shared}


def _by_number(text: str) -> tuple[int, str]:
    """Sort 2 before 12 by looking at the length first."""
    return len(text), text


def _sentence(what: str, shared: Mapping[tuple[str, str], list[str]]) -> str:
    parts = []
    for (a, b), values in shared.items():
        few = ", ".join(values[:5]) + (f" and {len(values) - 5} more" if len(values) > 5 else "")
        parts.append(f"{what}{'s' if len(values) > 1 else ''} {few} in {a} and {b}")
    return "; ".join(parts)


def _identical_across(splits: Mapping[str, Split], digests: Mapping[str, NDArray[np.uint8]], pairs: Pairs) -> str:
    pieces = {name: _pieces(split, digests[name]) for name, split in splits.items()}
    parts = []
    for a, b in pairs:
        (keys_a, first), (keys_b, second) = pieces[a], pieces[b]
        _, rows_a, rows_b = np.intersect1d(keys_a, keys_b, return_indices=True)
        if len(rows_a):
            parts.append(f"{first[rows_a[0]]} in {a} and {second[rows_b[0]]} in {b}{_more(len(rows_a))}")
    return f"identical to the byte: {'; '.join(parts)}" if parts else ""


def _pieces(split: Split, digests: NDArray[np.uint8]) -> tuple[NDArray[np.void], NDArray[np.str_]]:
    """Return what may not stand in another split, and the sample of each: of a pair both images, not the pair alone.

    Of several inputs it is each that is as large as an image: landmarks or a code may well be those of another sample.
    """
    x = split.x
    if isinstance(x, Inputs):
        alone = [row_digests(array) for array in x.arrays.values() if len(array.shape) > 2]
        keys = [_keys(digests), *(_keys(each.reshape(len(split), -1)) for each in alone)]
        return np.concatenate(keys), np.tile(split.sample, len(keys))
    if isinstance(x, Images) and x.rows.ndim == 2 and x.digests is not None:
        return _keys(np.asarray(x.digests[x.rows.ravel()])), np.repeat(split.sample, 2)
    return _keys(digests), split.sample


def _identical_within(splits: Mapping[str, Split], digests: Mapping[str, NDArray[np.uint8]]) -> list[str]:
    sentences = []
    for name, split in splits.items():
        _, first, inverse = np.unique(_keys(digests[name]), return_index=True, return_inverse=True)
        copies = np.flatnonzero(first[inverse] != np.arange(len(inverse)))
        if len(copies):
            original = first[inverse[copies[0]]]
            example = f"{split.sample[original]} and {split.sample[copies[0]]}"
            sentences.append(f"Identical samples within {name}: {example}{_more(len(copies))}.")
    return sentences


def _keys(digests: NDArray[np.uint8]) -> NDArray[np.void]:
    """Return each digest as one comparable value."""
    return np.ascontiguousarray(digests).view(f"V{digests.shape[1]}").ravel()


def _more(pairs: int) -> str:
    return f" and {pairs - 1} more pair{'s' if pairs > 2 else ''}" if pairs > 1 else ""
