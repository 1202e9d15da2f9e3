"""Reading a train that hands out batches once, before the trials: its digest, its labels, and a sample for checks.

What is read is not held in memory, but for a sample and 16 bytes of each of the first million rows.
"""

import hashlib
import math
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data.content_digests import DIGEST_BYTES, row_digests
from sweep.data.splits import Split
from sweep.data.stream import Stream
from sweep.data.stream_batch import Batch, Expected, plain_batch
from sweep.data.stream_source import Source
from sweep.errors import InputError

SAMPLE = 256  # rows for the checks that look at samples of train, and one of each label
MOST_BATCHES = 100_000  # of a pass whose length nobody knows: more are taken for one without end
COMPARED = 3  # batches that must come again from the same seeds
_MOST_ROWS = 2**20  # of which digests are kept, to find samples of train in dev and test
_SECONDS_BETWEEN_NOTES = 30.0
_WHOLE_SEED = 0  # of the sample


@dataclass(frozen=True)
class Reading:
    """What was read. sample: rows for checks. rows: (n, 16) digests of the first rows. sha256: of all batches in order.

    findings: what a person should know, beginning with "train".
    """

    stream: Stream
    sample: Split
    rows: NDArray[np.uint8]
    sha256: str
    findings: tuple[str, ...]


def read_stream(
    make: Callable[[], Source], task: str, *, steps_per_epoch: int | None = None, digest_steps: int | None = None
) -> Reading:
    """Return what one epoch of a stream holds.

    Args:
        make: makes it from the same seeds at every call.
        task: verification, classification or regression.
        steps_per_epoch: batches of an epoch; None: an epoch is one pass.
        digest_steps: read no more batches than these.

    Raises:
        InputError: it has no end or no batch, a batch is wrong, or the same seeds give other batches.
    """
    source = make()
    limit = _limit(source, steps_per_epoch, digest_steps)
    found = _Read(task)
    ended = _walk(source, limit, found)
    _check_length(source, found, ended, steps_per_epoch)
    again = _Read(task)
    _walk(make(), len(found.digests), again)
    if again.digests != found.digests:
        raise InputError(
            "train: expected the same batches from the same seeds. Received: other batches at the second time. Draw "
            "from Python's, NumPy's or TensorFlow's own generators, which are seeded here, or from run.rng('order') "
            "in a function train(run)."
        )
    n_batches = found.n_batches
    steps = steps_per_epoch or (int(source.length) if math.isfinite(source.length) else n_batches)
    whole = ended or n_batches >= steps
    stream = Stream(
        kind=source.kind,
        made_by_function=source.made_by_function,
        once=source.once and not source.made_by_function,
        steps=steps,
        by_pass=steps_per_epoch is None,
        n=found.n,
        n_batches=n_batches,
        whole=whole,
        labels={str(label): found.labels[label] for label in sorted(found.labels)},
        on_tensorflow="tensorflow" in sys.modules,
    )
    findings = _findings(source, stream, ended)
    if not whole:
        sys.stderr.write(f"{findings[0]}\n")
    return Reading(stream, found.sample(), np.concatenate(found.rows), found.sha256.hexdigest(), findings)


class _Read:
    """What is kept of the batches that pass by."""

    def __init__(self, task: str) -> None:
        self.task, self.sha256 = task, hashlib.sha256()
        self.n, self.n_batches = 0, 0
        self.labels: Counter[int] = Counter()
        self.digests: list[bytes] = []  # of the first batches
        self.rows: list[NDArray[np.uint8]] = [np.empty((0, DIGEST_BYTES), np.uint8)]
        self._kept: list[tuple[Any, Any, Any]] = []
        self._of_label: dict[int, tuple[Any, Any, Any]] = {}
        self._rng = np.random.default_rng(_WHOLE_SEED)
        self.expected: Expected | None = None

    def add(self, given: Any) -> None:
        batch = plain_batch(given, self.n_batches + 1, self.task, self.expected)
        self.expected = self.expected or Expected.like(batch)
        digest = batch.digest()
        self.sha256.update(digest)
        if self.n_batches < COMPARED:
            self.digests.append(digest)
        if self.n < _MOST_ROWS:
            self.rows.append(row_digests(batch.x[: _MOST_ROWS - self.n]))
        self._keep_some(batch)
        self.n_batches += 1
        self.n += len(batch.y)

    def _keep_some(self, batch: Batch) -> None:
        """Keep each row with the same chance (Vitter 1985, algorithm R), and the first of each label."""
        if self.task != "regression":
            values, first, counts = np.unique(batch.y, return_index=True, return_counts=True)
            for label, row, count in zip(values.tolist(), first.tolist(), counts.tolist(), strict=True):
                self.labels[label] += count
                if label not in self._of_label:
                    self._of_label[label] = _row(batch, row)
        places = self._rng.integers(0, self.n + np.arange(len(batch.y)) + 1)
        for row, place in enumerate(places.tolist()):
            if len(self._kept) < SAMPLE:
                self._kept.append(_row(batch, row))
            elif place < SAMPLE:
                self._kept[place] = _row(batch, row)

    def sample(self) -> Split:
        """Return the rows that were kept, as a split."""
        met = {int(y) for _, y, _ in self._kept}
        kept = [*self._kept, *(row for label, row in self._of_label.items() if label not in met)]
        x, y = (np.stack([row[at] for row in kept]) for at in (0, 1))
        weight = None if kept[0][2] is None else np.stack([row[2] for row in kept])
        unknown = np.full(len(y), "")
        if weight is not None and not weight.any():
            weight = np.ones_like(weight)  # of rows that weigh nothing, by chance
        names = np.asarray([f"train-sample-{number:06d}" for number in range(1, len(y) + 1)])
        return Split(x, y, unknown, unknown, names, sample_weight=weight)


def _row(batch: Batch, row: int) -> tuple[Any, Any, Any]:
    return batch.x[row].copy(), batch.y[row], None if batch.weight is None else batch.weight[row]


def _walk(source: Source, limit: float, found: _Read) -> bool:
    """Read at most `limit` batches of one pass; return whether it ended before or there."""
    said, known = time.monotonic(), math.isfinite(min(limit, source.length))
    for batch in source:
        if found.n_batches >= limit:
            return False
        if found.n_batches >= MOST_BATCHES and not known:
            raise InputError(
                f"train: expected an end of its batches, or steps_per_epoch. Received: {MOST_BATCHES:,} batches and no "
                "end. Return 'steps_per_epoch' beside train, as {'train': ..., 'steps_per_epoch': 200, ...}."
            )
        found.add(batch)
        if found.n_batches >= limit and not source.length <= limit:
            return False  # not one batch more than was asked for: it may take long
        if time.monotonic() - said > _SECONDS_BETWEEN_NOTES:
            said = time.monotonic()
            sys.stderr.write(f"train is read once, for the id of the data: {found.n_batches:,} batches so far\n")
    if not found.n_batches:
        raise InputError("train: expected at least one batch. Received: none.")
    return True


def _limit(source: Source, steps_per_epoch: int | None, digest_steps: int | None) -> float:
    """Return how many batches to read: all of a pass whose length is known, else those of an epoch."""
    if steps_per_epoch is None and math.isinf(source.length):
        raise InputError(
            f"train: expected steps_per_epoch beside batches without end. Received: a {source.kind} that never ends. "
            "Return {'train': ..., 'steps_per_epoch': 200, ...}, or leave .repeat() out."
        )
    if digest_steps is not None and steps_per_epoch is None and math.isnan(source.length):
        raise InputError(
            f"digest_steps: expected steps_per_epoch beside it, as nobody knows how many batches a {source.kind} has. "
            "Received: digest_steps alone."
        )
    if digest_steps is not None:
        return digest_steps
    if math.isfinite(source.length) or steps_per_epoch is None:
        return math.inf
    return steps_per_epoch


def _check_length(source: Source, found: _Read, ended: bool, steps_per_epoch: int | None) -> None:
    if ended and math.isfinite(source.length) and found.n_batches != source.length:
        raise InputError(
            f"train: expected the {int(source.length):,} batches that the {source.kind} says it has. Received: "
            f"{found.n_batches:,}."
        )
    if ended and source.once and steps_per_epoch is not None and found.n_batches < steps_per_epoch:
        raise InputError(
            f"train: expected {steps_per_epoch:,} batches, as steps_per_epoch says. Received: {found.n_batches:,}, and "
            "then the end."
        )


def _findings(source: Source, stream: Stream, ended: bool) -> tuple[str, ...]:
    found = []
    if not ended:
        of = "(one epoch)" if stream.whole else f"of the {stream.steps:,} of an epoch"
        found.append(
            f"train: only its first {stream.n_batches:,} batches {of} were read for the id of the data and for checks. "
            "The content of later ones is not in the id."
        )
    if source.workers:
        found.append(
            "train: workers of the PyDataset are not used; its batches are made one after the other, so that random "
            "numbers come in one order."
        )
    if stream.n > _MOST_ROWS:
        found.append(f"train: only its first {_MOST_ROWS:,} samples were compared with those of dev and test.")
    return tuple(found)
