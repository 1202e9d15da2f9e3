"""A net of convolutions along time, for segments of sensors such as speed and bearing."""

from collections.abc import Sequence

import keras
from keras import layers

from sweep.errors import InputError


def segment_net(
    input_shape: Sequence[int], n_classes: int, *, filters: Sequence[int] = (32, 32), kernel: int = 3
) -> keras.Model:
    """Return the uncompiled model: convolutions along time with relu, then flattened into the output layer.

    input_shape: (points, channels). n_classes: 2 gives one sigmoid output (batch, 1), the probability of label 1; more
    give a softmax (batch, n_classes); 0 (regression) one linear output (batch, 1). filters: of each convolution.
    kernel: points that a convolution sees; 1 x 3 in the words of those who give a segment a height of 1.
    Raises InputError for a shape or a number out of range.
    """
    if len(input_shape) != 2:
        raise InputError(f"Expected segments of shape (points, channels). Received: {tuple(input_shape)}.")
    if n_classes == 1 or n_classes < 0:
        raise InputError(f"Expected two classes or more, or 0 for regression. Received: n_classes={n_classes}.")
    if kernel < 1 or any(count < 1 for count in filters):
        raise InputError(f"Expected filters and kernel of at least 1. Received: {list(filters)} and {kernel}.")
    if input_shape[0] <= len(filters) * (kernel - 1):
        raise InputError(
            f"Expected segments longer than {len(filters) * (kernel - 1)} points. Received: {input_shape[0]}."
        )
    inputs = x = keras.Input(shape=tuple(input_shape))
    for count in filters:
        x = layers.Conv1D(count, kernel, activation="relu")(x)
    x = layers.Flatten()(x)
    last = {0: None, 2: "sigmoid"}.get(n_classes, "softmax")
    outputs = layers.Dense(n_classes if n_classes > 2 else 1, activation=last)(x)
    return keras.Model(inputs, outputs, name="segment_net")
