"""Loss, accuracy and AUC of a trained classifier in the modes that Keras knows: a measure that a study may name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data import Splits
from sweep.errors import InputError
from sweep.metrics.curves import auc_of
from sweep.metrics.scores import both


def by_mode(model: Any, splits: Splits, *, batch_size: int = 32) -> dict[str, float]:
    """Return mode_MODE_loss, _accuracy and _auc on test, for the modes dynamic, inference and training.

    dynamic: as `model.evaluate` and `model.predict` choose the mode. inference: `training=False`. training:
    `training=True`, in batches of nearly batch_size drawn at random (each once), since the batch is part of the answer;
    the model is left as it was. Two classes, labelled 0 and 1. Raises InputError for other labels.
    """
    x, y = splits.test.x, splits.test.y
    if set(np.unique(y).tolist()) != {0, 1}:
        raise InputError("measure: expected test to hold the labels 0 and 1 for by_mode. Received: others.")
    order = np.random.default_rng(0).permutation(len(y))
    batches = np.array_split(order, max(1, round(len(y) / batch_size)))

    def forward(training: bool) -> _Pass:
        found, added = [], []
        for rows in batches:
            found.append(np.asarray(model(np.asarray(x[rows], np.float32), training=training)))
            added.append(sum(float(value) for value in model.losses))  # a layer may add another loss in each call
        return _Pass(np.concatenate(found)[np.argsort(np.concatenate(batches))], _over(added, batches))

    pixels = np.asarray(x[:], np.float32)
    predicted = np.asarray(model.predict(pixels, batch_size=batch_size, verbose=0))
    loss = float(model.evaluate(pixels, y, batch_size=batch_size, verbose=0))
    return {
        **_measured("dynamic", y, predicted, loss),
        **_in_mode("inference", model, y, forward(training=False)),
        **_in_mode("training", model, y, _unchanged(model, forward)),
    }


@dataclass(frozen=True)
class _Pass:
    """outputs: (n, k) in the order of test. added: the mean loss that the model itself adds."""

    outputs: NDArray[np.float32]
    added: float


def _over(added: list[float], batches: list[NDArray[Any]]) -> float:
    """Return the mean over all samples of what each batch added."""
    if len(set(added)) == 1:
        return added[0]
    return float(np.average(added, weights=[len(rows) for rows in batches]))


def _unchanged(model: Any, forward: Callable[[bool], _Pass]) -> _Pass:
    """Return what comes out in training mode, and put back what it changes: moving statistics, random states."""
    states = [(one, np.asarray(one).copy()) for one in model.non_trainable_variables]
    try:
        return forward(True)
    finally:
        for variable, value in states:
            variable.assign(value)


def _in_mode(mode: str, model: Any, y: NDArray[Any], done: _Pass) -> dict[str, float]:
    import keras

    target = y.astype(np.float32)[:, None] if done.outputs.shape[1] == 1 else y
    values = keras.ops.convert_to_numpy(keras.losses.get(model.loss)(target, done.outputs))
    return _measured(mode, y, done.outputs, float(np.mean(values, dtype=np.float64)) + done.added)


def _measured(mode: str, y: NDArray[Any], outputs: NDArray[np.float32], loss: float) -> dict[str, float]:
    score = outputs[:, -1].astype(np.float64)
    found = {
        "loss": loss,
        "accuracy": float(np.mean((score > 0.5) == (y == 1))),
        "auc": float(auc_of(*both(score[y == 1], score[y == 0]))),
    }
    return {f"mode_{mode}_{name}": value for name, value in found.items()}
