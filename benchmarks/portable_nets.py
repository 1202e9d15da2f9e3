"""The trainings that benchmarks/portable.py compares over processors: layers and optimizers in a few small nets."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.portable_cases import spread

STEPS = 6  # a first step of Adam is that of the signs alone, and hides differences


def nets(keras: Any) -> Iterator[tuple[str, Callable[[], Any], Any, Any]]:
    """Yield name, a function that builds and compiles a net, its inputs and its labels (32 samples)."""
    layers = keras.layers
    two, three = (np.arange(32) % 2).astype(np.float32)[:, None], np.arange(32) % 3
    vectors, images = spread(32, 20), spread(32, 12, 12, 3, low=0, high=255)

    def net(shape: Any, parts: list[Any], outputs: int, optimizer: Any, loss: str | None = None) -> Any:
        last = layers.Dense(outputs, activation="softmax" if outputs > 1 else "sigmoid")
        model = keras.Sequential([keras.Input(shape), *parts, last])
        usual = "sparse_categorical_crossentropy" if outputs > 1 else "binary_crossentropy"
        model.compile(optimizer=optimizer, loss=loss or usual, metrics=["accuracy"], jit_compile=False)
        return model

    def activations() -> Any:
        known = ("gelu", "elu", "selu", "silu", "tanh", "softplus", "softsign", "mish", "hard_sigmoid", "exponential",
                 "log_softmax", "leaky_relu", "relu6")  # fmt: skip
        inputs = keras.Input((20,))
        parts = [layers.Dense(9, activation=name)(inputs) for name in known]
        x = layers.LayerNormalization()(layers.Concatenate()(parts))
        x = layers.Dropout(0.2)(layers.PReLU()(x))
        model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", jit_compile=False)
        return model

    yield "activations", activations, vectors, three
    yield (
        "wide dense",
        lambda: net((20,), [layers.Dense(1100, "relu"), layers.Dense(40, "gelu")], 1, "adam"),
        vectors,
        two,
    )
    convolutions = lambda: net((12, 12, 3), [  # noqa: E731
        layers.Rescaling(1 / 255), layers.Conv2D(9, 3, strides=2, padding="same"), layers.BatchNormalization(),
        layers.Activation("relu"), layers.SeparableConv2D(8, 3, padding="same"), layers.GroupNormalization(4),
        layers.DepthwiseConv2D(3), layers.SpatialDropout2D(0.2), layers.MaxPooling2D(2), layers.UpSampling2D(2),
        layers.Conv2DTranspose(6, 3, strides=2), layers.ZeroPadding2D(1), layers.AveragePooling2D(2),
        layers.Cropping2D(1), layers.GlobalAveragePooling2D()], 1,
        keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True))  # fmt: skip
    yield "convolutions", convolutions, images, two
    sequence = lambda: net((20,), [  # noqa: E731
        layers.Embedding(30, 8), layers.GRU(6, return_sequences=True), layers.Conv1D(8, 3, padding="same"),
        layers.Bidirectional(layers.LSTM(5, return_sequences=True)), layers.MaxPooling1D(2),
        layers.GlobalMaxPooling1D()], 3, "rmsprop")  # fmt: skip
    yield "sequence", sequence, np.arange(640).reshape(32, 20) * 7 % 30, three

    def attention() -> Any:
        inputs = keras.Input((10, 8))
        x = layers.MultiHeadAttention(2, 4)(inputs, inputs)
        x = layers.LayerNormalization()(layers.Add()([x, inputs]))
        x = layers.UnitNormalization()(layers.GaussianNoise(0.1)(layers.Flatten()(x)))
        model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))
        weights = keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(0.01, 20), clipnorm=1.0)
        model.compile(optimizer=weights, loss="binary_focal_crossentropy", jit_compile=False)
        return model

    yield "attention", attention, spread(32, 10, 8), two
    augmented = lambda: net((12, 12, 3), [  # noqa: E731
        layers.RandomFlip(), layers.RandomRotation(0.1), layers.RandomZoom(0.2), layers.RandomTranslation(0.1, 0.1),
        layers.RandomContrast(0.2), layers.RandomBrightness(0.2), layers.Rescaling(1 / 255), layers.Flatten(),
        layers.GaussianDropout(0.2)], 1, "nadam")  # fmt: skip
    yield "augmented", augmented, images, two
    for name in ("adagrad", "adadelta", "adamax", "ftrl", "lion", "adafactor"):
        yield f"optimizer {name}", lambda name=name: net((20,), [layers.Dense(8, "tanh")], 1, name, "mse"), vectors, two
    for loss in ("hinge", "huber", "log_cosh", "kl_divergence", "poisson", "mae", "cosine_similarity"):
        dense = lambda loss=loss: net((20,), [layers.Dense(4, "relu", kernel_regularizer="l2")], 1, "sgd", loss)  # noqa: E731
        yield f"loss {loss}", dense, vectors, two
    for name, build, x in built_in():
        yield f"built-in {name}", lambda build=build: compiled(build()), x, two


def built_in() -> Iterator[tuple[str, Callable[[], Any], Any]]:
    """Yield name, a function that builds a net of `sweep.models` in small, and its inputs (32 samples)."""
    from sweep import models

    colour = spread(32, 24, 24, 3, low=0, high=255)
    yield "dense_net", lambda: models.dense_net((20,), 2, units=(32, 16), dropout=0.2), spread(32, 20)
    yield "small_xception", lambda: models.small_xception((24, 24, 3), 2, width=0.125, blocks=(256, 512)), colour
    yield "segment_net", lambda: models.segment_net((16, 4), 2), spread(32, 16, 4)
    yield "residual_transfer", lambda: models.residual_transfer((24, 24, 3), 2), colour
    pairs = spread(32, 2, 16, 16, 1, low=0, high=255)
    for compare in ("difference", "cosine"):
        build = lambda compare=compare: models.embedding_pair((2, 16, 16, 1), 2, compare=compare, channels=(8, 16))  # noqa: E731
        yield f"embedding_pair {compare}", build, pairs


def compiled(model: Any) -> Any:
    """Return a net that verifies, compiled as a study does by default."""
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"], jit_compile=False)
    return model
