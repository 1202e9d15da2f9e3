"""Steps of a small net, several to one call of the traced program: a call costs more than such a step computes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any
from weakref import WeakKeyDictionary

import keras
from keras import layers

from sweep.trial.backends import tensorflow
from sweep.trial.batches import ShuffledBatches

WORTH = 200  # so many steps of a fit pay for what TensorFlow traces besides: 0.4 s, where a call saves 2 ms
MOST_STEPS = 512  # in one call, during which a run cannot be ended
MOST_PRODUCTS = 2**22  # parameters x samples of a batch, above which a step computes longer than its call costs
MOST_VALUES = 2**24  # of an epoch's inputs, which are in memory once more: 64 MiB
# Their steps were found equal to the bit, alone and together (tests/trial/test_steps_together.py).
_KNOWN = (
    layers.InputLayer,
    layers.Dense,
    layers.Dropout,
    layers.GaussianNoise,
    layers.BatchNormalization,
    layers.LayerNormalization,
    layers.UnitNormalization,
    layers.Activation,
    layers.ReLU,
    layers.LeakyReLU,
    layers.Softmax,
    layers.Flatten,
    layers.Reshape,
    layers.Concatenate,
    layers.Add,
    layers.Rescaling,
)
_traced: WeakKeyDictionary[Any, int] = WeakKeyDictionary()  # model -> steps that its training was traced with
_HOOKS = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")


def steps_together(model: Any, batches: Any, callbacks: Sequence[Any], epochs: int) -> int:
    """Return how many steps a call takes: a divisor of the steps of an epoch; 1 for all but small nets of known layers.

    Args:
        model: compiled.
        batches: of `sweep.trial.batches` or another kind, which are then taken one by one.
        callbacks: of the fit; one that looks at each batch sees each batch.
        epochs: of the fit, at most.
    """
    if keras.backend.backend() != "tensorflow" or not isinstance(batches, ShuffledBatches):
        return 1
    if batches.steps * epochs < WORTH:
        return 1
    if batches.n_values is None or batches.n_values > MOST_VALUES or any(map(_looks_at_batches, callbacks)):
        return 1
    of_keras = type(model).__module__.partition(".")[0] == "keras"  # no class of the user's, with a step of its own
    if not of_keras or model.run_eagerly or model.jit_compile:
        return 1
    if any(type(layer) not in _KNOWN or layer.activity_regularizer is not None for layer in model.layers):
        return 1  # a loss that depends on a batch is evaluated on dev, in batches of its own
    if model.count_params() * batches.batch_size > MOST_PRODUCTS:
        return 1
    return max(count for count in range(1, MOST_STEPS + 1) if batches.steps % count == 0)


@contextmanager
def so_many(model: Any, together: int) -> Iterator[None]:
    """Let a fit of this model take so many steps a call; whatever it was compiled with, the bits are equal."""
    if _traced.get(model, together) != together:
        model.train_function = None  # TensorFlow would take the program of the other number
    _traced[model] = together
    asked, model.steps_per_execution = model.steps_per_execution, together
    try:
        yield
    finally:
        model.steps_per_execution = asked


def in_one_pipeline(batches: ShuffledBatches) -> Any:
    """Return the batches as TensorFlow's pipeline, which a call takes several from; of plain arrays alone."""
    epochs = batches.whole_epochs()
    first = next(epochs)
    return tensorflow.in_batches(chain([first], epochs), first, batches.batch_size)


def _looks_at_batches(callback: Any) -> bool:
    plain = keras.callbacks.Callback
    return any(getattr(type(callback), hook) is not getattr(plain, hook) or hook in vars(callback) for hook in _HOOKS)
