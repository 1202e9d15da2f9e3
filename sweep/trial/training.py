"""Fitting one model: our own sample order, the epochs' record on dev, early stopping, the best epoch kept."""

import math
from collections.abc import Callable, Collection
from typing import Any

import keras
import numpy as np

from sweep.errors import InputError, nearest
from sweep.models.layers import adds_losses_in_calls
from sweep.trial import weights

SCORE_BATCH = 256  # fixed, and the last batch padded to it, so that scoring is traced once


class TrainingDivergedError(ArithmeticError):
    """The loss is no longer a finite number."""


class ShuffledBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The training set in batches, epoch after epoch without end, in another order in every epoch.

    After seeding, Keras replays one order in every epoch; here the order of epoch e comes from (order seed, e) alone.
    Without end, since Keras would make a new iterator twice an epoch: more than half of the time of a very small net.

    steps: batches in an epoch; the last may be smaller. first_epoch: the epoch of batch 0.
    """

    num_batches = None  # in Keras's words: without end

    def __init__(self, x: Any, y: np.ndarray, batch_size: int, order: int) -> None:
        """Take x (n, ...) and y (n,); `order` is the seed of the stream "order"."""
        super().__init__()
        self._x, self._y, self._batch_size, self._order = x, y, batch_size, order
        self.steps = math.ceil(len(y) / batch_size)
        self.first_epoch = 0
        self._drawn: tuple[int, np.ndarray] | None = None

    def permutation(self, epoch: int) -> np.ndarray:
        """Return the order of an epoch: rows of the training set, (n,)."""
        drawn = self._drawn
        if drawn is None or drawn[0] != epoch:
            drawn = epoch, np.random.default_rng([self._order, epoch]).permutation(len(self._y))
            self._drawn = drawn
        return drawn[1]

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return batch `index`, counted from the first epoch on, inputs as float32."""
        epoch, step = divmod(index, self.steps)
        rows = self.permutation(self.first_epoch + epoch)[step * self._batch_size : (step + 1) * self._batch_size]
        return np.asarray(self._x[rows], dtype=np.float32), self._y[rows]


class _EpochOnDev(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps a record of each epoch, and adds dev's metrics to its logs before early stopping reads them."""

    def __init__(self, batches: ShuffledBatches, dev_metrics: Callable[[], dict[str, float]]) -> None:
        super().__init__()
        self._batches, self._dev_metrics = batches, dev_metrics
        self.epochs: list[dict[str, Any]] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        logs = {} if logs is None else logs
        check_logs(logs)
        if not math.isfinite(logs["loss"]):
            raise TrainingDivergedError(
                f"Expected a finite loss. Received: {logs['loss']} in epoch {epoch + 1}. "
                "Lower train.learning_rate, or look for NaN in what the model computes."
            )
        whole, layers = weights.by_layer(self.model)
        logs.update(self._dev_metrics())
        self.epochs.append(
            {
                "epoch": float(epoch),
                **{key: float(value) for key, value in logs.items()},
                "order_sha256": weights.digest([self._batches.permutation(epoch)])[: weights.LAYER_DIGITS],
                "weights_sha256": whole,
                "layers_sha256": weights.joined(layers),
            }
        )


class _StepsOfEpoch(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the digests of every layer after each step of one epoch, for whoever looks for the first step that differs.

    A callback of its own, since hooks for every batch cost time that an ordinary trial should not spend.
    """

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self._epoch, self._at = epoch, -1
        self.steps: list[str] = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._at = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self._at == self._epoch:
            self.steps.append(weights.joined(weights.by_layer(self.model)[1]))


def check_monitor(monitor: str, measured: Collection[str]) -> None:
    """Raise InputError unless early stopping watches the training loss or one of the metrics of dev."""
    known = ["loss", *measured]
    if monitor not in known:
        raise InputError(
            f"train.early_stopping.monitor: expected one of {', '.join(known)}. Received: {monitor}."
            f"{nearest(monitor, known)}"
        )


def check_logs(logs: Any) -> None:
    """Raise InputError unless what a step of the training returns is a mapping with its loss."""
    if not isinstance(logs, dict) or "loss" not in logs:
        named = ", ".join(logs) if isinstance(logs, dict) else type(logs).__name__
        raise InputError(
            f"model: expected its train_step to return a mapping with 'loss'. Received: {named or 'nothing'}. "
            "Return {'loss': value}."
        )


def fit(
    model: keras.Model,
    batches: ShuffledBatches,
    dev_metrics: Callable[[], dict[str, float]],
    *,
    measured: Collection[str],
    epochs: int,
    monitor: str,
    patience: int | None,
    min_delta: float,
    keep_best: bool,
    first_epoch: int = 0,
    trace_epoch: int | None = None,
) -> tuple[list[dict[str, Any]], int]:
    """Fit a compiled model and return (a record for each epoch, the epoch whose weights were kept).

    A record holds epoch (from 0), loss and dev's metrics, and digests: of the order of the samples, of all weights, and
    of each layer (`sweep.trial.weights.joined`).

    Args:
        model: compiled; afterwards it holds the weights of the best epoch on dev, or of the last.
        batches: the training set.
        dev_metrics: () -> dev's metrics at the current weights.
        measured: the names of those metrics.
        epochs: at most so many.
        monitor: the name of the metric that decides; less is better unless its name says otherwise.
        patience: epochs without improvement before the end; None trains all epochs.
        min_delta: what counts as an improvement.
        keep_best: whether the best epoch's weights are kept.
        first_epoch: the number of the first epoch; above 0 in a phase that follows another.
        trace_epoch: an epoch whose record shall hold `steps`, the layers' digests after each of its steps.

    Raises:
        TrainingDivergedError: the loss is no longer finite.
        InputError: nothing of the name `monitor` is measured.
    """
    record = _EpochOnDev(batches, dev_metrics)
    check_monitor(monitor, measured)
    stopping = keras.callbacks.EarlyStopping(
        monitor=monitor,
        patience=epochs if patience is None else patience,
        min_delta=min_delta,
        mode="max" if monitor.endswith(("accuracy", "auc", "f1", "r2")) else "min",
        restore_best_weights=keep_best,
    )
    steps = [] if trace_epoch is None else [_StepsOfEpoch(trace_epoch)]
    batches.first_epoch = first_epoch
    model.fit(
        batches,
        steps_per_epoch=batches.steps,
        epochs=first_epoch + epochs,
        initial_epoch=first_epoch,
        shuffle=False,
        verbose=0,
        callbacks=[record, stopping, *steps],
    )
    for one in steps:
        for epoch in record.epochs:
            if epoch["epoch"] == one._epoch:
                epoch["steps"] = one.steps
    return record.epochs, int(stopping.best_epoch) if keep_best else int(record.epochs[-1]["epoch"])


def predict(model: keras.Model, x: Any) -> np.ndarray:
    """Return the model's outputs in inference mode, (n, outputs) as float32, for inputs (n, ...)."""
    parts = []
    for start in range(0, len(x), SCORE_BATCH):
        rows = np.arange(start, min(start + SCORE_BATCH, len(x)))
        batch = np.asarray(x[rows], dtype=np.float32)
        padded = np.concatenate([batch, np.zeros((SCORE_BATCH - len(rows), *batch.shape[1:]), np.float32)])
        parts.append(np.asarray(model.predict_on_batch(padded))[: len(rows)])
    return np.concatenate(parts)


def mean_loss(model: keras.Model, loss: str, x: Any, labels: np.ndarray, outputs: np.ndarray, batch_size: int) -> float:
    """Return the loss over x (n, ...), labels (n,) and outputs (n, k) with what the model adds, as Keras has it.

    What layers add in a call (activity_regularizer, add_loss) depends on the batch: there Keras evaluates, in batches
    of batch_size, as its `fit` does on validation data.
    """
    if adds_losses_in_calls(model):
        return _evaluated(model, x, labels, batch_size)
    target = labels.astype(np.float32)[:, None] if outputs.shape[1] == 1 else labels
    values = keras.ops.convert_to_numpy(keras.losses.get(loss)(target, outputs))
    return float(np.mean(values, dtype=np.float64)) + sum(float(value) for value in model.losses)


class _InOrder(keras.utils.PyDataset):  # type: ignore[misc]
    """Samples in batches, in their order."""

    def __init__(self, x: Any, y: np.ndarray, batch_size: int) -> None:
        super().__init__()
        self._x, self._y, self._batch_size = x, y, batch_size

    def __len__(self) -> int:
        return math.ceil(len(self._y) / self._batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rows = np.arange(index * self._batch_size, min((index + 1) * self._batch_size, len(self._y)))
        return np.asarray(self._x[rows], dtype=np.float32), self._y[rows]


def _evaluated(model: keras.Model, x: Any, labels: np.ndarray, batch_size: int) -> float:
    found = model.evaluate(_InOrder(x, labels, batch_size), verbose=0, return_dict=True)
    return float(found["loss"])
