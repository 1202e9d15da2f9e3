"""The user's augmentation of a batch, with a generator of its own for each step, so that each repeats to the bit."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sweep.data.inputs import every, in_each
from sweep.errors import OF_USERS_CODE, InputError, one_line
from sweep.study import code
from sweep.study.train import Train
from sweep.trial.raised import RaisedError


class Augment:
    """A function (x, y, rng, **keywords) -> (x, y) for the batches of a training set, and the seed of its stream."""

    def __init__(self, use: str, keywords: Mapping[str, Any], seed: int, classes: int = 0) -> None:
        """Take the function, the seed of its stream, and how many classes the labels have; 0 for numbers."""
        self._use, self._keywords, self._seed, self._classes = use, keywords, seed, classes
        self._function = code.function(use)

    def __call__(self, x: Any, y: Any, *, epoch: int, step: int) -> tuple[Any, Any]:
        """Return a batch as the function changes it: x (n, ...) as float32 and y (n,), or mappings or tuples of them.

        The generator depends on (seed of the stream "augment", epoch, step) alone, both counted from 0.

        Raises:
            InputError: it raises, or returns something else than a batch like the one it got.
        """
        shapes = in_each(np.shape, x), in_each(np.shape, y)
        expected = f"train.augment: expected {self._use} to return (x, y) of shapes {shapes[0]} and {shapes[1]}"
        try:
            found = self._function(x, y, np.random.default_rng([self._seed, epoch, step]), **self._keywords)
        except OF_USERS_CODE as error:
            raise RaisedError(f"{expected}. It raised {one_line(error)}", error) from error
        if not isinstance(found, tuple | list) or len(found) != 2:
            raise InputError(f"{expected}. Received: {'nothing' if found is None else type(found).__name__}.")
        try:
            new_x = in_each(lambda values: np.asarray(values, dtype=np.float32), _like(found[0], x))
            new_y = in_each(np.asarray, _like(found[1], y))
        except (TypeError, ValueError) as error:
            kinds = " and ".join(type(one).__name__ for one in found)
            raise InputError(f"{expected} as arrays of numbers. Received: {kinds} ({one_line(error)}).") from None
        labels = every(new_y)
        if (in_each(np.shape, new_x), in_each(np.shape, new_y)) != shapes or any(
            each.dtype.kind not in "buif" for each in labels
        ):
            came = in_each(np.shape, new_x), in_each(np.shape, new_y)
            kinds = ", ".join(str(each.dtype) for each in labels)
            raise InputError(f"{expected}. Received: shapes {came[0]} and {came[1]}, labels {kinds}.")
        if not all(np.isfinite(each).all() for each in (*every(new_x), *labels)):
            raise InputError(f"{expected} of finite numbers. Received: NaN or infinity.")
        if self._classes and not isinstance(new_y, Mapping) and len(new_y):
            low, high = float(np.min(new_y)), float(np.max(new_y))
            if low < 0 or high > self._classes - 1:
                raise InputError(
                    f"{expected} with labels from 0 to {self._classes - 1}, as the data have them. Received: labels "
                    f"from {low:g} to {high:g}."
                )
        return new_x, new_y


def _like(found: Any, given: Any) -> Any:
    """Return what came back in the order of what was given; a list may stand for a tuple."""
    if isinstance(given, dict) and isinstance(found, Mapping) and set(found) == set(given):
        return {name: found[name] for name in given}
    return tuple(found) if isinstance(given, tuple) and isinstance(found, list) else found


def augment_of(train: Train, seed: int, classes: int) -> Augment | None:
    """Return the study's augmentation, or None. seed: of its stream. classes: of the labels, 0 for numbers."""
    return None if train.augment is None else Augment(train.augment.use, train.augment.keywords, seed, classes)
