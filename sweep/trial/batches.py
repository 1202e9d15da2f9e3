"""The samples of a split in batches: in our own order for training, in their own for scoring."""

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from sweep.data.inputs import first, float_rows, in_each
from sweep.errors import InputError
from sweep.trial import weights as digests
from sweep.trial.augmenting import Augment


class ShuffledBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The training set in batches, epoch after epoch without end, in another order in every epoch.

    After seeding, Keras replays one order in every epoch; here the order of epoch e comes from (order seed, e) alone.
    Without end, since Keras would make a new iterator twice an epoch: more than half of the time of a very small net.

    steps: batches in an epoch; the last may be smaller. first_epoch: the epoch of batch 0. fault: what the user's
    augmentation raised, since TensorFlow hands on its text alone.
    """

    num_batches = None  # in Keras's words: without end

    def __init__(
        self,
        x: Any,
        y: Any,
        batch_size: int,
        order: int,
        *,
        weights: Any = None,
        augment: Augment | None = None,
        in_structure: Callable[[Any], Any] | None = None,
    ) -> None:
        """Take x (n, ...), y (n,) or output -> labels, and, where samples have one, their weights (n,) likewise.

        order: the seed of the stream "order". augment: what changes each batch, or None. in_structure: puts labels and
        weights of a batch into the structure of a model's several outputs; None leaves them.
        """
        super().__init__()
        self._x, self._y, self._batch_size, self._order = x, y, batch_size, order
        self._weights, self._augment, self._in_structure = weights, augment, in_structure or (lambda values: values)
        self.fault: InputError | None = None
        self._n = len(first(y))
        self.steps = math.ceil(self._n / batch_size)
        self.first_epoch = 0
        self._drawn: tuple[int, np.ndarray] | None = None

    def permutation(self, epoch: int) -> np.ndarray:
        """Return the order of an epoch: rows of the training set, (n,)."""
        drawn = self._drawn
        if drawn is None or drawn[0] != epoch:
            drawn = epoch, np.random.default_rng([self._order, epoch]).permutation(self._n)
            self._drawn = drawn
        return drawn[1]

    @property
    def n_values(self) -> int | None:
        """Return how many numbers the inputs of an epoch are; None where its batches are not cut from plain arrays.

        Those are changed batch by batch, or of several inputs or outputs.
        """
        plain = isinstance(self._x, np.ndarray) and isinstance(self._y, np.ndarray) and self._augment is None
        return self._x.size if plain and self._in_structure(self._y) is self._y else None

    @property
    def batch_size(self) -> int:
        """Return how many samples a batch has; the last of an epoch may have fewer."""
        return self._batch_size

    def whole_epochs(self) -> Iterator[tuple[np.ndarray, ...]]:
        """Yield the samples of each epoch in its order, uncut, from the first epoch on: x as float32, y, any weights.

        Only where `n_values` is a number.
        """
        for epoch in itertools.count(self.first_epoch):
            rows = self.permutation(epoch)
            weights = () if self._weights is None else (self._weights[rows],)
            yield float_rows(self._x, rows), self._y[rows], *weights

    def end_epoch(self) -> None:
        """Do nothing: the number of a batch tells the epoch."""

    def order_digest(self, epoch: int) -> str:
        """Return the digest of the order of an epoch."""
        return digests.digest([self.permutation(epoch)])[: digests.LAYER_DIGITS]

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        """Return batch `index`, counted from the first epoch on, inputs as float32; its weights come third."""
        epoch, step = divmod(index, self.steps)
        rows = self.permutation(self.first_epoch + epoch)[step * self._batch_size : (step + 1) * self._batch_size]
        x, y = float_rows(self._x, rows), in_each(lambda values: values[rows], self._y)
        if self._augment is not None:
            try:
                x, y = self._augment(x, y, epoch=self.first_epoch + epoch, step=step)
            except InputError as error:
                self.fault = error
                raise
        y = self._in_structure(y)
        if self._weights is None:
            return x, y
        return x, y, self._in_structure(in_each(lambda values: values[rows], self._weights))


class BatchesInOrder(keras.utils.PyDataset):  # type: ignore[misc]
    """Samples in batches, in their order."""

    def __init__(self, x: Any, y: Any, batch_size: int, in_structure: Callable[[Any], Any] | None = None) -> None:
        """Take x, y and in_structure as `ShuffledBatches` does."""
        super().__init__()
        self._x, self._y, self._batch_size = x, y, batch_size
        self._in_structure = in_structure or (lambda values: values)

    def __len__(self) -> int:
        """Return how many batches there are."""
        return math.ceil(len(first(self._y)) / self._batch_size)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        """Return batch `index`, inputs as float32; the last may be smaller."""
        rows = np.arange(index * self._batch_size, min((index + 1) * self._batch_size, len(first(self._y))))
        return float_rows(self._x, rows), self._in_structure(in_each(lambda values: values[rows], self._y))
