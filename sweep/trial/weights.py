"""Digests of a model's weights, layer by layer: small enough to keep for every epoch, exact enough to name a change."""

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np

LAYER_DIGITS = 12  # hexadecimal digits kept of a layer's digest: two layers differ unseen once in 10**14


def digest(arrays: Iterable[Any]) -> str:
    """Return the sha256 over shapes, types and bytes of arrays, such as all weights of a model in their order."""
    total = hashlib.sha256()
    for array in arrays:
        _add(total, np.ascontiguousarray(array))
    return total.hexdigest()


def by_layer(model: Any) -> tuple[str, dict[str, str]]:
    """Return `digest` of all weights of a Keras model, and layer -> the first digits of the layer's own digest.

    A layer is named by the path of its weights, such as "block/conv2d"; layers come in the order of the weights.
    """
    total = hashlib.sha256()
    layers: dict[str, Any] = {}
    for weights in model.weights:
        values = np.ascontiguousarray(weights)
        _add(total, values)
        _add(layers.setdefault(_layer(weights.path), hashlib.sha256()), values)
    return total.hexdigest(), {name: one.hexdigest()[:LAYER_DIGITS] for name, one in layers.items()}


def sizes(model: Any) -> dict[str, int]:
    """Return layer -> number of its weights, in the order of `by_layer`."""
    found: dict[str, int] = {}
    for weights in model.weights:
        name = _layer(weights.path)
        found[name] = found.get(name, 0) + int(np.prod(weights.shape))
    return found


def joined(layers: dict[str, str]) -> str:
    """Return the digests of all layers as one word, in their order; `apart` undoes it."""
    return "".join(layers.values())


def apart(word: str, names: Iterable[str]) -> dict[str, str]:
    """Return layer -> digest from the word of `joined` and the names of the layers in their order."""
    starts = range(0, len(word), LAYER_DIGITS)
    return {name: word[at : at + LAYER_DIGITS] for name, at in zip(names, starts, strict=True)}


def _layer(path: str) -> str:
    return path.rpartition("/")[0] or path


def _add(total: Any, values: Any) -> None:
    total.update(f"{values.dtype}{values.shape}".encode())
    # NumPy hands out no buffer of a type that it does not know itself, such as bfloat16.
    total.update(values.tobytes() if values.dtype.kind == "V" else values.data)
