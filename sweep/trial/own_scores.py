"""Scores that a user's own code hands in: one array a split, of the right length, finite, as the task's outputs."""

import reprlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data import Splits
from sweep.errors import InputError
from sweep.metrics.elsewhere import BEFORE
from sweep.trial.tasks import TASKS, n_classes

REQUIRED = ("dev", "test")
_SHAPES = {
    "verification": "(n,), higher is more genuine",
    "classification": "(n, {classes}), probabilities",
    "regression": "(n,), values",
}


def own_outputs(use: str, task: str, splits: Splits, found: Any) -> dict[str, NDArray[Any]]:
    """Return split -> outputs (n, k) as float64, of what a `trial` returned: dev, test, each further test
    set as test.NAME, and train if it is there.

    Raises:
        InputError: it is no mapping of these splits, or the scores of a split do not fit its samples.
    """
    tests = tuple(f"{BEFORE}{name}" for name in splits.tests)
    also = "".join(f", '{name}': scores" for name in tests)
    expected = f"trial: expected {use} to return {{'dev': scores, 'test': scores{also}}}."
    if not isinstance(found, Mapping):
        raise InputError(f"{expected} Received: {'nothing' if found is None else type(found).__name__}.")
    keys = [str(key) for key in found]
    if unknown := [key for key in keys if key not in (*REQUIRED, *tests, "train")]:
        raise InputError(f"{expected} Received the key {unknown[0]}; train may stand beside them.")
    if missing := [name for name in (*REQUIRED, *tests) if name not in keys]:
        raise InputError(f"{expected} Received: no {' and no '.join(missing)}.")
    return {
        name: one_split(use, task, splits, name, found[name]) for name in ("train", *REQUIRED, *tests) if name in keys
    }


def one_split(use: str, task: str, splits: Splits, name: str, scores: Any) -> NDArray[Any]:
    """Return the outputs (n, k) of one split as float64; errors as in `own_outputs`."""
    split = splits.tests[name.removeprefix(BEFORE)] if name.startswith(BEFORE) else getattr(splits, name)
    if name == "train" and splits.stream is not None:
        raise InputError(
            f"trial: expected {use} to give scores of dev and test. Received: of train too, which hands out batches, "
            "so that nobody knows whose they are. Leave train out."
        )
    classes = n_classes(task, splits.classes, splits.train.y)
    shape = _SHAPES[task].format(classes=classes)
    expected = f"trial: expected {use} to give {name}'s scores as {shape}, for its n = {len(split)} samples."
    if hasattr(scores, "detach") and hasattr(scores, "cpu"):
        scores = scores.detach().cpu()  # a PyTorch tensor
    try:
        values = np.asarray(scores)
        if values.dtype.kind == "c":
            raise InputError(f"{expected} Received: complex numbers. Return their real part, or what is meant.")
        values = values.astype(np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{expected} Received: {type(scores).__name__}, {reprlib.repr(scores)}.") from None
    if values.ndim == 0:
        raise InputError(f"{expected} Received: one value, {values.item():g}.")
    columns = values[:, None] if values.ndim == 1 else values
    wanted = TASKS[task].expected_outputs(classes)
    if columns.ndim != 2 or len(columns) != len(split) or columns.shape[1] not in wanted:
        raise InputError(f"{expected} Received: an array of shape {values.shape}.")
    if n_bad := int((~np.isfinite(columns)).any(axis=1).sum()):
        raise InputError(f"{expected} Received: NaN or infinity for {n_bad} of them.")
    return columns


def in_unit_interval(outputs: Mapping[str, NDArray[Any]]) -> bool:
    """Return whether all outputs may be probabilities."""
    return all(bool(((values >= 0) & (values <= 1)).all()) for values in outputs.values())


def usual_loss(task: str, labels: NDArray[Any], outputs: NDArray[Any]) -> dict[str, float]:
    """Return {"val_loss": the task's usual loss}: cross-entropy, or mean squared error; {} where outputs have none.

    outputs: (n, k); cross-entropy is that of probabilities, clipped at 1e-7 as Keras does.
    """
    values = np.asarray(outputs, dtype=np.float64)
    if task == "regression":
        return {"val_loss": float(np.mean((values[:, 0] - labels) ** 2))}
    if not in_unit_interval({"": values}):
        return {}
    genuine = values[:, 0]
    right = np.where(labels == 1, genuine, 1 - genuine) if values.shape[1] == 1 else _of_class(values, labels)
    return {"val_loss": float(-np.mean(np.log(np.clip(right, 1e-7, 1 - 1e-7))))}


def _of_class(values: NDArray[Any], labels: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(values[np.arange(len(values)), labels.astype(np.int64)])
