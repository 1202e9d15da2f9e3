"""A class of scores, checked once: the sorted scores and how many attempts gave none."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sweep.errors import InputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.integer]
LARGEST = 1e300  # differences and sums of two such scores are still numbers
Rate = TypeVar("Rate", float, FloatArray)  # one number, or (B,) of them


@dataclass(frozen=True)
class Class:
    """The scores of one class in ascending order, and the number of failures to acquire (NaN) beside them.

    scores: (n,) finite, ascending. n_failed: attempts that gave no score.
    """

    scores: FloatArray
    n_failed: int

    def __len__(self) -> int:
        """Return the number of scores, without the failures."""
        return len(self.scores)


def vector(scores: ArrayLike, name: str) -> FloatArray:
    """Return the scores as a (n,) float64 array, in the order given; NaN stays, an infinity is refused.

    The result may share memory with the input: read it only.
    Raises InputError on anything but one dimension of numbers, and on an infinity.
    """
    if isinstance(scores, np.ma.MaskedArray) and np.ma.is_masked(scores):
        raise InputError(
            f"Expected {name} scores without masked values. Received: {int(np.ma.getmaskarray(scores).sum())} masked. "
            "Say .filled(np.nan) where an attempt has no score, or drop them with .compressed()."
        )
    try:
        array = np.asarray(scores)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError(f"Expected {name} scores as numbers in one dimension. Received: {error}.") from None
    if array.ndim != 1:
        raise InputError(
            f"Expected {name} scores in one dimension. Received: shape {array.shape}. Flatten them with `.ravel()`."
        )
    if array.dtype.kind not in "biuf" and array.size:
        raise InputError(
            f"Expected {name} scores as numbers. Received: dtype {array.dtype}. Convert them, or drop the rows."
        )
    array = array.astype(np.float64, copy=False)
    if np.isinf(array).any():
        raise InputError(
            f"Expected finite {name} scores. Received: {int(np.isinf(array).sum())} infinite of {array.size}. "
            "Clip them, or give NaN for an attempt without a score."
        )
    if (array > LARGEST).any() or (array < -LARGEST).any():
        raise InputError(f"Expected {name} scores from {-LARGEST:g} to {LARGEST:g}. Received: larger ones. Scale them.")
    return array


def of_class(scores: ArrayLike, name: str) -> Class:
    """Return the class sorted, its NaN set aside and counted; scores already in order are not sorted or copied again.

    scores: (n,) in any order; NaN is a failure to acquire. name: "genuine" or "impostor", for the messages.
    Raises InputError when nothing is left: no error rate exists for an empty class.
    """
    array = vector(scores, name)
    kept = array[~np.isnan(array)] if np.isnan(array).any() else array
    if not kept.size:
        raise InputError(
            f"Expected at least one {name} score. Received: {array.size} attempts, {array.size - kept.size} of them "
            "without a score (NaN). Check the labels and the file."
        )
    if not (kept[1:] >= kept[:-1]).all():
        kept = np.sort(kept)
    return Class(kept, array.size - kept.size)


def both(genuine: ArrayLike, impostor: ArrayLike) -> tuple[Class, Class]:
    """Return both classes, sorted and checked."""
    return of_class(genuine, "genuine"), of_class(impostor, "impostor")


def finite(threshold: float) -> float:
    """Return the threshold as a float; NaN is refused, since every comparison with it is false."""
    threshold = float(threshold)
    if np.isnan(threshold):
        raise InputError("Expected a number as threshold. Received: nan. Take the `threshold` of an `eer(...)`.")
    return threshold


def accepted(ordered: FloatArray, threshold: float) -> int:
    """Return how many of the ascending scores are accepted: those >= threshold."""
    return int(ordered.size - np.searchsorted(ordered, threshold, side="left"))


def between(below: Rate, above: Rate) -> Rate:
    """Return the middle of two scores as a threshold, which accepts `above` and refuses `below` (below < above).

    All thresholds in (below, above] make the same errors on these scores; the middle favours neither class on others.
    """
    middle = below + (above - below) / 2
    # Neighbouring floats have no middle.
    if isinstance(middle, float):
        return middle if middle > below else above
    return np.where(middle > below, middle, above)
