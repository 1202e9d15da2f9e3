"""Models and callbacks that a process must not train several seeds of, and some that it may."""

# ruff: noqa: NPY002 (the global generator is what a user's script draws from)

import functools
from typing import Any

import keras
import numpy as np

calls = 0
best: list[float] = []
_unseeded_elsewhere = np.random.default_rng(5)  # one generator for all trainings of a process
offset = 0.0


def plain(shape: tuple[int, ...], classes: int, dropout: float = 0.3, **_: Any) -> keras.Model:
    """Return an ordinary net with dropout: it may share."""
    return keras.Sequential(
        [
            keras.layers.Input(shape),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.BatchNormalization(momentum=0.9),
            keras.layers.Dropout(dropout),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


class Counting(keras.layers.Layer):
    """Multiplies by the number of its calls, of all models together, as Python counts them."""

    def call(self, x: Any) -> Any:
        global calls
        calls += 1
        return x * float(calls)


def counting(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Return a net whose layer counts its calls in Python."""
    return keras.Sequential([keras.layers.Input(shape), Counting(), keras.layers.Dense(1, activation="sigmoid")])


def own_generator(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Return a net whose initial weights come from a generator that goes on from training to training."""
    model = plain(shape, classes)
    model.layers[0].set_weights([_unseeded_elsewhere.normal(size=each.shape) for each in model.layers[0].get_weights()])
    return model


def lambda_over_global(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Return a net with a Lambda over a global that the build draws: its value is in the trace, not in the weights."""
    global offset
    offset = float(np.random.uniform())  # seeded by the stream "init", so a fresh process repeats
    return keras.Sequential(
        [
            keras.layers.Input(shape),
            keras.layers.Lambda(lambda x: x + offset),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


def constant_in_closure(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Return the same with the value in a closure, which no module holds: only a comparison of bits can see it."""
    drawn = float(np.random.uniform())

    def shifted(x: Any) -> Any:
        return x + drawn

    return keras.Sequential(
        [keras.layers.Input(shape), keras.layers.Lambda(shifted), keras.layers.Dense(1, activation="sigmoid")]
    )


def width_drawn(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Return a net whose width hangs on the seed: the trace of one seed fits no other."""
    width = int(np.random.randint(4, 40))
    return keras.Sequential(
        [keras.layers.Input(shape), keras.layers.Dense(width), keras.layers.Dense(1, activation="sigmoid")]
    )


class KeepsBest(keras.callbacks.Callback):
    """Remembers losses from training to training, and halves the weights where one was better before."""

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Compare with every loss so far."""
        loss = float((logs or {})["loss"])
        if best and min(best) < loss:
            self.model.set_weights([each * 0.5 for each in self.model.get_weights()])
        best.append(loss)


def keeps_best() -> keras.callbacks.Callback:
    """Return the callback that keeps state in its module."""
    return KeepsBest()


@functools.cache
def remembered(size: int) -> np.ndarray:
    """Return noise that is drawn once in a process."""
    return np.random.normal(size=size)


def cached_noise(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Return a net whose bias is drawn once in a process, and then remembered."""
    model = plain(shape, classes)
    weights = model.get_weights()
    weights[1] = remembered(len(weights[1]))
    model.set_weights(weights)
    return model


class Noisy(keras.layers.Layer):
    """Adds noise of TensorFlow's own generator, whose seed a trace takes from the global one of its time."""

    def call(self, x: Any) -> Any:
        """Return x with noise."""
        import tensorflow as tf

        return x + tf.random.normal(tf.shape(x))


def noisy(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Return a net whose noise hangs on the seed under which it was traced, and on nothing that Python holds."""
    return keras.Sequential([keras.layers.Input(shape), Noisy(), keras.layers.Dense(1, activation="sigmoid")])


def drawn_by_tensorflow(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Return a net whose bias comes from a kernel of TensorFlow with a generator of its own.

    Under equal seeds, a process that keeps the kernel draws the next numbers of it, and a fresh one the first.
    """
    import tensorflow as tf

    model = plain(shape, classes)
    weights = model.get_weights()
    weights[1] = tf.random.normal((len(weights[1]),)).numpy()
    model.set_weights(weights)
    return model
