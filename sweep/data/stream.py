"""What is known of a train that hands out batches, from the one time that it was read before the trials."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Stream:
    """A training set that is no arrays: each trial makes it anew, in its own process and from its own seeds.

    kind: what it is, such as "tf.data.Dataset". made_by_function: whether a function `train(run)` makes it. once:
    whether it can be walked once only. steps: batches of an epoch. by_pass: whether an epoch is one pass over it, which
    must end after so many; otherwise the study says how many, and the walk goes on from epoch to epoch.
    n: samples that were read; n_batches: batches. whole: whether that is all of an epoch.
    labels: label -> samples of it among those that were read; empty for a regression.
    on_tensorflow: whether TensorFlow was loaded when it was read.
    """

    kind: str
    made_by_function: bool
    once: bool
    steps: int
    by_pass: bool
    n: int
    n_batches: int
    whole: bool
    labels: dict[str, int] = field(default_factory=dict)
    on_tensorflow: bool = field(default=False, compare=False)
