"""What a model gives for a split: its outputs in inference mode, and the loss over them as Keras has it."""

from typing import Any

import keras
import numpy as np

from sweep.data.inputs import float_rows, in_each
from sweep.models.layers import adds_losses_in_calls
from sweep.trial.batches import BatchesInOrder
from sweep.trial.fitting import TrainingDivergedError
from sweep.trial.model_outputs import ModelOutputs
from sweep.trial.output_losses import OutputLosses

SCORE_BATCH = 256  # fixed, and the last batch padded to it, so that scoring is traced once


def predict(model: keras.Model, x: Any, outputs: ModelOutputs | None = None) -> np.ndarray:
    """Return the model's scored output in inference mode, (n, k) as float32, for inputs (n, ...).

    outputs: of the model; None is one array.
    """
    parts = []
    for start in range(0, len(x), SCORE_BATCH):
        rows = np.arange(start, min(start + SCORE_BATCH, len(x)))
        found = model.predict_on_batch(in_each(_padded, float_rows(x, rows)))
        parts.append(np.asarray(found if outputs is None else outputs.score(found), dtype=np.float32)[: len(rows)])
    return np.concatenate(parts)


def dev_scores(model: keras.Model, x: Any, outputs: ModelOutputs) -> np.ndarray:
    """Return what `predict` gives for dev in the middle of a training.

    Raises:
        TrainingDivergedError: a score is not finite.
    """
    scores = predict(model, x, outputs)
    if not np.isfinite(scores).all():
        raise TrainingDivergedError("Expected finite scores on dev. Received: NaN or infinity.")
    return scores


def _padded(batch: np.ndarray) -> np.ndarray:
    return np.concatenate([batch, np.zeros((SCORE_BATCH - len(batch), *batch.shape[1:]), np.float32)])


def mean_loss(model: keras.Model, loss: Any, x: Any, labels: Any, outputs: np.ndarray, batch_size: int) -> float:
    """Return the loss over x (n, ...), labels (n,) and outputs (n, k) with what the model adds, as Keras has it.

    labels: output -> labels, where several outputs have some; then the loss is the weighted sum that is trained.

    What layers add in a call (activity_regularizer, add_loss) depends on the batch: there Keras evaluates, in batches
    of batch_size, as its `fit` does on validation data.
    """
    if isinstance(loss, OutputLosses) or adds_losses_in_calls(model):
        return _evaluated(model, loss, x, labels, batch_size)
    target = labels.astype(np.float32)[:, None] if outputs.shape[1] == 1 else labels
    values = keras.ops.convert_to_numpy(keras.losses.get(loss)(target, outputs))
    return float(np.mean(values, dtype=np.float64)) + sum(float(value) for value in model.losses)


def _evaluated(model: keras.Model, loss: Any, x: Any, labels: Any, batch_size: int) -> float:
    in_structure = loss.outputs.structured if isinstance(loss, OutputLosses) else None
    batches = BatchesInOrder(x, labels, batch_size, in_structure)
    found = model.evaluate(batches, verbose=0, return_dict=True)
    return float(found["loss"])
