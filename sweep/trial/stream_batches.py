"""The batches of a user's stream for Keras's fit: checked, weighted, augmented, and told by a digest of each epoch."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from sweep.data.stream import Stream
from sweep.data.stream_batch import Batch, Expected, plain_batch
from sweep.errors import InputError
from sweep.trial.augmenting import Augment
from sweep.trial.sample_weights import ClassWeights
from sweep.trial.streaming import TrialStream
from sweep.trial.weights import LAYER_DIGITS


class StreamBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The training set as a stream hands it out, an epoch after the other.

    It has an end after each epoch, in Keras's words, so that nothing is read ahead while dev is measured or a callback
    draws random numbers. Keras looks at one batch or two before the first epoch: they are kept for it.

    steps: batches in an epoch. first_epoch: told by the fit; epochs are counted here. fault: what is wrong with a
    batch, since TensorFlow hands on its text alone.
    """

    def __init__(
        self,
        stream: TrialStream,
        told: Stream,
        expected: Expected,
        task: str,
        *,
        class_weights: ClassWeights | None = None,
        augment: Augment | None = None,
        in_structure: Callable[[Any], Any] | None = None,
    ) -> None:
        """Take a stream, what is known of it, what its batches are like, and what changes each of them.

        in_structure: as in `ShuffledBatches`.
        """
        super().__init__()
        self._stream, self._told, self._expected, self._task = stream, told, expected, task
        self._class_weights, self._augment = class_weights, augment
        self._in_structure = in_structure or (lambda values: values)
        self.steps, self.first_epoch = told.steps, 0
        self.fault: InputError | None = None
        self._pass: Iterator[Any] | None = None
        self._epoch, self._at = 0, 0
        self._ahead: dict[int, tuple[Any, ...]] = {}
        self._digests: list[Any] = []

    def __len__(self) -> int:
        """Return how many batches an epoch has."""
        return self.steps

    def end_epoch(self) -> None:
        """Begin the next epoch; the hooks that Keras has for it are called where it looks at a batch, too."""
        self._epoch, self._at, self._ahead = self._epoch + 1, 0, {}

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        """Return batch `index` of the epoch: x as float32, y, and weights where there are some.

        Raises:
            InputError: the user's stream raises, ends or gives something else than such a batch.
        """
        try:
            while self._at <= index:
                self._ahead[self._at] = self._batch(self._at)
                self._at += 1
        except InputError as error:
            self.fault = error
            raise
        if index > 1:
            self._ahead = {at: batch for at, batch in self._ahead.items() if at >= index}
        return self._ahead[index]

    def order_digest(self, epoch: int) -> str:
        """Return the digest of the batches of this epoch in their order, "" if it was left in the middle."""
        return self._digests[-1].hexdigest()[:LAYER_DIGITS] if self._at == self.steps else ""

    def _batch(self, step: int) -> tuple[Any, ...]:
        if step == 0:
            self._digests.append(hashlib.sha256())
        found = self._next(step)
        self._digests[-1].update(found.digest())
        if step == self.steps - 1 and self._told.by_pass:
            self._end_pass()
        x, y, weight = np.asarray(found.x, dtype=np.float32), found.y, found.weight
        if self._class_weights is not None:
            weight = self._class_weights.of(y, weight)
        if self._augment is not None:
            x, y = self._augment(x, y, epoch=self._epoch, step=step)
        y = self._in_structure(y)
        return (x, y) if weight is None else (x, y, self._in_structure(weight))

    def _next(self, step: int) -> Batch:
        """Return the next batch; where the study says how many make an epoch, a pass follows the other."""
        if self._pass is None:
            if self._epoch == step == 0:
                self._stream.begin()
            self._pass = iter(self._stream.source)
        given = next(self._pass, None)
        if given is None and not self._told.by_pass:
            self._pass = iter(self._stream.source)
            given = next(self._pass, None)
        if given is None:
            raise InputError(
                f"train: expected {self.steps:,} batches in each epoch. Received: {step:,} in epoch {self._epoch + 1}, "
                "and then the end. Hand out as many in each, or return 'steps_per_epoch' beside train."
            )
        return plain_batch(given, step + 1, self._task, self._expected)

    def _end_pass(self) -> None:
        more = next(self._pass, None) if self._pass is not None else None
        self._pass = None
        if more is not None:
            raise InputError(
                f"train: expected {self.steps:,} batches in each epoch. Received: more in epoch {self._epoch + 1}. "
                "Hand out as many in each, or return 'steps_per_epoch' beside train."
            )
