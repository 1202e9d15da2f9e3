"""One batch of a stream as plain arrays, or the one message that says what is wrong with it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data.arrays import plain_array, plain_labels
from sweep.data.splits import Split
from sweep.data.stream_source import EXPECTED
from sweep.data.validation import check_inputs, check_labels
from sweep.errors import InputError


@dataclass(frozen=True)
class Batch:
    """Some samples of train. x: (n, ...). y: (n,). weight: (n,) float32, or None where all count alike."""

    x: NDArray[Any]
    y: NDArray[Any]
    weight: NDArray[np.float32] | None

    def digest(self) -> bytes:
        """Return the SHA-256 of its content, with shapes and types."""
        total = hashlib.sha256()
        for part in (self.x, self.y, *(() if self.weight is None else (self.weight,))):
            total.update(f"{part.shape}{part.dtype.str}".encode())
            total.update(np.ascontiguousarray(part).tobytes())
        return total.digest()


class _RowNames:
    """What the rows of a batch are called in a message, without a word for each of them in memory."""

    def __init__(self, where: str) -> None:
        self._where = where

    def __getitem__(self, row: int) -> str:
        return f"row {row + 1} of {self._where}"


@dataclass(frozen=True)
class Expected:
    """What every batch must be like: that of the first one.

    shape: of a sample. dtype: of x. weighted: whether batches have weights. n_classes: labels lie below it; 0 where
    that is not known, or where they are numbers.
    """

    shape: tuple[int, ...]
    dtype: str
    weighted: bool
    n_classes: int = 0

    @classmethod
    def like(cls, batch: Batch) -> "Expected":
        """Return what this batch is like."""
        return cls(batch.x.shape[1:], batch.x.dtype.str, batch.weight is not None)


def plain_batch(given: Any, number: int, task: str, expected: Expected | None) -> Batch:
    """Return a batch of the user's as arrays, checked as the samples of a split are.

    Args:
        given: (x, y) or (x, y, sample_weight), arrays or tensors.
        number: from 1, for the message.
        task: verification, classification or regression.
        expected: what the batches before were like, None for the first.

    Raises:
        InputError: it is no such batch; lengths, shapes, types or labels do not fit.
    """
    where = f"train, batch {number}"
    if not isinstance(given, tuple | list) or len(given) not in (2, 3):
        many = f" of {len(given)}" if isinstance(given, tuple | list) else ""
        raise InputError(f"{EXPECTED}. Received: {type(given).__name__}{many} as batch {number}.")
    for name, part in zip(("x", "y"), given, strict=False):
        if isinstance(part, Mapping | tuple):
            raise InputError(
                f"Expected {name} of {where} as one array: batches have one input and the labels of one output. "
                f"Received: a {'mapping' if isinstance(part, Mapping) else 'tuple'}. Hand arrays over for several."
            )
    x = plain_array(f"x of {where}", given[0])
    y = plain_labels(f"y of {where}", given[1])
    weight = plain_labels(f"sample_weight of {where}", given[2]) if len(given) == 3 else None
    if not x.shape:
        raise InputError(f"Expected x of {where} with a row a sample. Received: the single value {x}.")
    for key, column in {"y": y, "sample_weight": weight}.items():
        if column is not None and column.shape != (len(x),):
            raise InputError(
                f"Expected {key} of {where} with shape ({len(x)},), one entry for each row of x. Received: shape "
                f"{column.shape}."
            )
    rows: Any = _RowNames(f"batch {number}")
    split = Split(x, y, rows, rows, rows)
    check_inputs(where, split, split)
    check_labels(where, split, task)
    if weight is not None:
        weight = _checked_weight(where, weight)
    batch = Batch(x, y.astype(np.float64 if task == "regression" else np.int64), weight)
    if expected is not None:
        _check_alike(where, batch, expected)
    return batch


def with_classes(expected: Expected, n_classes: int) -> Expected:
    """Return the same, with labels that lie below a number of classes."""
    return replace(expected, n_classes=n_classes)


def _checked_weight(where: str, weight: NDArray[Any]) -> NDArray[np.float32]:
    number = weight.dtype.kind in "buif"
    if not number or not (np.isfinite(weight) & (weight >= 0)).all():
        wrong = f"type {weight.dtype}" if not number else "NaN, infinity or a number below 0"
        raise InputError(f"Expected sample_weight of {where} as finite numbers of 0 or more. Received: {wrong}.")
    return weight.astype(np.float32)


def _check_alike(where: str, batch: Batch, expected: Expected) -> None:
    found = Expected.like(batch)
    if (found.shape, found.dtype) != (expected.shape, expected.dtype):
        raise InputError(
            f"Expected samples of one shape and type in all batches of train. Received: {expected.shape} "
            f"{np.dtype(expected.dtype)} in batches before, {found.shape} {np.dtype(found.dtype)} in {where}."
        )
    if found.weighted != expected.weighted:
        raise InputError(
            "Expected sample_weight in every batch of train, or in none. Received: "
            f"{'some' if found.weighted else 'none'} in {where}, unlike before."
        )
    if expected.n_classes and batch.y.max() >= expected.n_classes:
        raise InputError(
            f"Expected in train only the {expected.n_classes} classes that were seen when the data were prepared. "
            f"Received: {batch.y.max()} in {where}. Return `classes`, the names of all of them."
        )
