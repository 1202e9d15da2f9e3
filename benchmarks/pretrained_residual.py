"""The weights that `sweep.models:residual_transfer` starts from: the net trained on the synthetic source domain.

`python benchmarks/pretrained_residual.py` trains it anew (a minute or two on one processor), writes
sweep/models/residual.npz and prints the digest that stands in sweep/models/residual.py. One thread and deterministic
operations: the same kind of machine gives the same bytes again.
"""

import hashlib

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from sweep.data import synthetic_domains
from sweep.models.residual import SOURCE, residual_net
from sweep.trial.batches import ShuffledBatches
from sweep.trial.scoring import predict

EPOCHS = 8


class _EachEpoch(keras.callbacks.Callback):
    """Says how dev goes."""

    def __init__(self, dev):
        super().__init__()
        self._dev = dev

    def on_epoch_end(self, epoch, logs=None):
        right = np.mean(predict(self.model, self._dev.x).argmax(axis=1) == self._dev.y)
        print(f"epoch {epoch + 1}: loss {logs['loss']:.3f}, accuracy on dev {right:.3f}", flush=True)


def main():
    """Train, write the weights as float16, which halves the file, and print its digest."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(1)
    splits = synthetic_domains(domain="source", samples=(6000, 500, 1000))
    net = residual_net((32, 32, 3))
    outputs = layers.Dense(len(splits.classes), activation="softmax")(net.output)
    model = keras.Model(net.input, outputs)
    batches = ShuffledBatches(splits.train.x, splits.train.y, 64, 0)
    steps = EPOCHS * batches.steps
    schedule = keras.optimizers.schedules.CosineDecay(3e-3, steps)
    model.compile(optimizer=keras.optimizers.Adam(schedule), loss="sparse_categorical_crossentropy")
    each = _EachEpoch(splits.dev)
    model.fit(batches, steps_per_epoch=batches.steps, epochs=EPOCHS, shuffle=False, verbose=0, callbacks=[each])
    right = np.mean(predict(model, splits.test.x).argmax(axis=1) == splits.test.y)
    arrays = {f"w{number:03d}": one.astype(np.float16) for number, one in enumerate(net.get_weights())}
    np.savez_compressed(SOURCE, **arrays)
    size, digest = SOURCE.stat().st_size, hashlib.sha256(SOURCE.read_bytes()).hexdigest()
    print(f"accuracy on the source's test set {right:.3f}; {SOURCE.name}: {size} bytes, sha256 {digest}")


if __name__ == "__main__":
    main()
