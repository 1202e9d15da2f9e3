"""Loss, accuracy and AUC of a trained classifier in the modes that Keras knows: a measure that a study may name."""

from collections.abc import Callable
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

    def forward(training: bool) -> NDArray[np.float32]:
        found: list[NDArray[np.float32]] = [
            np.asarray(model(np.asarray(x[rows], np.float32), training=training)) for rows in batches
        ]
        return np.concatenate(found)[np.argsort(np.concatenate(batches))]

    pixels = np.asarray(x[:], np.float32)
    predicted = np.asarray(model.predict(pixels, batch_size=batch_size, verbose=0))
    loss = float(model.evaluate(pixels, y, batch_size=batch_size, verbose=0))
    return {
        **_measured("dynamic", y, predicted, lambda outputs: loss),
        **_measured("inference", y, forward(training=False), lambda outputs: _mean_loss(model, y, outputs)),
        **_measured("training", y, _unchanged(model, forward), lambda outputs: _mean_loss(model, y, outputs)),
    }


def _unchanged(model: Any, forward: Callable[[bool], NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return the outputs in training mode, and put back what this mode changes: moving statistics, random states."""
    states = [(one, np.asarray(one).copy()) for one in model.non_trainable_variables]
    try:
        return forward(True)
    finally:
        for variable, value in states:
            variable.assign(value)


def _mean_loss(model: Any, y: NDArray[Any], outputs: NDArray[np.float32]) -> float:
    import keras

    target = y.astype(np.float32)[:, None] if outputs.shape[1] == 1 else y
    values = keras.ops.convert_to_numpy(keras.losses.get(model.loss)(target, outputs))
    return float(np.mean(values, dtype=np.float64)) + sum(float(value) for value in model.losses)


def _measured(
    mode: str, y: NDArray[Any], outputs: NDArray[np.float32], loss: Callable[[NDArray[np.float32]], float]
) -> dict[str, float]:
    score = outputs[:, -1].astype(np.float64)
    found = {
        "loss": loss(outputs),
        "accuracy": float(np.mean((score > 0.5) == (y == 1))),
        "auc": float(auc_of(*both(score[y == 1], score[y == 0]))),
    }
    return {f"mode_{mode}_{name}": value for name, value in found.items()}
