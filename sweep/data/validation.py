"""What must hold of the splits before a trial may see them: one message for each thing that does not."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sweep.data.images import Images
from sweep.data.inputs import each_array
from sweep.data.splits import Split, Splits
from sweep.errors import InputError
from sweep.metrics.attack_errors import check_attack_types

_LARGEST = float(np.finfo(np.float32).max)  # models compute in float32: beyond it a number becomes infinite
TASKS = ("verification", "classification", "regression")


def validate(splits: Splits, task: str) -> None:
    """Raise InputError unless the splits can serve the task.

    Checked: rows there, inputs numeric, finite and of one shape and type; sample ids unique; labels fit the task:
    verification 1 and 0, both in every split, attack types beside 0 alone; classification whole numbers from 0, each
    class in train; regression finite numbers.
    """
    for name, split in splits.items():
        check_inputs(name, split, splits.train)
        check_labels(name, split, task)
        _check_weights(name, split)
    _check_samples([split for _, split in splits.items()])
    if task == "verification":
        _check_both_classes(dict(splits.items()))
        for name, split in splits.items():
            if split.attack_type is not None:
                check_attack_types(split.attack_type, split.y, name)
    if task == "classification":
        _check_classes(splits)


def validate_test(name: str, split: Split, train: Split, classes: tuple[str, ...], task: str) -> None:
    """Raise InputError unless a further test set can be scored by what was trained; see `validate`.

    name: of its split. classes: the names of train's classes, where known.
    """
    check_inputs(name, split, train)
    check_labels(name, split, task)
    _check_samples([split])
    if task == "verification":
        _check_both_classes({name: split})
        if split.attack_type is not None:
            check_attack_types(split.attack_type, split.y, name)
    if task == "classification":
        _check_known(name, split, {int(label) for label in np.unique(train.y)}, len(classes) or int(train.y.max()) + 1)


def _check_samples(splits: Sequence[Split]) -> None:
    samples = np.concatenate([split.sample for split in splits])
    names, counts = np.unique(samples, return_counts=True)
    if len(names) < len(samples):
        repeated = names[counts > 1]
        raise InputError(
            f"Expected every sample id once. Received: {_few(repeated)} more than once. "
            "Leave `sample` out to have the samples numbered."
        )


def check_inputs(name: str, split: Split, train: Split) -> None:
    """Raise InputError unless the inputs are there, numeric, finite, and of the shape and type of train's."""
    if len(split) == 0:
        raise InputError(f"Expected samples in {name}. Received: none.")
    of_train = each_array(train.x)
    for key, x in each_array(split.x).items():
        _check_input(f"x of {name}{f', {key},' if key else ''}", x, of_train[key], name, split)


def _check_input(what: str, x: Any, of_train: Any, name: str, split: Split) -> None:
    if len(x.shape) < 2 or np.dtype(x.dtype).kind not in "buif":
        way = " Say .astype('float32')." if np.dtype(x.dtype).kind == "O" else ""
        way = " Say .reshape(-1, 1)." if what.endswith(",") and len(x.shape) == 1 else way
        raise InputError(
            f"Expected {what} as numbers with shape (n, ...), a row a sample. Received: shape {tuple(x.shape)}, "
            f"type {x.dtype}.{way}"
        )
    if x.shape[1:] != of_train.shape[1:] or x.dtype != of_train.dtype:
        told = f" for {what.split(', ')[1].rstrip(',')}" if what.endswith(",") else ""
        raise InputError(
            f"Expected inputs of one shape and type in all splits{told}. Received: {of_train.shape[1:]} "
            f"{of_train.dtype} in train, {x.shape[1:]} {x.dtype} in {name}."
        )
    row = None if isinstance(x, Images) else _first_not_finite(x)
    if row is not None:
        raise InputError(
            f"Expected finite inputs. Received: {_not_finite(x[row])} in {what.rstrip(',')}, sample "
            f"{split.sample[row]}. Remove or repair that sample."
        )


def _not_finite(values: Any) -> str:
    if np.isfinite(np.asarray(values)).all():
        return "more than 3.4e38, infinite for a model in float32,"
    return "NaN or infinity"


def _first_not_finite(x: Any) -> int | None:
    """Return the first row with a NaN or a number beyond float32, looking at some 4 million numbers at a time."""
    if np.dtype(x.dtype).kind != "f":
        return None
    step = max(1, 4_000_000 // max(1, int(np.prod(x.shape[1:]))))
    for start in range(0, len(x), step):
        block = np.asarray(x[start : start + step]).reshape(len(x[start : start + step]), -1)
        finite = (np.abs(block) <= _LARGEST).all(axis=1)  # false for NaN, too
        if not finite.all():
            return start + int(np.argmin(finite))
    return None


def check_labels(name: str, split: Split, task: str) -> None:
    """Raise InputError unless the labels are numbers that fit the task."""
    y = split.y
    if y.dtype.kind not in "buif":
        raise InputError(f"Expected numbers as labels. Received: type {y.dtype} in y of {name}. Number the classes.")
    wrong = ~(np.abs(y.astype(np.float64)) <= _LARGEST)
    expected = "finite labels"
    if task == "verification":
        wrong = wrong | ~np.isin(y, (0, 1))
        expected = "labels 1 (genuine) and 0 (impostor)"
    elif task == "classification":
        wrong = wrong | (y < 0) | (y != np.round(y))
        expected = "the classes numbered 0, 1, 2, ..."
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(f"Expected {expected}. Received: {y[row]} in y of {name}, sample {split.sample[row]}.")


def _check_weights(name: str, split: Split) -> None:
    weights = split.sample_weight
    if weights is None:
        return
    expected = f"Expected sample_weight of {name} as numbers of 0 or more, one of them above 0."
    if weights.dtype.kind not in "buif":
        raise InputError(f"{expected} Received: type {weights.dtype}.")
    wrong = ~((weights >= 0) & (weights <= _LARGEST))  # true for NaN, too
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(f"{expected} Received: {weights[row]}, sample {split.sample[row]}.")
    if not weights.any():
        raise InputError(f"{expected} Received: 0 for all samples.")


def _check_both_classes(splits: Mapping[str, Split]) -> None:
    for name, split in splits.items():
        genuine = int(np.sum(split.y == 1))
        impostor = len(split) - genuine
        if not (genuine and impostor):
            raise InputError(
                f"Expected genuine and impostor samples in every split. Received: {genuine} genuine and {impostor} "
                f"impostor in {name}. An error rate needs both."
            )


def _check_classes(splits: Splits) -> None:
    known = {int(label) for label in np.unique(splits.train.y)}
    n_classes = len(splits.classes) or max(known) + 1
    absent = sorted(set(range(n_classes)) - known)
    if absent or n_classes < 2:
        names = [splits.classes[label] if splits.classes else str(label) for label in absent]
        raise InputError(
            f"Expected two classes or more, each with samples in train. Received: {n_classes} classes"
            + (f", none of class {_few(names)}." if absent else ".")
        )
    for name, split in splits.items():
        _check_known(name, split, known, n_classes)


def _check_known(name: str, split: Split, known: set[int], n_classes: int) -> None:
    strange = sorted({int(label) for label in np.unique(split.y)} - (known & set(range(n_classes))))
    if strange:
        raise InputError(
            f"Expected in {name} only the {n_classes} classes of train. Received: {_few(strange)} in {name}."
        )


def _few(values: Any, limit: int = 5) -> str:
    """Return the first values in words, and how many more there are."""
    shown = ", ".join(str(value) for value in values[:limit])
    return shown if len(values) <= limit else f"{shown} and {len(values) - limit} more"
