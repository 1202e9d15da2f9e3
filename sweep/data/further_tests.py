"""Further test sets: data that a model is tested on beside its own, and never trained on; "train on A, test on B".

Each is checked against the data that the model is trained on, and stored by its content. Both together are the data of
a trial, whose id follows from both.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data.calling import call_function
from sweep.data.content_digests import row_digests, split_digest
from sweep.data.leakage import find_leaks_into
from sweep.data.preparing import Count, Prepared, count_of, label_type, with_types
from sweep.data.splits import SPLIT_NAMES, Split, Splits, filled, in_order, names_of_inputs
from sweep.data.stored_splits import TESTED, data_folder, open_prepared, whole, write_splits
from sweep.data.structures import check_names_alike
from sweep.data.validation import validate_test
from sweep.data.whole_folders import write_folder
from sweep.errors import InputError


@dataclass(frozen=True)
class FurtherTest:
    """A further test set, as a study names it.

    name: its split is test.NAME. function, keywords, split_seed: as in `prepare`. leakage: "allow" lets people of train
    and dev stand in it. others: nobody of the data is in it, whatever the names of its subjects say: the name of the
    test set then stands before theirs.
    """

    name: str
    function: Callable[..., Any]
    keywords: Mapping[str, Any]
    split_seed: int | None
    leakage: str = "refuse"
    others: bool = False


def with_tests(
    prepared: Prepared,
    tests: Sequence[FurtherTest],
    *,
    task: str,
    cache: Path,
    output: str | None = None,
    expect: str | None = None,
) -> Prepared:
    """Return prepared data with further test sets, checked and stored under the cache folder.

    Arguments as in `prepare`. Of what a function returns `test` is taken; it may return one split alone.

    Raises:
        InputError: a function or what it returns is wrong, or does not fit the data; or the data_id is not expected.
        ClusterError: the cache cannot be written.
    """
    cache = Path(cache).absolute()
    splits = open_prepared(cache, prepared.data_id)
    digests = {"train": row_digests(splits.train.x), "dev": row_digests(splits.dev.x)}
    ids: dict[str, str] = {}
    counts: dict[str, Count] = {}
    findings: list[str] = []
    for test in tests:
        try:
            split, found = _checked(test, splits, digests, task, cache, output)
        except InputError as error:
            raise InputError(f"tests.{test.name}: {error}") from error
        ids[test.name] = _stored(split, splits, cache)
        counts[f"{TESTED}.{test.name}"] = count_of(split, splits.classes, task)
        findings += found
    both = json.dumps(["sweep further tests 1", prepared.data_id, sorted(ids.items())])
    data_id = hashlib.sha256(both.encode()).hexdigest()
    if expect is not None and data_id != expect:
        raise InputError(
            f"Expected the data {expect[:16]}. Received: {data_id[:16]}. This machine sees other data or further test "
            "sets than the one that planned the study: give both the same files."
        )
    path = data_folder(cache, data_id)
    write_folder(path, lambda part: {"of": prepared.data_id, "tests": ids})
    return replace(
        prepared,
        data_id=data_id,
        findings=(*prepared.findings, *findings),
        counts=prepared.counts | counts,
        path=path,
        tests=ids,
    )


def _checked(
    test: FurtherTest,
    splits: Splits,
    digests: Mapping[str, NDArray[np.uint8]],
    task: str,
    cache: Path,
    output: str | None,
) -> tuple[Split, list[str]]:
    """Return the test set and what there is to say of it."""
    name = f"{TESTED}.{test.name}"
    offered = {"split_seed": test.split_seed, "cache": cache, "task": task}
    given = call_function(test.function, test.keywords, offered, key=f"tests.{test.name}")
    one, classes, findings = _test_of(given)
    split = filled(name, one, output)
    check_names_alike("inputs", {"train": names_of_inputs(splits.train.x), name: names_of_inputs(split.x)})
    check_names_alike(
        "labels of outputs", {"train": tuple(splits.train.labels) or None, name: tuple(split.labels) or None}
    )
    split = replace(
        split,
        x=in_order(split.x, names_of_inputs(splits.train.x)),
        labels={key: split.labels[key] for key in splits.train.labels},
        sample_weight=None,
    )
    if task == "classification":
        split = _numbered_as(split, classes, splits.classes)
    if test.others:
        split = _of_others(split, test.name)
    validate_test(name, split, splits.train, splits.classes, task)
    split = with_types(split, label_type(task))
    leaks = find_leaks_into(name, split, splits, {**digests, name: row_digests(split.x)}, leakage=test.leakage)
    return split, [f"tests.{test.name}: {sentence}" for sentence in findings] + list(leaks)


def _test_of(given: Any) -> tuple[Any, tuple[str, ...], tuple[str, ...]]:
    """Return the test set in what a data function gave, the names of its classes, and what it says of loading them."""
    if isinstance(given, Splits):
        return given.test, given.classes, given.findings
    if not isinstance(given, Mapping) or {"x", "y"} <= set(given):
        return given, (), ()  # one split alone
    classes = tuple(str(name) for name in given.get("classes", ()))
    found = [split for key, split in given.items() if str(key).lower() in SPLIT_NAMES[TESTED]]
    if len(found) != 1:
        keys = ", ".join(map(str, given)) or "nothing"
        raise InputError(
            f"Expected of a further test set a split `test`, or one split alone: a Split, (x, y), or a mapping with x "
            f"and y. Received: {keys}."
        )
    return found[0], classes, tuple(map(str, given.get("findings", ())))


def _numbered_as(split: Split, own: tuple[str, ...], classes: tuple[str, ...]) -> Split:
    """Return the split with its classes numbered as train's, by their names, where both have names."""
    if not own or not classes or own == classes:
        return split
    known = np.unique(split.y[np.isfinite(split.y)]).astype(np.int64)
    there = [own[label] for label in known if 0 <= label < len(own)]
    if unknown := [name for name in there if name not in classes]:
        raise InputError(
            f"Expected only classes of train: {', '.join(classes)}. Received: {', '.join(unknown)}. Leave them out, or "
            "name them as in train."
        )
    number = np.array([classes.index(name) if name in classes else -1 for name in own])
    y = number[split.y.astype(np.int64)]
    return replace(split, y=y, labels={key: y if values is split.y else values for key, values in split.labels.items()})


def _of_others(split: Split, name: str) -> Split:
    """Return the split with the name of the test set before those of its people and videos."""

    def named(column: NDArray[np.str_]) -> NDArray[np.str_]:
        return np.where(column == "", "", np.char.add(f"{name}: ", column))

    other = None if split.other_subject is None else named(split.other_subject)
    return replace(split, subject=named(split.subject), video=named(split.video), other_subject=other)


def _stored(split: Split, splits: Splits, cache: Path) -> str:
    """Return the digest of a test set's content, after it lies in the cache under it."""
    data_id = split_digest(TESTED, split, row_digests(split.x), splits.classes)
    alone = Splits(split, split, split, classes=splits.classes)
    write_folder(
        data_folder(cache, data_id), partial(write_splits, named={TESTED: split}, splits=alone, cache=cache), fits=whole
    )
    return data_id
