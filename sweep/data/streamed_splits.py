"""The splits of a data function whose train hands out batches: a sample of it stands for it, and its digest joins."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data.splits import OF_STREAMS, SPLIT_NAMES, Split, Splits, as_splits
from sweep.data.stream import Stream
from sweep.data.stream_reading import Reading, read_stream
from sweep.data.stream_source import Source
from sweep.errors import InputError


@dataclass(frozen=True)
class Streaming:
    """How a stream is made before the trials.

    make: (what the data function returned already, a call of it) -> the stream, from the same seeds at every call.
    code: () -> the digest of the data function's code, which decides what the epochs after the first hold.
    """

    make: Callable[[Any, Callable[[], Any]], Source]
    code: Callable[[], str]


@dataclass(frozen=True)
class Streamed:
    """Splits with a sample as train, and what was read of all of it."""

    splits: Splits
    reading: Reading
    code: str

    @property
    def stream(self) -> Stream:
        """Return what is known of the stream."""
        return self.reading.stream

    def rows(
        self, splits: Splits, digests: Mapping[str, NDArray[np.uint8]]
    ) -> tuple[Splits, dict[str, NDArray[np.uint8]]]:
        """Return splits and digests in which train has every row that was read, to look for leaks."""
        n = len(self.reading.rows)
        unknown = np.full(n, "")
        names = np.asarray([f"train-{number:06d}" for number in range(1, n + 1)])
        train = Split(None, np.zeros(n), unknown, unknown, names)
        return replace(splits, train=train), {**digests, "train": self.reading.rows}

    def data_id(self, digest: str) -> str:
        """Return the id of the data: that of dev, test and the sample, of all batches that were read, and of the code.

        digest: of the splits with the sample.
        """
        stream = self.stream
        said = [digest, self.reading.sha256, self.code, stream.steps, stream.by_pass, stream.n_batches]
        said += [stream.kind, stream.made_by_function, stream.once]
        return hashlib.sha256(b"sweep stream 1" + json.dumps(said).encode()).hexdigest()


def streamed_splits(
    given: Any, call: Callable[[], Any], streaming: Streaming, task: str, output: str | None = None
) -> Streamed:
    """Return what a data function gave, its stream read once.

    given: what it returned. call: calls it again. output: as in `as_splits`.

    Raises:
        InputError: the stream or another split is wrong.
    """
    steps_per_epoch, digest_steps = (_steps(key, _said(given, key)) for key in OF_STREAMS)
    calls = 0

    def make() -> Source:
        nonlocal calls
        calls += 1
        return streaming.make(given if calls == 1 else None, call)

    reading = read_stream(make, task, steps_per_epoch=steps_per_epoch, digest_steps=digest_steps)
    splits = as_splits(_with_sample(given, reading.sample), output)
    findings = (*splits.findings, *reading.findings, *_unnamed_people(splits))
    splits = replace(splits, stream=reading.stream, findings=findings)
    return Streamed(splits, reading, streaming.code())


def _unnamed_people(splits: Splits) -> tuple[str, ...]:
    """Return a sentence where dev or test name people, whom nobody can look for in a train without names."""
    if not any((split.people != "").any() for split in (splits.dev, splits.test)):
        return ()
    return (
        "train: its batches name no people, so nobody can see whether a person of dev or test is in train. Samples "
        "that are the same to the byte were looked for.",
    )


def refuse_steps(splits: Splits) -> Splits:
    """Return splits of arrays; InputError where steps are said of them, which belong to a train of batches."""
    if said := [key for key in OF_STREAMS if getattr(splits, key) is not None]:
        raise InputError(
            f"{said[0]}: expected it beside a train that hands out batches. Received: a train of arrays, whose batches "
            "follow train.batch_size. Leave it out."
        )
    return splits


def _said(given: Any, key: str) -> Any:
    return given.get(key) if isinstance(given, Mapping) else getattr(given, key)


def _steps(key: str, value: Any) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1):
        raise InputError(f"{key}: expected a number of batches, 1 or more. Received: {value!r}.")
    return None if value is None else int(value)


def _with_sample(given: Any, sample: Split) -> Any:
    if isinstance(given, Splits):
        return replace(given, train=sample)
    return {key: sample if str(key).lower() in SPLIT_NAMES["train"] else value for key, value in given.items()}
