"""ResNet50 with the weights of ImageNet, its first layers frozen, for other classes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
from keras import layers

from sweep.errors import InputError
from sweep.models.batchnorm import Policy, with_policy
from sweep.models.transfer import head


class CaffePixels(layers.Layer):  # type: ignore[misc]
    """Pixels from 0 to 255 as the weights of ImageNet expect them: BGR, less ImageNet's mean."""

    def call(self, inputs: Any) -> Any:
        """Return the inputs (batch, height, width, 3) so changed."""
        return keras.applications.resnet50.preprocess_input(inputs)


def resnet50_transfer(
    input_shape: Sequence[int],
    n_classes: int,
    *,
    batchnorm: Policy = "inference",
    frozen: int = 140,
    weights: str | None = "imagenet",
    dropout: float = 0.0,
) -> keras.Model:
    """Return the uncompiled model: ResNet50 (He et al. 2016), pooled, with a new last layer "top".

    input_shape: (height, width, 3), at least 32, pixels from 0 to 255. n_classes: 2 gives one sigmoid output
    (batch, 1), more a softmax, 0 (regression) one linear output. batchnorm: what frozen BatchNormalization does, see
    `sweep.models.batchnorm.with_policy`. frozen: how many of ResNet50's 176 layers, the first being its input; 140
    ends with `conv4_block6_3_conv`. weights: "imagenet" (downloaded once by Keras), the path of a file of ResNet50
    weights without its last layer, or None for random ones. dropout: before the last layer.
    Raises InputError for a value out of range, and where the weights cannot be had or do not fit.
    """
    if len(input_shape) != 3 or input_shape[2] != 3 or min(input_shape[:2]) < 32:
        raise InputError(
            f"Expected colour images (height, width, 3) of at least 32 pixels. Received: {tuple(input_shape)}."
        )
    pixels = CaffePixels(name="pixels")(keras.Input(shape=tuple(input_shape)))
    net = keras.applications.ResNet50(include_top=False, weights=None, input_tensor=pixels, pooling="avg")
    if weights is not None:
        _load(net, weights)
    n_before = 1  # the layer `pixels` stands after the input and does not count
    count = frozen + n_before if frozen else 0
    return head(with_policy(net, batchnorm), n_classes, frozen=count, dropout=dropout, name="resnet50_transfer")


def _load(net: keras.Model, weights: str) -> None:
    """Load the weights of ImageNet, or of a file, into ResNet50 without its last layer."""
    try:
        if weights == "imagenet":
            source = keras.applications.ResNet50(include_top=False, weights="imagenet", pooling="avg")
            net.set_weights(source.get_weights())
        else:
            net.load_weights(Path(weights).expanduser())
    except Exception as error:
        text = " ".join(str(error).split())[:160]
        raise InputError(
            f"Expected weights of ResNet50 without its last layer: imagenet, or a file. Received: {weights}: {text}. "
            "Without a network give the path of resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5, or null."
        ) from error
