"""A pretrained net made ready for other classes: a new last layer, the first layers frozen."""

import keras
from keras import layers

from sweep.errors import InputError, nearest


def head(net: keras.Model, n_classes: int, *, frozen: str | int | None, dropout: float, name: str) -> keras.Model:
    """Return the uncompiled model: the net, its first layers frozen, and a new last layer named "top".

    net: ends in features (batch, k); its layers become the model's own, so that a study can name them. n_classes: 2
    gives one sigmoid output (batch, 1), more a softmax, 0 (regression) one linear output. frozen: the last frozen
    layer by name, or how many layers are frozen; None freezes none. dropout: from 0 to below 1, before the last layer.
    Raises InputError for a value out of range.
    """
    if n_classes == 1 or n_classes < 0:
        raise InputError(f"Expected two classes or more, or 0 for regression. Received: n_classes={n_classes}.")
    if not 0 <= dropout < 1:
        raise InputError(f"Expected dropout from 0 to below 1. Received: dropout={dropout}.")
    names = [layer.name for layer in net.layers]
    if isinstance(frozen, str) and frozen not in names:
        raise InputError(f"Expected frozen as a layer's name. Received: {frozen!r}.{nearest(frozen, names)}")
    count = names.index(frozen) + 1 if isinstance(frozen, str) else frozen or 0
    if not 0 <= count <= len(names):
        raise InputError(f"Expected frozen from 0 to {len(names)} layers. Received: frozen={frozen}.")
    for layer in net.layers[:count]:
        layer.trainable = False
    x = layers.Dropout(dropout, name="top_dropout")(net.output) if dropout else net.output
    activation = {0: None, 2: "sigmoid"}.get(n_classes, "softmax")
    outputs = layers.Dense(n_classes if n_classes > 2 else 1, activation=activation, name="top")(x)
    return keras.Model(net.input, outputs, name=name)
