"""A small residual net pretrained on the synthetic source domain, to be fine-tuned on another."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from sweep.errors import InputError
from sweep.models.batchnorm import Policy, with_policy
from sweep.models.transfer import head

# benchmarks/pretrained_residual.py makes this file; a digest here makes its bytes part of the model's code.
SOURCE = Path(__file__).with_name("residual.npz")
SOURCE_SHA256 = "1b213ea0819930cace2dccb9b077acae312fb6ab002d56318b270fe4ad9f0cf1"
CHANNELS = (16, 24, 32)


def residual_transfer(
    input_shape: Sequence[int],
    n_classes: int,
    *,
    batchnorm: Policy = "inference",
    frozen: str | None = "block_2_out",
    weights: str | None = "synthetic",
    dropout: float = 0.0,
) -> keras.Model:
    """Return the uncompiled model: the pretrained net with a new last layer, its first layers frozen.

    input_shape: (height, width, 3), pixels from 0 to 255. n_classes: 2 gives one sigmoid output (batch, 1), more a
    softmax, 0 (regression) one linear output. batchnorm: what frozen BatchNormalization does, see `with_policy`.
    frozen: the last frozen layer, by name; None freezes nothing. weights: "synthetic" (the five classes of
    `sweep.data:synthetic_domains(domain="source")`) or None for random ones. dropout: before the last layer.
    Raises InputError for a value out of range.
    """
    if len(input_shape) != 3 or input_shape[2] != 3:
        raise InputError(f"Expected colour images (height, width, 3). Received: input_shape={tuple(input_shape)}.")
    if weights not in ("synthetic", None):
        raise InputError(f"Expected weights as synthetic or null. Received: weights={weights!r}.")
    net = residual_net(input_shape)
    if weights is not None:
        net.set_weights(source_weights())
    return head(with_policy(net, batchnorm), n_classes, frozen=frozen, dropout=dropout, name="residual_transfer")


def residual_net(input_shape: Sequence[int]) -> keras.Model:
    """Return the net without its last layer: three residual blocks, pooled to (batch, 32)."""
    inputs = keras.Input(shape=tuple(input_shape))
    x = layers.Rescaling(1.0 / 127.5, offset=-1.0, name="scale")(inputs)
    x = _normalised(layers.Conv2D(CHANNELS[0], 3, padding="same", use_bias=False, name="stem")(x), "stem_bn")
    x = layers.Activation("relu", name="stem_out")(x)
    for number, channels in enumerate(CHANNELS, start=1):
        x = _block(x, channels, f"block_{number}")
    return keras.Model(inputs, layers.GlobalAveragePooling2D(name="pool")(x), name="residual_net")


def source_weights() -> list[Any]:
    """Return the arrays of the shipped weights in the order of `residual_net`, as float32."""
    with np.load(SOURCE, allow_pickle=False) as file:
        return [file[name].astype(np.float32) for name in file.files]


def _block(x: Any, channels: int, name: str) -> Any:
    """Return the output of two convolutions beside a shortcut (He et al. 2016); it has half the height and width."""
    shortcut = layers.Conv2D(channels, 1, strides=2, use_bias=False, name=f"{name}_0")(x)
    x = layers.Conv2D(channels, 3, strides=2, padding="same", use_bias=False, name=f"{name}_1")(x)
    x = layers.Activation("relu", name=f"{name}_1_relu")(_normalised(x, f"{name}_1_bn"))
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False, name=f"{name}_2")(x)
    x = layers.add([_normalised(x, f"{name}_2_bn"), _normalised(shortcut, f"{name}_0_bn")], name=f"{name}_add")
    return layers.Activation("relu", name=f"{name}_out")(x)


def _normalised(x: Any, name: str) -> Any:
    return layers.BatchNormalization(momentum=0.9, name=name)(x)
