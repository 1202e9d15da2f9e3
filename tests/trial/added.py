"""The same model trained by us and by plain Keras, in one process: losses of each epoch, side by side."""

from pathlib import Path
from typing import Any

import numpy as np

SEEDS = {"init": 1, "dropout": 2, "augment": 3}


def with_added_loss(input_shape: tuple[int, ...], n_classes: int, *, kind: str) -> Any:
    """Return a net whose layers add to the loss: of their outputs, in a call, or of their weights."""
    import keras
    from keras import layers

    class Adds(layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            self.add_loss(0.1 * keras.ops.mean(keras.ops.square(x)))
            return x

    given = {"activity": {"activity_regularizer": "l2"}, "kernel": {"kernel_regularizer": "l1"}, "call": {}}
    x = layers.Input(input_shape)
    hidden = layers.Dense(8, "relu", **given[kind])(x)
    return keras.Model(x, layers.Dense(1, "sigmoid")(Adds()(hidden) if kind == "call" else hidden))


def both_ways(kinds: tuple[str, ...]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return kind -> (ours, Keras's own), each (epochs, 2): the loss of the training and that of dev."""
    import keras

    from sweep.data import synthetic_vectors
    from sweep.study.study import Study
    from sweep.trial import fitting, scoring
    from sweep.trial.batches import ShuffledBatches
    from sweep.trial.building import begin_phase, build
    from sweep.trial.process_state import Machine, begin_trial

    begin_trial(Machine(), str(Path.cwd()))
    splits, found = synthetic_vectors(), {}
    for kind in kinds:
        model_of = {"use": "tests.trial.added:with_added_loss", "kind": kind}
        train = {"epochs": 3, "batch_size": 24, "learning_rate": 0.02}
        study = Study.model_validate({"study": "s", "data": {"use": "a:b"}, "model": model_of, "train": train})
        model = build(study, splits, SEEDS)
        start = model.get_weights()
        begin_phase(model, study.train, 0, "binary_crossentropy")
        batches = ShuffledBatches(splits.train.x, splits.train.y, 24, 7)

        def on_dev(model: Any = model) -> dict[str, float]:
            outputs = scoring.predict(model, splits.dev.x)
            taken = splits.dev.x, splits.dev.y, outputs
            return {"val_loss": scoring.mean_loss(model, "binary_crossentropy", *taken, 24)}

        epochs, _ = fitting.fit(
            model,
            batches,
            on_dev,
            measured={"val_loss"},
            epochs=3,
            monitor="val_loss",
            patience=None,
            min_delta=0.0,
            keep_best=False,
        )
        plain = with_added_loss(tuple(splits.train.x.shape[1:]), 2, kind=kind)
        plain.set_weights(start)
        plain.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
        theirs = []
        for epoch in range(3):
            rows = batches.permutation(epoch)
            x, y = np.asarray(splits.train.x[rows], np.float32), splits.train.y[rows]
            dev = np.asarray(splits.dev.x, np.float32), splits.dev.y
            logs = plain.fit(x, y, batch_size=24, shuffle=False, validation_data=dev, verbose=0).history
            theirs.append((logs["loss"][0], logs["val_loss"][0]))
        found[kind] = np.array([(one["loss"], one["val_loss"]) for one in epochs]), np.array(theirs)
    return found
