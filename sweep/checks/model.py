"""Traps inside a Keras model: BatchNormalization that has not settled or is half frozen, a mode that is ignored."""

import inspect
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data.inputs import float_rows
from sweep.models.layers import calls_of_layers, every_layer

SAMPLES = 128  # of train, one batch, on which the two modes of BatchNormalization are compared


def model_checks(model: Any) -> dict[str, float]:
    """Return check -> number of layers: what the model's structure shows before it is trained."""
    return {
        "frozen_batchnorm_by_batch": float(len(frozen_by_batch(model))),
        "training_false_ignored": float(len(training_false_ignored(model))),
    }


def frozen_by_batch(model: Any) -> list[str]:
    """Return the BatchNormalization layers whose gamma and beta are frozen, but which are not frozen themselves.

    Layers that take the new data's statistics on purpose say so, and are left out (`sweep.models.batchnorm`).
    """
    found = []
    for layer in _batchnorms(model):
        scale = [weights for weights in (layer.gamma, layer.beta) if weights is not None]
        if getattr(layer, "recalibrated", False):
            continue
        if scale and layer.trainable and not any(weights.trainable for weights in scale):
            found.append(layer.name)
    return found


def policy_is_stated(model: Any) -> bool:
    """Return whether every layer of `frozen_by_batch` does so on purpose, as in `sweep.models.batchnorm`."""
    found = set(frozen_by_batch(model))
    return all(hasattr(layer, "recalibrated") for layer in _batchnorms(model) if layer.name in found)


def training_false_ignored(model: Any) -> list[str]:
    """Return the layers that were called with training=False in a Functional model, where it has no effect.

    Layers that behave alike in both modes are left out, and so are those whose own default is training=False (dropout),
    as Keras writes that default down like a wish. A layer's place inside a model of a class of the user's own
    cannot be seen.
    """
    found = []
    for layer, keywords in calls_of_layers(model):
        if keywords.get("training") is False and _asked(layer) and _has_modes(layer):
            found.append(layer.name)
        else:
            found += training_false_ignored(layer)
    return found


def batchnorm_gap(
    model: Any,
    x: Any,
    y: NDArray[Any],
    settled: NDArray[Any],
    task: str,
    loss: Any,
    score: Callable[[Any], Any] = lambda found: found,
) -> dict[str, float]:
    """Return how much worse the model is on the same samples with BatchNormalization's moving statistics.

    model: trained; it is left as it was. x: (n, ...) and y: (n,) of train; some of them are used.
    settled: (n, k), what the model gives for x with its moving statistics. task: "regression" or
    another. loss: Keras's name, or what else its `compile` takes. score: what a model with several outputs gives -> the
    scored one.
    Returns batchnorm_unsettled, the accuracy lost (not for regression), and batchnorm_unsettled_loss, the logarithm of
    the ratio of the losses; nothing for a model without BatchNormalization.
    """
    import keras

    layers = [layer for layer in _batchnorms(model) if layer.trainable]
    if not layers:
        return {}
    rows = np.linspace(0, len(y) - 1, min(SAMPLES, len(y))).astype(np.int64)
    inputs, labels = float_rows(x, rows), y[rows]
    with _by_the_batch(layers):
        by_batch = np.asarray(score(model(inputs, training=False)))
    if task != "regression":
        right = [float(np.mean(_decided(outputs) == labels)) for outputs in (settled[rows], by_batch)]
        return {"batchnorm_unsettled": right[1] - right[0]}
    target = labels.astype(np.float32)[:, None]
    one, other = (float(np.mean(keras.losses.get(loss)(target, outputs))) for outputs in (settled[rows], by_batch))
    return {"batchnorm_unsettled_loss": math.log((one + 1e-12) / (other + 1e-12))}


@contextmanager
def _by_the_batch(layers: list[Any]) -> Iterator[None]:
    """Let these layers alone use the batch's statistics for a moment; dropout and augmentation stay off."""
    moving = [(layer, np.array(layer.moving_mean), np.array(layer.moving_variance)) for layer in layers]
    for layer in layers:
        layer.call = partial(_call_in_training, layer.call)
    try:
        yield
    finally:
        for layer, mean, variance in moving:
            del layer.call
            layer.moving_mean.assign(mean)
            layer.moving_variance.assign(variance)


def _call_in_training(call: Any, *args: Any, **keywords: Any) -> Any:
    return call(*args, **(keywords | {"training": True}))


def _batchnorms(model: Any) -> list[Any]:
    import keras

    return [one for one in every_layer(model) if isinstance(one, keras.layers.BatchNormalization)]


def _asked(layer: Any) -> bool:
    training = inspect.signature(layer.call).parameters.get("training")
    return training is None or training.default is not False


def _has_modes(layer: Any) -> bool:
    """Return whether a layer, or one inside it, does something else in training."""
    return any(
        (hasattr(part, "moving_mean") and part.trainable)
        or (getattr(part, "seed_generator", None) is not None and getattr(part, "rate", 1) > 0)
        or getattr(part, "generator", None) is not None
        for part in every_layer(layer)
    )


def _decided(outputs: NDArray[Any]) -> NDArray[Any]:
    return (outputs[:, 0] > 0.5).astype(np.int64) if outputs.shape[1] == 1 else outputs.argmax(axis=1)
