"""Do a model's outputs mean what the loss and the scores take them for: probabilities, or numbers within reach?"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.checks.finding import Finding
from sweep.models.layers import last_layers

BOUNDED = {"sigmoid", "hard_sigmoid", "sparse_sigmoid", "softmax", "sparsemax"}  # whose values lie in [0, 1]
SLACK = 1e-4  # a float32 softmax of many classes sums to 1 within this
_LEAST = {"relu": 0.0, "relu6": 0.0, "softplus": 0.0, "exponential": 0.0, "tanh": -1.0, "softsign": -1.0}
_MOST = {"relu6": 6.0, "tanh": 1.0, "softsign": 1.0}


def outside(outputs: NDArray[Any]) -> float:
    """Return the share of outputs that are no probabilities: below 0 or above 1."""
    return float(np.mean((outputs < -SLACK) | (outputs > 1 + SLACK)))


def last_activation(model: Any, output: Any = None) -> tuple[str, str]:
    """Return the name of a model's last layer that computes, and Keras's name of its activation; "" where unknown.

    A model of a class of the user's own does not show it. output: one of several tensors that the model gives.
    """
    import keras

    layers = keras.layers
    for layer in last_layers(model, output):
        if isinstance(layer, layers.Reshape | layers.Flatten | layers.Identity | layers.Dropout) or (
            isinstance(layer, layers.Activation) and _name(layer.activation) == "linear"
        ):
            continue
        plain = {layers.Softmax: "softmax", layers.ReLU: "relu", layers.LeakyReLU: "leaky_relu"}
        kind = type(layer).__name__.lower()
        known = kind if kind in BOUNDED else ""  # an operation of keras.ops
        return str(layer.name), plain.get(type(layer)) or _name(getattr(layer, "activation", None)) or known
    return "", ""


def output_findings(
    outputs: NDArray[Any], last: tuple[str, str], loss: str, probabilities: bool | None, labels: NDArray[Any] | None
) -> list[Finding]:
    """Return what a batch of outputs and the last activation show.

    outputs: (n, k), of any weights. last: of `last_activation`. loss: its name. probabilities: whether the loss takes
    probabilities; None where it takes logits. labels: of train where the task is regression, else None.
    """
    layer, activation = last
    if activation == "softmax" and outputs.shape[1] == 1:
        return [
            Finding(
                "softmax_of_one",
                "error",
                f"The last layer {layer} is a softmax over one unit, which is 1 for every sample.",
                "Use a sigmoid, or one unit for each class.",
            )
        ]
    if labels is not None:
        return _reach(last, labels)
    low, high = float(outputs.min()), float(outputs.max())
    if probabilities is None and activation in BOUNDED:
        return [
            Finding(
                "probabilities_as_logits",
                "error",
                f"The loss {loss} takes logits (from_logits), but the last layer {layer} is {activation}.",
                "Take from_logits away from the loss, or the activation from the model.",
            )
        ]
    unbounded = activation not in ("", *BOUNDED)
    if probabilities and (unbounded or outside(outputs) > 0):
        how = f"the last layer {layer} is {activation}" if unbounded else "some are outside [0, 1]"
        return [
            Finding(
                "logits_as_probabilities",
                "error",
                f"The loss {loss} and the scores need probabilities, but {how}. The outputs of a first batch are "
                f"between {low:.3g} and {high:.3g}.",
                f"End the model in a {'sigmoid' if outputs.shape[1] == 1 else 'softmax'}.",
            )
        ]
    if outputs.shape[1] > 1 and not unbounded and float(np.abs(outputs.sum(axis=1) - 1).max()) > 10 * SLACK:
        return [
            Finding(
                "not_one_in_sum",
                "error",
                f"The outputs of a sample sum to up to {float(outputs.sum(axis=1).max()):.3g}: they are no "
                f"probabilities of {outputs.shape[1]} classes.",
                "End the model in a softmax.",
            )
        ]
    if unbounded or outside(outputs) > 0:
        return [
            Finding(
                "scores_beyond_0_and_1",
                "note",
                f"Scores may lie outside [0, 1] (the loss is {loss}): EER and HTER mean the same, but accuracy counts "
                "a score above 0.5 as genuine.",
                "Read EER and HTER, or end the model in a sigmoid.",
            )
        ]
    return []


def _reach(last: tuple[str, str], labels: NDArray[Any]) -> list[Finding]:
    layer, activation = last
    bounded = activation in BOUNDED
    low, high = _LEAST.get(activation, 0.0 if bounded else -np.inf), _MOST.get(activation, 1.0 if bounded else np.inf)
    least, most = float(labels.min()), float(labels.max())
    if least >= low and most <= high:
        return []
    return [
        Finding(
            "labels_out_of_reach",
            "error",
            f"The last layer {layer} is {activation}, whose values lie between {low:g} and {high:g}, but the labels of "
            f"train lie between {least:.3g} and {most:.3g}.",
            "End the model in a linear layer, or scale the labels.",
        )
    ]


def _name(activation: Any) -> str:
    """Return the name of an activation of Keras's own; "" for another function."""
    ours = str(getattr(activation, "__module__", "")).startswith("keras.")
    return str(getattr(activation, "__name__", "")) if ours else ""
