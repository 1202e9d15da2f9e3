"""Which samples of a trial are errors, and what each adds to the rate: for EER, HTER and accuracy."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sweep.metrics.at_threshold import right_at_one_half
from sweep.metrics.equal_error_rate import eer_of
from sweep.metrics.scored import Bools, Scored, ScoredSplit
from sweep.metrics.scores import FloatArray


@dataclass(frozen=True)
class Errors:
    """The errors of one trial.

    split: whose samples they are. weight: (n,) what a sample adds to the rate, 0 where it is right.
    """

    split: ScoredSplit
    weight: FloatArray


ErrorsOf = Callable[[Scored], Errors]


def at_dev_threshold(of_genuine: float, of_impostor: float) -> ErrorsOf:
    """Return the errors of test at dev's threshold; the rate is half the sum of FRR and FAR, times these factors."""
    return lambda scored: _at(scored.test, _threshold(scored), (of_genuine, of_impostor))


def at_own_threshold(on_dev: bool) -> ErrorsOf:
    """Return the errors at the set's own EER threshold, of dev where asked and given."""

    def errors(scored: Scored) -> Errors:
        split = scored.dev if on_dev and scored.dev is not None else scored.test
        return _at(split, eer_of(*split.classes).threshold, (1, 1))

    return errors


def at_one_half(scored: Scored) -> Errors:
    """Return the errors of test at the decision 0.5, as Keras counts them; each adds one sample's share."""
    return _of_samples(scored.test, ~right_at_one_half(scored.test))


def of_accuracy(scored: Scored) -> Errors:
    """Return the wrong samples of test: by the predicted class, at dev's threshold, or at 0.5, as accuracy counts."""
    split = scored.test
    if split.prediction is not None:
        return _of_samples(split, split.prediction != split.label)
    if scored.dev is None:
        return at_one_half(scored)
    return _of_samples(split, (split.score >= _threshold(scored)) != (split.label == 1))


def _at(split: ScoredSplit, threshold: float, factors: tuple[float, float]) -> Errors:
    score, genuine = split.score, split.label == 1
    known = ~np.isnan(score)
    weight = np.zeros(score.size)
    weight[genuine & (score < threshold)] = factors[0] / 2 / max(int((known & genuine).sum()), 1)
    weight[~genuine & (score >= threshold)] = factors[1] / 2 / max(int((known & ~genuine).sum()), 1)
    return Errors(split, weight)


def _of_samples(split: ScoredSplit, wrong: Bools) -> Errors:
    return Errors(split, np.asarray(wrong, dtype=np.float64) / wrong.size)


def _threshold(scored: Scored) -> float:
    return eer_of(*(scored.dev or scored.test).classes).threshold
