"""Digests of weights that are handed in by the user's own code, whatever framework they are of: no import of any."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sweep.errors import InputError
from sweep.trial import weights


@dataclass(frozen=True)
class WeightsDigest:
    """Digests of weights at one moment.

    whole: sha256 over all of them. layers: layer -> the first digits of its own digest, in their order; sizes: layer ->
    number of its weights.
    """

    whole: str
    layers: dict[str, str]
    sizes: dict[str, int]

    @classmethod
    def of_keras(cls, model: Any) -> "WeightsDigest":
        """Return the digests of a Keras model."""
        return cls(*weights.by_layer(model), weights.sizes(model))


def digest_of(state: Any) -> WeightsDigest:
    """Return the digests of weights: bytes, arrays or numbers, in lists and mappings of any depth, as a `state_dict`.

    A layer is all but the last part of a weight's path: "fc1" of "fc1.weight", "Dense_0" of
    {"Dense_0": {"kernel": ...}}.

    Raises:
        InputError: something in it has no bytes that would be the same in another run.
    """
    total = hashlib.sha256()
    layers: dict[str, Any] = {}
    sizes: dict[str, int] = {}
    for path, values in _leaves(state, ()):
        words = [part for key in path for part in key.split(".")]
        layer = "/".join(words[:-1]) or "/".join(words) or "state"
        for one in (total, layers.setdefault(layer, hashlib.sha256())):
            one.update(f"{'/'.join(words)}{values.dtype}{values.shape}".encode())
            one.update(values.tobytes())
        sizes[layer] = sizes.get(layer, 0) + values.size
    short = {name: one.hexdigest()[: weights.LAYER_DIGITS] for name, one in layers.items()}
    return WeightsDigest(total.hexdigest(), short, sizes)


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], np.ndarray]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _leaves(item, (*path, str(number)))
    elif isinstance(value, bytes | bytearray | memoryview):
        yield path, np.frombuffer(bytes(value), dtype=np.uint8)
    elif isinstance(value, str):
        yield path, np.frombuffer(value.encode(), dtype=np.uint8)
    elif value is not None:
        yield path, _array(value, path)


def _array(value: Any, path: tuple[str, ...]) -> np.ndarray:
    if hasattr(value, "detach") and hasattr(value, "cpu"):  # a PyTorch tensor, perhaps on a GPU
        value = value.detach().cpu()
        value = value.float() if str(value.dtype) == "torch.bfloat16" else value  # exact, and NumPy has no bfloat16
    found = np.asarray(value)
    if found.dtype == object:
        where = f" at {'.'.join(path)}" if path else ""
        raise InputError(
            "run.state: expected arrays, numbers or bytes, in lists or mappings. Received: "
            f"{type(value).__name__}{where}. Give its arrays, as net.state_dict() or [model.coef_, model.intercept_]."
        )
    return found
