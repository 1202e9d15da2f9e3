"""A training loop of its own: GradientTape and a margin loss."""

import keras
import numpy as np
import tensorflow as tf


def load():
    with np.load("embeddings.npz") as file:
        keys = ("x", "y", "subject")
        return {split: {key: file[f"{split}_{key}"] for key in keys} for split in ("train", "dev", "test")}


def net(shape, classes):
    return keras.Sequential([keras.layers.Input(shape), keras.layers.Dense(16, "relu"), keras.layers.Dense(1)])


def fit(model, splits, run, margin=0.5, epochs=5, batch=16):
    x, y = splits.train.x, splits.train.y
    optimizer = keras.optimizers.Adam(0.02)
    rng = run.rng("order")
    for _ in range(epochs):
        losses = []
        order = rng.permutation(len(y))
        for at in range(0, len(y), batch):
            rows = order[at : at + batch]
            sign = tf.constant(2.0 * y[rows] - 1, tf.float32)
            with tf.GradientTape() as tape:
                score = model(tf.constant(x[rows], tf.float32), training=True)[:, 0]
                loss = tf.reduce_mean(tf.nn.relu(margin - sign * score))
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
            losses.append(float(loss))
        run.epoch(loss=np.mean(losses))
