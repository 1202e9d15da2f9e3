"""One batch through a model: what it answers, and whether a step of training changes it.

TensorFlow does both eagerly, as tracing takes seconds. JAX compiles the step, as it would compile each operation alone.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.checks.finding import Finding
from sweep.data.inputs import first, in_each, numbers_of_sample
from sweep.errors import InputError, one_line

ROWS = 8  # at least so many, where a batch of the study has them
_NUMBERS = 2**20  # a batch beyond so many numbers is cut: a large net still takes seconds


def first_rows(x: Any, y: NDArray[Any], most: int) -> NDArray[np.int64]:
    """Return the rows of some samples of train, evenly spaced; `most`: the size of the study's batch."""
    room = max(ROWS, _NUMBERS // max(1, numbers_of_sample(x)))
    return np.linspace(0, len(y) - 1, min(room, most, len(y))).astype(np.int64)


def answers(use: str, model: Any, x: Any, score: Callable[[Any], Any] = lambda found: found) -> NDArray[Any]:
    """Return a model's scored output for a batch in inference mode, (n, k).

    score: what the model gives -> the scored output of several.

    Raises:
        InputError: it cannot take the data, or answers something else than one finite array with a row a sample.
    """
    import keras

    taken = f"model: expected {use} to take a batch of shape {in_each(np.shape, x)}"
    try:
        found = score(model(x, training=False))
    except (Exception, SystemExit) as error:
        raise InputError(f"{taken}, as float32. It raised {one_line(error)}") from error
    if isinstance(found, dict | list | tuple):
        what = f"a mapping with {', '.join(map(str, found))}" if isinstance(found, dict) else f"a list of {len(found)}"
        raise InputError(f"{taken} and to return one array of outputs. Received: {what}. Return the scores alone.")
    outputs = np.asarray(keras.ops.convert_to_numpy(found), dtype=np.float32)
    if outputs.ndim != 2 or len(outputs) != len(first(x)):
        raise InputError(
            f"{taken} and to return a row for each of {len(first(x))} samples. Received: shape {outputs.shape}. Change "
            "the model's last layers."
        )
    if not np.isfinite(outputs).all():
        raise InputError(
            f"{taken} and to return finite numbers. Received: NaN or infinity for the first batch. Look for a division "
            "by 0, a logarithm, or inputs that are not scaled."
        )
    return outputs


def train_step(use: str, model: Any, batch: tuple[Any, ...], check_logs: Callable[[Any], None]) -> list[Finding]:
    """Train a compiled model one step on a batch; return what that shows.

    A step that changes nothing is repeated, where the optimizer gathers the gradients of several steps first, and once
    more, where a schedule begins at 0.

    batch: x (n, ...), y (n,) and, where samples have them, weights (n,), each in the structure that the model takes.

    Raises:
        InputError: the step cannot be done, gives no loss or one that is not finite.
    """
    import keras

    eager = keras.backend.backend() == "tensorflow"
    # as `fit` hands them to a train_step
    tensors = tuple(in_each(keras.ops.convert_to_tensor, part) for part in batch) if eager else batch
    before = model.get_weights()
    model.reset_metrics()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            for _ in range(2 * (getattr(model.optimizer, "gradient_accumulation_steps", None) or 1)):
                logs = model.train_step(tensors) if eager else model.train_on_batch(*batch, return_dict=True)
                if _changed(before, model):
                    break
        except InputError:
            raise
        except (Exception, SystemExit) as error:
            if "No gradients provided" in str(error):
                raise InputError(
                    f"model: expected {use} to be trained on a batch. Received: a loss from which no gradient reaches "
                    "any weight. Compute it from the model's outputs by keras.ops, without NumPy, rounding or a "
                    "comparison on the way."
                ) from error
            raise InputError(f"model: expected {use} to be trained on a batch. It raised {one_line(error)}") from error
    check_logs(logs)
    loss = float(np.mean(np.asarray(logs["loss"])))
    if not np.isfinite(loss):
        raise InputError(f"model: expected a finite loss of {use} on the first batch. Received: {loss}.")
    texts = [str(one.message) for one in said]
    if not model.trainable_weights:
        return [_NOTHING_TRAINABLE]
    if not _changed(before, model):
        return [_NOTHING_LEARNT]
    named = [_weights_of(text) for text in texts if text.startswith("Gradients do not exist")]
    if not eager and (still := _unchanged(before, model)):  # JAX has a gradient for all, of zeros
        named = [_some(still)]
    return [
        Finding(
            "weights_without_gradient",
            "note",
            f"Some weights get no gradient and do not change: {names}.",
            "Freeze them on purpose, or find out why the loss does not depend on them.",
        )
        for names in named
    ]


def _changed(before: list[NDArray[Any]], model: Any) -> bool:
    return not all(np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True))


def _unchanged(before: list[NDArray[Any]], model: Any) -> list[str]:
    both = zip(model.weights, before, strict=True)
    return [weight.path for weight, old in both if weight.trainable and np.array_equal(old, np.asarray(weight))]


def _weights_of(text: str) -> str:
    return _some([word.strip(" []'") for word in text.partition("[")[2].partition("]")[0].split(",")])


def _some(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


_NOTHING_TRAINABLE = Finding(
    "nothing_trainable",
    "error",
    "No weight of the model is trained.",
    "Look at `trainable` in the model's code, and at train.trainable_from.",
)
_NOTHING_LEARNT = Finding(
    "nothing_learnt",
    "error",
    "A training step changes no bit of any weight: no gradient reaches the weights.",
    "Look at the last activation, for saturated outputs or operations without a gradient, and at the learning rate.",
)
