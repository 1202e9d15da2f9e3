"""FAR, FRR, HTER and what else is counted on test at the threshold of dev's EER, which every replicate finds anew."""

from dataclasses import dataclass

import numpy as np

from sweep.errors import InputError
from sweep.metrics.equal_error_rate import eer_of
from sweep.metrics.half_total import hter_of
from sweep.metrics.scored import Bools, Scored, ScoredSplit, Weights, mean, ratio
from sweep.metrics.scores import FloatArray, of_class
from sweep.metrics.weighted import Pool

KERAS_THRESHOLD = 0.5  # Keras's binary accuracy counts a score above it, not at it, as genuine


@dataclass(frozen=True)
class Decisions:
    """What was decided at a threshold, (B,) each: wrong decisions, and the samples of each class."""

    false_accepts: FloatArray
    false_rejects: FloatArray
    n_genuine: FloatArray
    n_impostor: FloatArray

    @property
    def true_accepts(self) -> FloatArray:
        """Return how many genuine samples were accepted."""
        return self.n_genuine - self.false_rejects

    @property
    def far(self) -> FloatArray:
        """Return the false acceptance rate."""
        return ratio(self.false_accepts, self.n_impostor)

    @property
    def frr(self) -> FloatArray:
        """Return the false rejection rate."""
        return ratio(self.false_rejects, self.n_genuine)


def eer(scored: Scored, weights: Weights) -> FloatArray:
    """Return the EER of dev, or of test where no dev is given."""
    return _equal(scored.dev or scored.test, weights)[0]


def test_eer(scored: Scored, weights: Weights) -> FloatArray:
    """Return the EER of test."""
    return _equal(scored.test, weights)[0]


def threshold(scored: Scored, weights: Weights) -> FloatArray:
    """Return the threshold of dev's EER.

    Raises:
        InputError: no development set.
    """
    if scored.dev is None:
        raise InputError("Expected dev scores, which give HTER its threshold. Received: none. Give dev=(score, label).")
    return _equal(scored.dev, weights)[1]


def decisions(scored: Scored, weights: Weights) -> Decisions:
    """Return what is decided on test at the threshold of dev's EER."""
    return decided_at(threshold(scored, weights), scored.test, weights)


def decided_at(at: FloatArray, split: ScoredSplit, weights: Weights, impostor: Bools | None = None) -> Decisions:
    """Return what is decided at a threshold (B,).

    impostor: which samples are counted as the impostors', (n,); None: all of them.
    """
    split.refuse_one_class()
    if weights is None:
        genuine, others = split.classes
        chosen = others if impostor is None else of_class(split.score[impostor], "impostor")
        found = hter_of(genuine, chosen, float(at[0]))
        counts = (found.false_accepts, found.false_rejects, found.n_genuine, found.n_impostor)
        return Decisions(*(np.array([number], dtype=np.float64) for number in counts))
    return Decisions(*pool_of(split, split.impostor if impostor is None else impostor, weights).decided(weights, at))


def far(scored: Scored, weights: Weights) -> FloatArray:
    """Return the FAR."""
    return decisions(scored, weights).far


def frr(scored: Scored, weights: Weights) -> FloatArray:
    """Return the FRR."""
    return decisions(scored, weights).frr


def hter(scored: Scored, weights: Weights) -> FloatArray:
    """Return the HTER, (FAR + FRR) / 2."""
    found = decisions(scored, weights)
    return (found.far + found.frr) / 2


def recall(scored: Scored, weights: Weights) -> FloatArray:
    """Return the share of genuine samples that are accepted."""
    found = decisions(scored, weights)
    return ratio(found.true_accepts, found.n_genuine)


def precision(scored: Scored, weights: Weights) -> FloatArray:
    """Return the share of accepted samples that are genuine, NaN where nothing is accepted."""
    found = decisions(scored, weights)
    return ratio(found.true_accepts, found.true_accepts + found.false_accepts)


def f1(scored: Scored, weights: Weights) -> FloatArray:
    """Return the harmonic mean of precision and recall."""
    found = decisions(scored, weights)
    return ratio(2 * found.true_accepts, found.true_accepts + found.false_accepts + found.n_genuine)


def accuracy(scored: Scored, weights: Weights) -> FloatArray:
    """Return the accuracy of test: of the predicted classes, else at dev's threshold, else at 0.5."""
    if scored.test.prediction is not None:
        return predicted_accuracy(scored.test, weights)
    if scored.dev is None:
        return keras_accuracy(scored.test, weights)
    found = decisions(scored, weights)
    n = found.n_genuine + found.n_impostor
    return ratio(n - found.false_accepts - found.false_rejects, n)


def predicted_accuracy(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the accuracy of the predicted classes, or at the decision 0.5 where the task has none."""
    if split.prediction is None:
        return keras_accuracy(split, weights)
    return mean((split.prediction == split.label).astype(np.float64), split, weights)


def keras_accuracy(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the accuracy at the decision 0.5, as Keras prints it."""
    return mean(right_at_one_half(split).astype(np.float64), split, weights)


def right_at_one_half(split: ScoredSplit) -> Bools:
    """Return which samples the decision 0.5 gets right, (n,)."""
    right: Bools = (split.score > KERAS_THRESHOLD) == (split.label == 1)
    return right


def _equal(split: ScoredSplit, weights: Weights) -> tuple[FloatArray, FloatArray]:
    """Return the EER and its threshold, (B,) each."""
    if weights is None:
        found = eer_of(*split.classes)
        return np.array([found.value]), np.array([found.threshold])
    known = split.equal_under
    if not known or known[0][0] is not weights:  # EER and HTER of one trial ask for the same
        split.refuse_one_class()
        known[:] = [(weights, pool_of(split, split.impostor, weights).eer(weights))]
    return known[0][1]


def pool_of(split: ScoredSplit, impostor: Bools, weights: FloatArray) -> Pool:
    """Return the scores of a split with the columns of the weights that they follow."""
    genuine, column = split.genuine, split.column
    return Pool(split.score[genuine], split.score[impostor], column[genuine], column[impostor], weights.shape[1])
