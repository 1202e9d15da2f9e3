"""Models with several inputs and outputs, their data and augmentation; named in studies as "several:NAME"."""

from typing import Any

import keras
import numpy as np
from keras import layers


def faces(*, kind: str = "named", labels: int = 2, score: str = "live") -> dict[str, Any]:
    """Return images with landmarks, or pairs of images; labels of both outputs, or those of `score` alone."""
    rng = np.random.default_rng(0)
    found = {}
    for name, n in {"train": 60, "dev": 24, "test": 24}.items():
        live, who = np.arange(n) % 2, np.arange(n) % 3
        image = (rng.normal(size=(n, 4, 4, 1)) + live[:, None, None, None]).astype(np.float32)
        other = rng.normal(size=(n, 4, 4, 1)).astype(np.float32)
        x: Any = (image, other) if kind == "pair" else {"image": image, "marks": np.eye(3, dtype=np.float32)[who]}
        found[name] = {
            "x": x,
            "y": {"live": live, "identity": who} if labels == 2 else who if score == "identity" else live,
        }
    return found


def net(
    input_shape: Any, n_classes: int, *, rename: str = "", drop: str = "", more: bool = False, first: str = "live"
) -> Any:
    """Return a Functional model with named inputs and outputs; some keywords spoil it."""
    shapes = dict(input_shape) if isinstance(input_shape, dict) else {"image": input_shape[0], "marks": input_shape[1]}
    if rename:
        shapes[rename] = shapes.pop("marks")
    if more:
        shapes["age"] = (1,)
    inputs = {name: layers.Input(shape, name=name) for name, shape in shapes.items() if name != drop}
    flat = [layers.Flatten()(each) for each in inputs.values()]
    x = layers.Concatenate()(flat) if len(flat) > 1 else flat[0]
    x = layers.Dropout(0.2)(layers.BatchNormalization()(layers.Dense(8, "relu")(x)))
    outputs = {"live": layers.Dense(1, "sigmoid")(x), "identity": layers.Dense(3, "softmax")(x)}
    order = (first, *(name for name in outputs if name != first))
    return keras.Model(inputs, {name: outputs[name] for name in order})


def one_output(input_shape: Any, n_classes: int) -> Any:
    """Return the same with its first output alone."""
    whole = net(input_shape, n_classes)
    return keras.Model(whole.input, whole.output["live"])


def inside(input_shape: Any, n_classes: int) -> Any:
    """Return the same with a mapping of outputs inside of another."""
    whole = net(input_shape, n_classes)
    return keras.Model(whole.input, {"live": whole.output["live"], "more": {"identity": whole.output["identity"]}})


def compiled(input_shape: Any, n_classes: int) -> Any:
    """Return the same, compiled with one loss."""
    whole = net(input_shape, n_classes)
    whole.compile("sgd", "mse")
    return whole


@keras.saving.register_keras_serializable("several")
class Pair(keras.Model):
    """Takes a tuple of two images and gives a tuple: a score, and a distance that nobody trains."""

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.code, self.last, self.idle = layers.Dense(6), layers.Dense(1, "sigmoid"), layers.Dense(2)

    def call(self, x: Any) -> Any:
        one, other = (self.code(keras.ops.reshape(image, (-1, 16))) for image in x)
        apart = keras.ops.abs(one - other)
        return self.last(apart), self.idle(apart)


def pair(input_shape: Any, n_classes: int) -> Any:
    """Return a model of a class of its own."""
    return Pair()


def noise(x: dict[str, Any], y: dict[str, Any], rng: np.random.Generator) -> Any:
    """Return a batch with noise on its images; it must come as the data function gives it."""
    assert list(x) == ["image", "marks"]
    assert list(y) == ["live", "identity"]
    return x | {"image": x["image"] + rng.normal(size=x["image"].shape) * 0.01}, y
