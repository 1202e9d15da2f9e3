"""Fitting one model: the epochs' record on dev, early stopping, the best epoch kept."""

import math
from collections.abc import Callable, Collection, Sequence
from typing import Any

import keras
import numpy as np

from sweep.errors import InputError, nearest
from sweep.metrics.catalogue import metric_called
from sweep.trial import weights
from sweep.trial.batches import ShuffledBatches
from sweep.trial.raised import RaisedError
from sweep.trial.steps_together import in_one_pipeline, so_many, steps_together
from sweep.trial.stream_batches import StreamBatches


class TrainingDivergedError(ArithmeticError):
    """The loss is no longer a finite number."""


class _EpochOnDev(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps a record of each epoch, and adds dev's metrics to its logs before early stopping reads them."""

    def __init__(self, batches: ShuffledBatches | StreamBatches, dev_metrics: Callable[[], dict[str, float]]) -> None:
        super().__init__()
        self._batches, self._dev_metrics = batches, dev_metrics
        self.epochs: list[dict[str, Any]] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        logs = {} if logs is None else logs
        check_logs(logs)
        if not math.isfinite(logs["loss"]):
            raise TrainingDivergedError(
                f"Expected a finite loss. Received: {logs['loss']} in epoch {epoch + 1}. "
                "Lower train.learning_rate, or look for NaN in what the model or the loss computes."
            )
        order = self._batches.order_digest(epoch)
        self._batches.end_epoch()
        whole, layers = weights.by_layer(self.model)
        logs.update(self._dev_metrics())
        self.epochs.append(
            {
                "epoch": float(epoch),
                **{key: float(value) for key, value in logs.items()},
                "order_sha256": order,
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


class _AverageInPlace(keras.callbacks.Callback):  # type: ignore[misc]
    """Puts the moving average of the weights in place while an epoch is measured; `back` puts the weights back.

    Keras puts the average in place only after the last epoch: dev would be measured on other weights than are kept.
    """

    def __init__(self) -> None:
        super().__init__()
        self._swap = keras.callbacks.SwapEMAWeights()
        self.back = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: self._swap.on_test_end())

    def set_model(self, model: keras.Model) -> None:
        super().set_model(model)
        self._swap.set_model(model)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._swap.on_test_begin()


def averages(optimizer: Any) -> bool:
    """Return whether an optimizer keeps a moving average of the weights (use_ema)."""
    return bool(getattr(getattr(optimizer, "inner_optimizer", optimizer), "use_ema", False))


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
        named = ", ".join(logs) if isinstance(logs, dict) else "" if logs is None else type(logs).__name__
        raise InputError(
            f"model: expected its train_step to return a mapping with 'loss'. Received: {named or 'nothing'}. "
            "Return {'loss': value}."
        )
    try:
        float(np.asarray(logs["loss"], dtype=np.float64).reshape(()))
    except (TypeError, ValueError):
        what = f"shape {tuple(logs['loss'].shape)}" if hasattr(logs["loss"], "shape") else repr(logs["loss"])[:80]
        raise InputError(f"model: expected its train_step to return one number as 'loss'. Received: {what}.") from None


def fit(
    model: keras.Model,
    batches: ShuffledBatches | StreamBatches,
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
    callbacks: Sequence[Any] = (),
    at_end: Sequence[Any] = (),
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
        monitor: the name of the metric that decides; which way is better, the catalogue says.
        patience: epochs without improvement before the end; None trains all epochs.
        min_delta: what counts as an improvement.
        keep_best: whether the best epoch's weights are kept.
        first_epoch: the number of the first epoch; above 0 in a phase that follows another.
        trace_epoch: an epoch whose record shall hold `steps`, the layers' digests after each of its steps.
        callbacks: the study's. They find dev's metrics in the logs, and what they change in the weights is after the
            record of an epoch, and at the end after the best epoch's weights are back.
        at_end: callbacks that see the last epoch's weights at the end, before the best one's are put back.

    Raises:
        TrainingDivergedError: the loss is no longer finite.
        InputError: nothing of the name `monitor` is measured, or what the user's functions do is wrong.
    """
    record = _EpochOnDev(batches, dev_metrics)
    check_monitor(monitor, measured)
    stopping = keras.callbacks.EarlyStopping(
        monitor=monitor,
        patience=epochs if patience is None else patience,
        min_delta=min_delta,
        mode="max" if metric_called(monitor).higher_is_better else "min",
        restore_best_weights=keep_best,
    )
    steps = [] if trace_epoch is None else [_StepsOfEpoch(trace_epoch)]
    averaged = [_AverageInPlace()] if averages(model.optimizer) else []
    batches.first_epoch = first_epoch
    every = [*averaged, record, *at_end, stopping, *callbacks, *(one.back for one in averaged), *steps]
    together = steps_together(model, batches, every, epochs)
    try:
        with so_many(model, together):
            model.fit(
                in_one_pipeline(batches) if together > 1 else batches,
                steps_per_epoch=batches.steps,
                epochs=first_epoch + epochs,
                initial_epoch=first_epoch,
                shuffle=False,
                verbose=0,
                callbacks=every,
            )
    except RaisedError as error:
        raise error from error.error  # with the trace of the user's function
    except Exception:
        if batches.fault is not None:
            raise batches.fault from getattr(batches.fault, "error", None)
        raise
    for one in steps:
        for epoch in record.epochs:
            if epoch["epoch"] == one._epoch:
                epoch["steps"] = one.steps
    return record.epochs, int(stopping.best_epoch) if keep_best else int(record.epochs[-1]["epoch"])
