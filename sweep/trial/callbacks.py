"""The callbacks that a study names: made anew for each phase, and named where one raises."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

import keras

from sweep.errors import OF_USERS_CODE, InputError, nearest, one_line
from sweep.metrics.catalogue import metric_called
from sweep.study.chosen import Named
from sweep.study.parts import Use
from sweep.study.train import Train
from sweep.trial.compiling import scheduled
from sweep.trial.keras_names import made
from sweep.trial.raised import RaisedError

_FILES = "Trials would write over each other's files; `keep` says which epoch's weights are scored."
_LOGS = "Every epoch of every trial is in epochs.parquet, and `sweep export` writes it for TensorBoard and others."
_REFUSED = {
    "EarlyStopping": "Write it as `train: {early_stopping: {monitor: ..., patience: ...}}`.",
    "SwapEMAWeights": "With `use_ema` in train.optimizer dev is measured on the averaged weights already.",
    "BackupAndRestore": "A trial that was stopped is trained anew, so that its bits are those of its seed.",
    "ModelCheckpoint": _FILES,
    "OrbaxCheckpoint": _FILES,
    "CSVLogger": _LOGS,
    "TensorBoard": _LOGS,
    "RemoteMonitor": _LOGS,
}
_TAKEN = "_taken_by_a_training"  # a mark on a callback
_SETTING_THE_RATE = (keras.callbacks.ReduceLROnPlateau, keras.callbacks.LearningRateScheduler)


def callbacks_of(train: Train, optimizer: Any, measured: Collection[str]) -> list[Any]:
    """Return new callbacks, in the study's order; what one of them raises is an InputError that names it.

    Args:
        train: what the study says.
        optimizer: of the phase, since none but a schedule may set the rate of one that follows a schedule.
        measured: the names of dev's metrics in the logs of an epoch.

    Raises:
        InputError: an unknown name, keyword or metric, or a callback that the training has no place for.
    """
    found = []
    for number, chosen in enumerate(train.callbacks or ()):
        key = f"train.callbacks.{number}"
        one = made("callback", key, chosen)
        label = _label(chosen)
        why = _REFUSED.get(type(one).__name__) if type(one).__module__.startswith("keras.") else None
        if why:
            raise InputError(f"{key}: expected callbacks that change the training alone. Received: {label}. {why}")
        if isinstance(one, _SETTING_THE_RATE) and scheduled(optimizer):
            raise InputError(
                f"{key}: expected one hand on the learning rate. Received: a schedule, which sets it at each step, and "
                f"{label}, which sets it, too. Leave one of them away."
            )
        _watch_one_of(key, one, measured)
        if getattr(one, _TAKEN, False):
            raise InputError(
                f"{key}: expected {label} to make a new callback at every call. Received: one callback twice, which "
                "keeps what it saw in another training. Make it inside of the function."
            )
        setattr(one, _TAKEN, True)
        found.append(_named(one, label))
    return found


def _label(chosen: str | Named | Use) -> str:
    if isinstance(chosen, str):
        return chosen
    return chosen.use if isinstance(chosen, Use) else chosen.name


def _watch_one_of(key: str, one: Any, measured: Collection[str]) -> None:
    """Check what one of Keras's callbacks watches, and tell it which way is better, which it cannot know of dev's."""
    if not hasattr(one, "monitor_op"):
        return
    known = ["loss", *measured]
    if one.monitor not in known:
        raise InputError(
            f"{key}.monitor: expected one of {', '.join(known)}. Received: {one.monitor}.{nearest(one.monitor, known)}"
        )
    if one.mode == "auto":
        one.mode = "max" if metric_called(one.monitor).higher_is_better else "min"


def _named(one: Any, label: str) -> Any:
    """Return the callback, each of whose own hooks says whose it is where it raises."""
    for name in dir(keras.callbacks.Callback):
        if name.startswith("on_") and getattr(type(one), name) is not getattr(keras.callbacks.Callback, name):
            setattr(one, name, _watched(getattr(one, name), name, label))
    return one


def _watched(hook: Callable[..., Any], name: str, label: str) -> Callable[..., Any]:
    @wraps(hook)
    def call(*args: Any, **keywords: Any) -> Any:
        try:
            return hook(*args, **keywords)
        except OF_USERS_CODE as error:
            said = f"It raised {one_line(error)} in {name}."
            raise RaisedError(f"train.callbacks: expected {label} to let the training go on. {said}", error) from error

    return call
