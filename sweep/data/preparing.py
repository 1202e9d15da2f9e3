"""From the user's data function to checked arrays on the disk of this node, opened by every trial in milliseconds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from sweep.data.calling import call_function
from sweep.data.content_digests import columns_digest, data_digest, row_digests
from sweep.data.folds import Fold, one_fold
from sweep.data.inputs import sample_shape
from sweep.data.leakage import find_leaks
from sweep.data.splits import Split, Splits, as_splits
from sweep.data.stored_splits import data_folder, whole, write_splits
from sweep.data.stream import Stream
from sweep.data.stream_source import stream_in
from sweep.data.streamed_splits import Streamed, Streaming, refuse_steps, streamed_splits
from sweep.data.validation import TASKS, validate
from sweep.data.whole_folders import write_folder
from sweep.errors import InputError, nearest


@dataclass(frozen=True)
class Count:
    """How much is in a split.

    n: samples. labels: samples of each label, by class name where known (empty for regression).
    subjects, videos: how many are known; 0 means unknown.
    """

    n: int
    labels: dict[str, int]
    subjects: int
    videos: int


@dataclass(frozen=True)
class Prepared:
    """Data that was checked and lies ready on this node.

    data_id: 64 hexadecimal digits, a digest of the content alone.
    findings: what a person should know: corrupt images skipped, leaks allowed, samples that repeat.
    counts: split -> Count. input_shape: shape of one sample, of several inputs name -> shape or a tuple of shapes.
    n_classes: 2 for verification, 0 for regression.
    classes: their names in the order of the labels, where known. path: the folder on this node.
    stream: of a train that hands out batches, else None. tests: name of a further test set -> digest of its content.
    """

    data_id: str
    findings: tuple[str, ...]
    counts: dict[str, Count]
    input_shape: Any
    n_classes: int
    classes: tuple[str, ...]
    path: Path
    stream: Stream | None = None
    tests: dict[str, str] = field(default_factory=dict)


def prepare(
    function: Callable[..., Any],
    keywords: Mapping[str, Any],
    *,
    split_seed: int | None,
    task: str,
    leakage: str = "refuse",
    cache: Path,
    expect: str | None = None,
    output: str | None = None,
    streaming: Streaming | None = None,
    fold: Fold | None = None,
) -> Prepared:
    """Return the data of `function(**keywords)`, checked and stored under the cache folder.

    split_seed, cache, task: handed to the function too where it has parameters of these names and keywords does not.
    task: verification, classification or regression. leakage: "refuse" or "allow".
    expect: the data_id that must come out (another node sees the same data), or None.
    output: whose labels are scored, where the function gives labels of several outputs; None takes the first.
    streaming: how a train that hands out batches is made; None refuses one.
    fold: which fold of all samples is the test set, where the study divides them; None leaves the splits as given.
    Calling it again costs the function and the digests; nothing is written twice. Processes may call it together.
    Raises InputError where the function or its data are wrong, ClusterError where the cache cannot be written.
    """
    for word, value, known in (("task", task, TASKS), ("leakage", leakage, ("refuse", "allow"))):
        if value not in known:
            raise InputError(
                f"Expected {word} as one of {', '.join(known)}. Received: {value!r}.{nearest(value, known)}"
            )
    cache = Path(cache).absolute()

    def call() -> Any:
        return call_function(function, keywords, {"split_seed": split_seed, "cache": cache, "task": task})

    given = call()
    streamed: Streamed | None = None
    if streaming is not None and stream_in(given) is not None:
        if fold is not None:
            raise InputError(
                "division: expected arrays or images, whose samples are dealt to folds. Received: a train that hands "
                "out batches. Return arrays, or leave `division` out."
            )
        streamed = streamed_splits(given, call, streaming, task, output)
    splits = refuse_steps(as_splits(given, output)) if streamed is None else streamed.splits
    if fold is not None:
        splits = one_fold(splits, fold, task)
    validate(splits, task)
    splits = _weighted_in_training_alone(_typed(splits, task))
    digests = {name: row_digests(split.x) for name, split in splits.items()}
    if streamed is None:
        leaks, data_id = find_leaks(splits, digests, leakage=leakage), data_digest(splits, digests)
    else:
        leaks = find_leaks(*streamed.rows(splits, digests), leakage=leakage)
        data_id = streamed.data_id(data_digest(splits, digests))
    findings = (*splits.findings, *leaks)
    if expect is not None and data_id != expect:
        raise InputError(
            f"Expected the data {expect[:16]}. Received: {data_id[:16]}. "
            "This machine sees other data than the one that planned the study: give both the same files."
        )
    path, beside_id = data_folder(cache, data_id), columns_digest(splits, splits.not_in_id)
    write_folder(
        path,
        lambda part: write_splits(part, dict(splits.items()), splits, cache) | {"beside_id": beside_id},
        fits=lambda there: whole(there) and there.get("beside_id", "") == beside_id,
    )
    return Prepared(
        data_id=data_id,
        findings=findings,
        counts={name: count_of(split, splits.classes, task) for name, split in splits.items()}
        | ({} if streamed is None else {"train": _count_stream(streamed.stream, splits.classes, task)}),
        input_shape=sample_shape(splits.train.x),
        n_classes=_n_classes(splits, task),
        classes=splits.classes,
        path=path,
        stream=splits.stream,
    )


def _typed(splits: Splits, task: str) -> Splits:
    """Return the splits with labels of one type, so that 1, 1.0 and True give the same data_id."""
    label = label_type(task)
    train, dev, test = (with_types(split, label) for _, split in splits.items())
    return replace(splits, train=train, dev=dev, test=test)


def label_type(task: str) -> Any:
    """Return the type that labels of a task are stored in."""
    return np.float64 if task == "regression" else np.int64


def with_types(split: Split, label: Any) -> Split:
    """Return a split with labels of that type; those of outputs that are not scored as whole numbers or as float64."""
    labels = {
        name: values.astype(label if values is split.y else np.float64 if values.dtype.kind == "f" else np.int64)
        for name, values in split.labels.items()
    }
    return replace(split, y=split.y.astype(label), labels=labels)


def _weighted_in_training_alone(splits: Splits) -> Splits:
    """Return the splits with weights of train as float32; those of dev and test are left out, and that is said."""
    weight = splits.train.sample_weight
    train = splits.train if weight is None else replace(splits.train, sample_weight=weight.astype(np.float32))
    left = [name for name in ("dev", "test") if getattr(splits, name).sample_weight is not None]
    said = [f"sample_weight of {name} is not used: every sample of it counts alike" for name in left]
    dev, test = (replace(split, sample_weight=None) for split in (splits.dev, splits.test))
    return replace(splits, train=train, dev=dev, test=test, findings=(*splits.findings, *said))


def _n_classes(splits: Splits, task: str) -> int:
    if task == "regression":
        return 0
    return 2 if task == "verification" else len(splits.classes) or int(splits.train.y.max()) + 1


def count_of(split: Split, classes: tuple[str, ...], task: str) -> Count:
    """Return how much is in a split; classes: their names, where known."""
    labels: dict[str, int] = {}
    if task != "regression":
        for label, n in zip(*np.unique(split.y, return_counts=True), strict=True):
            labels[_label_name(int(label), classes, task)] = int(n)
    known = [len(set(column.tolist()) - {""}) for column in (split.people, split.video)]
    return Count(n=len(split), labels=labels, subjects=known[0], videos=known[1])


def _count_stream(stream: Stream, classes: tuple[str, ...], task: str) -> Count:
    labels = {_label_name(int(label), classes, task): n for label, n in stream.labels.items()}
    return Count(n=stream.n, labels=labels, subjects=0, videos=0)


def _label_name(label: int, classes: tuple[str, ...], task: str) -> str:
    names = ("impostor", "genuine") if task == "verification" else classes
    return names[label] if names else str(label)
