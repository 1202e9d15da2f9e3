"""What a model gives for a split: its outputs in inference mode, and the loss over them as Keras has it."""

from typing import Any

import keras
import numpy as np

from sweep.models.layers import adds_losses_in_calls
from sweep.trial.batches import BatchesInOrder

SCORE_BATCH = 256  # fixed, and the last batch padded to it, so that scoring is traced once


def predict(model: keras.Model, x: Any) -> np.ndarray:
    """Return the model's outputs in inference mode, (n, outputs) as float32, for inputs (n, ...)."""
    parts = []
    for start in range(0, len(x), SCORE_BATCH):
        rows = np.arange(start, min(start + SCORE_BATCH, len(x)))
        batch = np.asarray(x[rows], dtype=np.float32)
        padded = np.concatenate([batch, np.zeros((SCORE_BATCH - len(rows), *batch.shape[1:]), np.float32)])
        parts.append(np.asarray(model.predict_on_batch(padded), dtype=np.float32)[: len(rows)])
    return np.concatenate(parts)


def mean_loss(model: keras.Model, loss: Any, x: Any, labels: np.ndarray, outputs: np.ndarray, batch_size: int) -> float:
    """Return the loss over x (n, ...), labels (n,) and outputs (n, k) with what the model adds, as Keras has it.

    What layers add in a call (activity_regularizer, add_loss) depends on the batch: there Keras evaluates, in batches
    of batch_size, as its `fit` does on validation data.
    """
    if adds_losses_in_calls(model):
        return _evaluated(model, x, labels, batch_size)
    target = labels.astype(np.float32)[:, None] if outputs.shape[1] == 1 else labels
    values = keras.ops.convert_to_numpy(keras.losses.get(loss)(target, outputs))
    return float(np.mean(values, dtype=np.float64)) + sum(float(value) for value in model.losses)


def _evaluated(model: keras.Model, x: Any, labels: np.ndarray, batch_size: int) -> float:
    found = model.evaluate(BatchesInOrder(x, labels, batch_size), verbose=0, return_dict=True)
    return float(found["loss"])
