"""A net of dense layers, for vectors and for tests that must be quick."""

from collections.abc import Sequence

import keras
from keras import layers

from sweep.errors import InputError


def dense_net(
    input_shape: Sequence[int],
    n_classes: int,
    *,
    units: Sequence[int] = (16,),
    dropout: float = 0.0,
    activation: str = "relu",
) -> keras.Model:
    """Return the uncompiled model: dense layers, each followed by dropout if there is any.

    input_shape: shape of one sample, flattened if it has more than one axis. n_classes: 2 gives one sigmoid output
    (batch, 1), the probability of label 1; more give a softmax (batch, n_classes); 0 (regression) one linear output
    (batch, 1). units: of each hidden layer, none gives a linear model. dropout: from 0 to below 1.
    activation: of the hidden layers, a name that Keras knows.
    Raises InputError for a number out of range.
    """
    if n_classes == 1 or n_classes < 0:
        raise InputError(f"Expected two classes or more, or 0 for regression. Received: n_classes={n_classes}.")
    if not 0 <= dropout < 1:
        raise InputError(f"Expected dropout from 0 to below 1. Received: dropout={dropout}.")
    if any(count < 1 for count in units):
        raise InputError(f"Expected units of at least 1 in every layer. Received: units={list(units)}.")
    inputs = keras.Input(shape=tuple(input_shape))
    x = layers.Flatten()(inputs) if len(input_shape) > 1 else inputs
    for count in units:
        x = layers.Dense(count, activation=activation)(x)
        if dropout:
            x = layers.Dropout(dropout)(x)
    last = {0: None, 2: "sigmoid"}.get(n_classes, "softmax")
    outputs = layers.Dense(n_classes if n_classes > 2 else 1, activation=last)(x)
    return keras.Model(inputs, outputs, name="dense_net")
