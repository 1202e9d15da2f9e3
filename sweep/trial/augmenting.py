"""The user's augmentation of a batch, with a generator of its own for each step, so that each repeats to the bit."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.errors import OF_USERS_CODE, InputError, one_line
from sweep.study import code
from sweep.study.train import Train
from sweep.trial.raised import RaisedError


class Augment:
    """A function (x, y, rng, **keywords) -> (x, y) for the batches of a training set, and the seed of its stream."""

    def __init__(self, use: str, keywords: Mapping[str, Any], seed: int) -> None:
        self._use, self._keywords, self._seed = use, keywords, seed
        self._function = code.function(use)

    def __call__(self, x: NDArray[np.float32], y: NDArray[Any], *, epoch: int, step: int) -> tuple[Any, Any]:
        """Return a batch as the function changes it: x (n, ...) as float32 and y (n,).

        The generator depends on (seed of the stream "augment", epoch, step) alone, both counted from 0.

        Raises:
            InputError: it raises, or returns something else than a batch like the one it got.
        """
        expected = f"train.augment: expected {self._use} to return (x, y) of shapes {x.shape} and {y.shape}"
        shapes = x.shape, y.shape
        try:
            found = self._function(x, y, np.random.default_rng([self._seed, epoch, step]), **self._keywords)
        except OF_USERS_CODE as error:
            raise RaisedError(f"{expected}. It raised {one_line(error)}", error) from error
        if not isinstance(found, tuple | list) or len(found) != 2:
            raise InputError(f"{expected}. Received: {'nothing' if found is None else type(found).__name__}.")
        new_x, new_y = np.asarray(found[0], dtype=np.float32), np.asarray(found[1])
        if (new_x.shape, new_y.shape) != shapes or new_y.dtype.kind not in "buif":
            raise InputError(f"{expected}. Received: shapes {new_x.shape} and {new_y.shape}, labels {new_y.dtype}.")
        if not (np.isfinite(new_x).all() and np.isfinite(new_y).all()):
            raise InputError(f"{expected} of finite numbers. Received: NaN or infinity.")
        return new_x, new_y


def augment_of(train: Train, seed: int) -> Augment | None:
    """Return the study's augmentation, or None; seed: of the stream "augment"."""
    return None if train.augment is None else Augment(train.augment.use, train.augment.keywords, seed)
