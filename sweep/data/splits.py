"""The three splits of a data set, and what a data function of the user may return instead.

Every sample carries its label, its subject, its video and an id. Subject and video "" mean unknown: where the subject
is unknown, every sample stands for itself and an interval cannot speak of new subjects.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data.images import Images
from sweep.errors import InputError, nearest

SPLITS = ("train", "dev", "test")


@dataclass(frozen=True)
class Split:
    """The samples of one split, row by row.

    x: (n, ...) inputs: an array, a memory map or `Images`; has shape, dtype, len and indexing by an array of integers.
    y: (n,) labels: verification 1 genuine, 0 impostor; classification 0 .. n_classes - 1; regression any finite number.
    subject: (n,) strings, "" where unknown.
    video: (n,) strings, unique within the whole data (two subjects never share one), "" where unknown.
    sample: (n,) strings, unique within the whole data.
    other_subject: (n,) strings, where a sample is a pair: whose its second image is, as `subject` is of its first. None
    where every sample is of one person.
    """

    x: Any
    y: NDArray[Any]
    subject: NDArray[np.str_]
    video: NDArray[np.str_]
    sample: NDArray[np.str_]
    other_subject: NDArray[np.str_] | None = None

    @property
    def people(self) -> NDArray[np.str_]:
        """Return the subjects of all samples, of a pair both: (n,) or (2n,) strings."""
        return self.subject if self.other_subject is None else np.concatenate([self.subject, self.other_subject])

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.y)


@dataclass(frozen=True)
class Splits:
    """The data of a study: train, dev and test, the names of the classes where known, and what loading them found."""

    train: Split
    dev: Split
    test: Split
    classes: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()

    def items(self) -> Iterator[tuple[str, Split]]:
        """Yield (name, split) in the order train, dev, test."""
        yield "train", self.train
        yield "dev", self.dev
        yield "test", self.test


def as_splits(value: object) -> Splits:
    """Return what a data function gave as `Splits`, with plain arrays and every gap filled.

    value: a `Splits`; or a mapping with train, dev and test, each a `Split`, an (x, y) pair or a mapping with x, y and,
    where known, subject, video, sample, other_subject; and `classes`, names in the order of the labels, where known.
    Subject and video default to "" (unknown), sample to "train-000001".
    Raises InputError where a split or a field is missing or unknown, or where the lengths differ.
    """
    if isinstance(value, Splits):
        train, dev, test = (_filled(name, split) for name, split in value.items())
        return replace(value, train=train, dev=dev, test=test)
    if not isinstance(value, Mapping):
        raise InputError(
            f"Expected the data function to return Splits or a mapping with train, dev, test. Received: "
            f"{type(value).__name__}. Return {{'train': (x, y), 'dev': (x, y), 'test': (x, y)}}."
        )
    for key in value:
        if key not in (*SPLITS, "classes"):
            raise InputError(
                f"Expected the splits train, dev, test. Received: {key!r}.{nearest(str(key), (*SPLITS, 'classes'))}"
            )
    missing = [name for name in SPLITS if name not in value]
    if missing:
        raise InputError(
            f"Expected the splits train, dev, test. Received none called {', '.join(missing)}. "
            "The threshold and the epoch are chosen on dev, so test cannot stand in for it."
        )
    classes = tuple(str(name) for name in value.get("classes", ()))
    train, dev, test = (_filled(name, value[name]) for name in SPLITS)
    return Splits(train, dev, test, classes=classes)


def _filled(name: str, given: object) -> Split:
    fields = _fields(name, given)
    x = fields["x"] if isinstance(fields["x"], Images) else _array(f"x of {name}", fields["x"])
    y = _array(f"y of {name}", fields["y"])
    if not x.shape:
        raise InputError(f"Expected x of {name} with a row a sample. Received: the single value {x}.")
    texts = {key: _text(fields.get(key)) for key in ("subject", "video", "sample", "other_subject")}
    for key in ("subject", "video"):
        texts[key] = np.full(len(x), "") if texts[key] is None else texts[key]
    if texts["sample"] is None:
        texts["sample"] = np.asarray([f"{name}-{number:06d}" for number in range(1, len(x) + 1)], dtype=str)
    for key, column in {"y": y, **texts}.items():
        if column is not None and column.shape != (len(x),):
            raise InputError(
                f"Expected {key} of {name} with shape ({len(x)},), one entry for each row of x. "
                f"Received: shape {column.shape}."
            )
    return Split(x=x, y=y, **texts)


def _fields(name: str, given: object) -> Mapping[str, Any]:
    known = ("x", "y", "subject", "video", "sample", "other_subject")
    if isinstance(given, Split):
        return {key: getattr(given, key) for key in known}
    if isinstance(given, tuple | list) and len(given) == 2:
        return {"x": given[0], "y": given[1]}
    if not isinstance(given, Mapping):
        raise InputError(
            f"Expected {name} as a Split, an (x, y) pair or a mapping with x, y, subject, video, sample. "
            f"Received: {type(given).__name__}."
        )
    for key in given:
        if key not in known:
            raise InputError(f"Expected {', '.join(known)} in {name}. Received: {key!r}.{nearest(str(key), known)}")
    for key in ("x", "y"):
        if given.get(key) is None:
            raise InputError(f"Expected x and y in {name}. Received none called {key}.")
    return given


def _array(what: str, values: Any) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError as error:
        raise InputError(f"Expected {what} as an array, all rows of one shape. Received: {error}.") from error


def _text(column: Any) -> Any:
    """Return a column as strings, None, NaN and "" alike as unknown; None if there is no column at all."""
    if column is None:
        return None
    values = np.asarray(column)
    if values.dtype.kind in "Of":
        named = ["" if value is None or value != value else str(value) for value in values.ravel().tolist()]
        values = np.asarray(named, dtype=str).reshape(values.shape)
    return values.astype(str)
