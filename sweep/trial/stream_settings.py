"""Settings of a study that would say nothing, or something else, beside a train that hands out batches."""

import numpy as np

from sweep.data import Splits
from sweep.data.stream import Stream
from sweep.errors import InputError
from sweep.study.study import Study
from sweep.study.train import Train
from sweep.trial.sample_weights import ClassWeights, class_weights
from sweep.trial.tasks import n_classes


def check_settings(study: Study, stream: Stream | None) -> None:
    """Raise InputError where a setting of `train` cannot be followed with such a stream.

    study: of one configuration. stream: None for arrays, beside which all of them can.
    """
    if stream is None or study.trial is not None or study.fit is not None:
        return
    train = study.train
    if train.batch_size != Train.model_fields["batch_size"].default:
        raise InputError(
            f"train.batch_size: expected none, as {study.data.use} hands out batches of its own. Received: "
            f"{train.batch_size}. Give the size as a keyword of `data`, and leave batch_size out."
        )
    if train.carry_over:
        raise InputError(
            f"train.carry_over: expected arrays as train. Received: batches of {study.data.use}. Leave carry_over out."
        )
    if train.class_weight == "balanced" and not stream.whole:
        raise InputError(
            "train.class_weight: expected weights, as {0: 1, 1: 5}. Received: balanced, but only the first "
            f"{stream.n_batches:,} of {stream.steps:,} batches were counted, as digest_steps says."
        )
    epochs = sum(phase.epochs for phase in train.phases)
    if stream.once and stream.by_pass and epochs > 1:
        raise InputError(
            f"train: expected batches for {epochs} epochs. Received: a {stream.kind}, which can be walked once. Return "
            "a function train(run) that makes it: it is called anew for each epoch."
        )


def stream_class_weights(study: Study, splits: Splits, stream: Stream) -> ClassWeights | None:
    """Return the weights of the classes, "balanced" by the labels of all that was read."""
    if study.train.class_weight is None:
        return None
    counts = np.zeros(n_classes(study.task, splits.classes, splits.train.y), np.int64)
    for label, n in stream.labels.items():
        counts[int(label)] = n
    return class_weights(study.train.class_weight, counts, study.task)
