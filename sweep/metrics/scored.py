"""What one trial scored, split by split, and sums over its samples: once as they are, or weighted in replicates.

Everywhere in the catalogue `weights` is (B, C), how often each column counts in each of B replicates; None is the trial
as it is, B = 1, where every sample counts once. A column is a subject, a pair of subjects, or a sample.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError
from sweep.metrics.scores import Class, FloatArray, both

Weights = FloatArray | None
Bools = NDArray[np.bool_]
OfScored = Callable[["Scored", Weights], FloatArray]
OfSplit = Callable[["ScoredSplit", Weights], FloatArray]


@dataclass(frozen=True)
class ScoredSplit:
    """One split as one trial scored it.

    label, score: (n,); of a classification the score is the probability of the sample's own class. prediction: (n,) the
    predicted class, None where the task has none. unit: (n,) the column of the weights that each sample follows, None
    where there are no weights. attack_type: (n,) words, "" where a sample is no attack; None where nothing is known.
    """

    label: FloatArray
    score: FloatArray
    prediction: NDArray[Any] | None = None
    unit: NDArray[np.intp] | None = None
    attack_type: NDArray[np.str_] | None = None

    @cached_property
    def genuine(self) -> Bools:
        """Return which samples are genuine and have a score: failures to acquire (NaN) are set aside."""
        known: Bools = (self.label == 1) & ~np.isnan(self.score)
        return known

    @cached_property
    def impostor(self) -> Bools:
        """Return which samples are impostors' and have a score."""
        known: Bools = (self.label == 0) & ~np.isnan(self.score)
        return known

    @cached_property
    def classes(self) -> tuple[Class, Class]:
        """Return the genuine and the impostor scores, sorted."""
        self.refuse_one_class()
        return both(self.score[self.genuine], self.score[self.impostor])

    @cached_property
    def equal_under(self) -> list[tuple[FloatArray, tuple[FloatArray, FloatArray]]]:
        """Return the last weights under which its EER was asked for, with the EERs and their thresholds."""
        return []

    def refuse_one_class(self) -> None:
        """Raise InputError unless both classes have a score."""
        if not self.genuine.any() or not self.impostor.any():
            raise InputError(
                f"Expected genuine (label 1) and impostor (label 0) scores. Received: {int(self.genuine.sum())} and "
                f"{int(self.impostor.sum())}. Check the labels of the split."
            )

    @property
    def column(self) -> NDArray[np.intp]:
        """Return the column of the weights that each sample follows, (n,)."""
        if self.unit is None:
            raise InputError("Expected the unit of each sample, as weights are given. Received: none.")
        return self.unit


@dataclass(frozen=True)
class Scored:
    """What one trial scored: test, and dev and train where they are known."""

    test: ScoredSplit
    dev: ScoredSplit | None = None
    train: ScoredSplit | None = None

    def split(self, name: str) -> ScoredSplit:
        """Return a split by its name; raise InputError where it is not known."""
        found: ScoredSplit | None = getattr(self, name)
        if found is None:
            raise InputError(f"Expected {name} scores. Received: none. Give {name}=(score, label).")
        return found


def on(split: str, metric: OfSplit) -> OfScored:
    """Return a metric of one split as a metric of a trial."""
    return lambda scored, weights: metric(scored.split(split), weights)


def count(split: ScoredSplit, chosen: Bools | slice, weights: Weights) -> FloatArray:
    """Return how much the chosen samples weigh, (B,)."""
    if weights is None:
        return np.array([split.label[chosen].size], dtype=np.float64)
    counted: FloatArray = weights @ np.bincount(split.column[chosen], minlength=weights.shape[1])
    return counted


def total(values: FloatArray, split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the sum of values (n,) over the samples, (B,)."""
    if weights is None:
        return np.array([values.sum()])
    summed: FloatArray = weights @ np.bincount(split.column, values, minlength=weights.shape[1])
    return summed


def mean(values: FloatArray, split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the mean of values (n,) over the samples, (B,)."""
    return total(values, split, weights) / count(split, slice(None), weights)


def ratio(above: FloatArray, below: FloatArray, otherwise: float = np.nan) -> FloatArray:
    """Return above / below, and `otherwise` where there is nothing to divide by."""
    shape = np.broadcast_shapes(above.shape, below.shape)
    share: FloatArray = np.divide(above, below, out=np.full(shape, otherwise), where=below > 0)
    return share
