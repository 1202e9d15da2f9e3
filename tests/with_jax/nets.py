"""Models as a user writes them: "nets:NAME"."""

import keras


def plain(input_shape, n_classes, width=24, rate=0.3):
    """Return a net with what changes in training: dropout, and statistics of batches."""
    x = inputs = keras.Input(input_shape)
    x = keras.layers.Dense(width, activation="relu")(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Dropout(rate)(x)
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))


def wide(input_shape, n_classes):
    """Return a net whose products are large enough to be shared out to threads."""
    x = inputs = keras.Input(input_shape)
    for width in (512, 512, 256):
        x = keras.layers.Dense(width, activation="relu")(x)
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))


def half_used(input_shape, n_classes):
    """Return a net with a layer that the output does not depend on."""
    inputs = keras.Input(input_shape)
    x = keras.layers.Dense(4, activation="tanh", name="used")(inputs)
    y = keras.layers.Dense(4, name="unused")(inputs)
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x + 0.0 * y))
