"""A training loop of its own: GradientTape and a margin loss."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.metrics import roc_curve


def load():
    with np.load("embeddings.npz") as file:
        keys = ("x", "y", "subject")
        return {split: {key: file[f"{split}_{key}"] for key in keys} for split in ("train", "dev", "test")}


def net(shape):
    return keras.Sequential([keras.layers.Input(shape), keras.layers.Dense(16, "relu"), keras.layers.Dense(1)])


def fit(model, x, y, margin=0.5, epochs=5, batch=16):
    optimizer = keras.optimizers.Adam(0.02)
    rng = np.random.default_rng(0)
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
        print("loss", np.mean(losses))


def main():
    keras.utils.set_random_seed(0)
    data = load()
    x, y = data["train"]["x"], data["train"]["y"]
    model = net(x.shape[1:])
    fit(model, x, y)
    scores = model.predict(data["test"]["x"])[:, 0]

    fpr, tpr, _ = roc_curve(data["test"]["y"], scores)
    print("EER", fpr[np.argmin(np.abs(fpr + tpr - 1))])


if __name__ == "__main__":
    main()
