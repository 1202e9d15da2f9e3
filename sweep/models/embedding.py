"""Two images, one small embedding for both, and how near they lie: a net that says whether they show one person."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from sweep.errors import InputError

COMPARISONS = ("difference", "cosine")


def embedding_pair(
    input_shape: Sequence[int],
    n_classes: int,
    *,
    compare: str = "difference",
    channels: Sequence[int] = (16, 32, 64),
    embedding: int = 64,
    dropout: float = 0.0,
) -> keras.Model:
    """Return the uncompiled model with one sigmoid output (batch, 1), the probability that both images show one person.

    input_shape: (2, height, width, channels), pixels from 0 to 255. n_classes: 2, since it verifies.
    compare: "difference" weighs the absolute differences of the two embeddings, "cosine" the cosine between them.
    channels: of the convolutions, each of which halves the image. embedding: its length. dropout: of the last
    convolution's outputs, from 0 to below 1. Which image comes first makes no difference.
    Raises InputError for a number out of range.

    Source: Bromley, Guyon, LeCun, Säckinger and Shah, NIPS 6, 1993 (two images, shared weights); Koch, Zemel and
    Salakhutdinov, ICML Deep Learning Workshop 2015 (absolute differences, weighed); Wan, Wang, Papir and
    Lopez Moreno, ICASSP 2018 (a cosine with a positive weight and a bias).
    """
    _check(input_shape, n_classes, compare, channels, embedding, dropout)
    inputs = keras.Input(shape=tuple(input_shape))
    embed = _embedding(tuple(input_shape[1:]), channels, embedding, dropout)
    one, other = embed(inputs[:, 0]), embed(inputs[:, 1])
    near: Any
    if compare == "cosine":
        near = layers.Dot(axes=1, normalize=True)([one, other])
        weight = keras.initializers.Constant(5.0)  # a near pair is genuine: a random sign would turn some seeds round
    else:
        near = keras.ops.absolute(layers.subtract([one, other]))
        weight = "glorot_uniform"
    outputs = layers.Dense(1, activation="sigmoid", kernel_initializer=weight, name="same_person")(near)
    return keras.Model(inputs, outputs, name="embedding_pair")


def _embedding(shape: tuple[int, ...], channels: Sequence[int], length: int, dropout: float) -> keras.Model:
    inputs = keras.Input(shape=shape)
    x = layers.Rescaling(1.0 / 127.5, offset=-1.0)(inputs)
    for count in channels:
        x = layers.Conv2D(count, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    if dropout:
        x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, layers.Dense(length)(x), name="embedding")


def _check(
    input_shape: Sequence[int],
    n_classes: int,
    compare: str,
    channels: Sequence[int],
    embedding: int,
    dropout: float,
) -> None:
    if len(input_shape) != 4 or input_shape[0] != 2:
        raise InputError(
            f"Expected pairs of images with shape (2, height, width, channels). Received: "
            f"input_shape={tuple(input_shape)}. Take data such as sweep.data:identity_pairs."
        )
    if n_classes != 2:
        raise InputError(f"Expected the task verification, two classes. Received: n_classes={n_classes}.")
    if compare not in COMPARISONS:
        raise InputError(f"Expected compare as one of {', '.join(COMPARISONS)}. Received: compare={compare!r}.")
    if min(channels, default=0) < 1 or embedding < 1 or not 0 <= dropout < 1:
        raise InputError(
            f"Expected channels and embedding of at least 1, dropout from 0 to below 1. Received: "
            f"channels={list(channels)}, embedding={embedding}, dropout={dropout}."
        )
    if min(input_shape[1:3]) < 2 ** len(channels):
        raise InputError(
            f"Expected images of {2 ** len(channels)} pixels or more for {len(channels)} convolutions. "
            f"Received: input_shape={tuple(input_shape)}."
        )
