"""A loss of the user's own, f(y_true, y_pred, **keywords), as a loss of Keras's."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from sweep.errors import OF_USERS_CODE, InputError, one_line
from sweep.study import code
from sweep.study.parts import Use
from sweep.trial.raised import RaisedError


class OwnLoss(keras.losses.Loss):  # type: ignore[misc]
    """The mean of a function's values over the samples of a batch, each with its weight where samples have one.

    The function gets y_true as (n, 1) where the model has one output, else (n,), and y_pred as (n, outputs), both as
    floats of Keras's, and returns a value for each sample, (n,) or (n, k); or one for the batch, where no weights are.
    """

    def __init__(self, use: Use, *, weighted: bool) -> None:
        super().__init__(name=use.use.partition(":")[2])
        self.use, self._weighted = use, weighted
        self._function = code.function(use.use)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the function's values.

        Raises:
            InputError: it raises, or returns something of another shape.
        """
        if len(y_true.shape) == len(y_pred.shape) - 1 and y_pred.shape[-1] == 1:
            y_true = keras.ops.expand_dims(y_true, -1)
        try:
            found = self._function(y_true, y_pred, **self.use.keywords)
        except OF_USERS_CODE as error:
            taken = f"{self.use.use} to take labels {_shape(y_true)} and outputs {_shape(y_pred)}"
            raise RaisedError(f"train.loss: expected {taken}. It raised {one_line(error)}", error) from error
        values = _tensor(self.use.use, found)
        shape, n = tuple(values.shape), y_pred.shape[0]
        alone = not shape and not self._weighted
        if not alone and (not shape or (shape[0] is not None and n is not None and shape[0] != n)):
            many = f"{n} samples" if n else "the samples of a batch"
            why = ", as samples have weights" if self._weighted else ", or one for all"
            raise InputError(
                f"train.loss: expected {self.use.use} to return a value for each of {many}{why}. Received: shape "
                f"{_shape(values)}. Leave the mean over the samples to Keras."
            )
        return values

    def check(self, labels: NDArray[Any], outputs: NDArray[Any]) -> None:
        """Raise InputError unless the function gives finite values of the right shape for a batch.

        labels: (n,). outputs: (n, k).
        """
        value = np.asarray(keras.ops.convert_to_numpy(self(labels, outputs)))
        if not np.isfinite(value).all():
            raise InputError(
                f"train.loss: expected {self.use.use} to return finite numbers. Received: {value} for the first batch. "
                "Look for a logarithm or a division of 0, and for outputs that are no probabilities."
            )


def _tensor(use: str, found: Any) -> Any:
    """Return what a loss returned as a tensor; raise InputError where that is no numbers."""
    try:
        values = None if found is None else keras.ops.convert_to_tensor(found)
    except OF_USERS_CODE:
        values = None
    if values is None or "string" in str(values.dtype):
        raise InputError(
            f"train.loss: expected {use} to return a value for each sample, computed from its outputs by keras.ops. "
            f"Received: {'nothing' if found is None else type(found).__name__}."
        )
    return values


def _shape(values: Any) -> str:
    return str(tuple(values.shape))
