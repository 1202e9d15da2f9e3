"""Whether the epochs of a `fit` meet the samples in one order: asked of a stand-in with numbered samples."""

from collections.abc import Mapping
from typing import Any

import numpy as np

MOST_SAMPLES = 256


def same_order(fit: Any, args: tuple[Any, ...], keywords: Mapping[str, Any]) -> bool | None:
    """Return whether two epochs of a call of `fit` come in one order; None where that cannot be seen.

    fit: Keras's own `fit`. args, keywords: of the call. Arrays are replaced by their numbers, and a tiny model notes
    what it is given under the same settings and the same seeds; a tf.data.Dataset is read twice.
    """
    import keras

    x: Any = args[0] if args else keywords.get("x")
    if hasattr(x, "element_spec"):
        orders = [_read(x), _read(x)]
        return orders[0] == orders[1] and len(orders[0]) > 1
    if isinstance(x, list | tuple) and x:
        x = x[0]
    if not hasattr(x, "shape") or len(x) < 5:
        return None
    seen: list[list[int]] = []

    class Numbered(keras.Model):  # type: ignore[misc]
        def train_step(self, data: Any) -> dict[str, float]:
            seen[-1].extend(np.asarray(data[0]).astype(int).ravel().tolist())
            return {"loss": 0.0}

    class Epochs(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            seen.append([])

    inputs = keras.Input((1,))
    model = Numbered(inputs, inputs)
    model.compile(optimizer="sgd", loss="mse", run_eagerly=True)
    numbers = np.arange(min(len(x), MOST_SAMPLES), dtype=np.float32)[:, None]
    shuffle = keywords.get("shuffle", True)
    size = keywords.get("batch_size") or 32
    fit(model, numbers, numbers, batch_size=size, epochs=2, shuffle=shuffle, verbose=0, callbacks=[Epochs()])
    return seen[0] == seen[1]


def _read(dataset: Any) -> list[bytes]:
    found = []
    for batch in dataset.take(64):
        first = batch[0] if isinstance(batch, tuple) else batch
        first = next(iter(first.values())) if isinstance(first, dict) else first
        found.append(np.asarray(first).tobytes())
    return found
