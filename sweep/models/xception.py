"""A small Xception: the net of the Keras example "Image classification from scratch"."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from sweep.errors import InputError


def small_xception(
    input_shape: Sequence[int],
    n_classes: int,
    *,
    width: float = 1.0,
    dropout: float = 0.5,
    momentum: float = 0.99,
    augment: bool = False,
    blocks: Sequence[int] = (256, 512, 728),
) -> keras.Model:
    """Return the uncompiled model.

    input_shape: (height, width, channels), pixels from 0 to 255. n_classes: 2 gives one sigmoid output (batch, 1), the
    probability of label 1; more give a softmax (batch, n_classes); 0 (regression) one linear output (batch, 1).
    width: multiplies every number of channels; 1 is the original with 2.7 million parameters. dropout: 0 to below 1.
    momentum: of the moving statistics of BatchNormalization; with 0.99 (the original) fewer than some 300 steps leave
    them near their start and validation near chance, so short runs want 0.9.
    augment: mirrored left to right and turned by up to 36 degrees, in training only.
    blocks: channels of the residual blocks, each of which halves the image.
    Raises InputError for a number out of range.

    Source: F. Chollet, https://keras.io/examples/vision/image_classification_from_scratch/, in the version that begins
    with one convolution of 128; the separable residual blocks are those of F. Chollet, "Xception", CVPR 2017, figure 5.
    """
    _check(input_shape, n_classes, width, dropout, momentum)

    def channels(count: int) -> int:
        return max(1, round(count * width))

    def normalised(x: Any) -> Any:
        return layers.BatchNormalization(momentum=momentum)(x)

    inputs = keras.Input(shape=tuple(input_shape))
    x = inputs
    if augment:
        x = layers.RandomFlip("horizontal")(x)
        x = layers.RandomRotation(0.1)(x)
    x = layers.Rescaling(1.0 / 255)(x)
    x = layers.Conv2D(channels(128), 3, strides=2, padding="same")(x)
    x = layers.Activation("relu")(normalised(x))
    for count in blocks:
        residual = layers.Conv2D(channels(count), 1, strides=2, padding="same")(x)
        for _ in range(2):
            x = layers.Activation("relu")(x)
            x = layers.SeparableConv2D(channels(count), 3, padding="same")(x)
            x = normalised(x)
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
        x = layers.add([x, residual])
    x = layers.SeparableConv2D(channels(1024), 3, padding="same")(x)
    x = layers.Activation("relu")(normalised(x))
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(dropout)(x)
    activation = {0: None, 2: "sigmoid"}.get(n_classes, "softmax")
    outputs = layers.Dense(n_classes if n_classes > 2 else 1, activation=activation)(x)
    return keras.Model(inputs, outputs, name="small_xception")


def _check(input_shape: Sequence[int], n_classes: int, width: float, dropout: float, momentum: float) -> None:
    if len(input_shape) != 3:
        raise InputError(
            f"Expected images with shape (height, width, channels). Received: input_shape={tuple(input_shape)}. "
            "For vectors use sweep.models:dense_net."
        )
    if n_classes == 1 or n_classes < 0:
        raise InputError(f"Expected two classes or more, or 0 for regression. Received: n_classes={n_classes}.")
    if not width > 0:
        raise InputError(f"Expected a width above 0. Received: width={width}.")
    for name, value in (("dropout", dropout), ("momentum", momentum)):
        if not 0 <= value < 1:
            raise InputError(f"Expected {name} from 0 to below 1. Received: {name}={value}.")
