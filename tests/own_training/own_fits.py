"""Loops of the user's own over a Keras model: "own_fits:NAME"."""

import keras
import numpy as np
import tensorflow as tf


def net(input_shape, n_classes):
    """Return a net whose score is a number from -1 to 1."""
    layers = [keras.layers.Dense(8, activation="relu"), keras.layers.Dropout(0.2)]
    return keras.Sequential([keras.layers.Input(input_shape), *layers, keras.layers.Dense(1, activation="tanh")])


def loop(model, splits, run, *, margin=0.5, epochs=3, told=True):
    """Train with a margin loss by a GradientTape."""
    optimizer = keras.optimizers.Adam(0.02)
    x, y = splits.train.x, splits.train.y
    for _ in range(epochs):
        for rows in np.array_split(run.rng("order").permutation(len(y)), 6):
            sign = tf.constant(2.0 * y[rows] - 1, tf.float32)
            with tf.GradientTape() as tape:
                score = model(tf.constant(x[rows], tf.float32), training=True)[:, 0]
                loss = tf.reduce_mean(tf.nn.relu(margin - sign * score))
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        if told:
            run.epoch(loss=loss, margin=margin)
        if run.should_stop:
            break


def scores_beside(model, splits, run):
    """Give scores where the model has them."""
    run.epoch(dev=splits.dev.y)


def with_run(model, splits, run):
    """Return what `run` says after the training, and leave a file."""
    (run.folder / "after.txt").write_text("trained")
    return {"number": run.number, "again": run.dev()["val_eer"]}


def epoch_too_late(model, splits, run):
    """Tell of an epoch after the training."""
    run.epoch(loss=1.0)
