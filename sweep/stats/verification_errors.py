"""Which samples of a trial are errors, and what each adds to the rate: for EER, HTER and accuracy."""

import numpy as np

from sweep.metrics.weighted import weighted_eer
from sweep.stats.carriers import Errors, ErrorsOf
from sweep.stats.trial_scores import FloatArray, SplitScores, TrialScores
from sweep.stats.verification_measures import KERAS_THRESHOLD, classes


def at_dev_threshold(of_genuine: float, of_impostor: float) -> ErrorsOf:
    """Return the errors of test at dev's threshold; the rate is half the sum of FRR and FAR, times these factors."""
    return lambda scores, trial: _at(scores.test, trial, _threshold(scores, trial), (of_genuine, of_impostor))


def at_own_threshold(on_dev: bool) -> ErrorsOf:
    """Return the errors at the set's own EER threshold, of dev where asked and given."""

    def errors(scores: TrialScores, trial: int) -> Errors:
        split = scores.dev if on_dev and scores.dev is not None else scores.test
        return _at(split, trial, _eer_threshold(split, trial, scores.n_columns), (1, 1))

    return errors


def at_one_half(scores: TrialScores, trial: int) -> Errors:
    """Return the errors of test at the decision 0.5, as Keras counts them; each adds one sample's share."""
    split = scores.test
    return _of_samples(split, (split.score[trial] > KERAS_THRESHOLD) != (split.label == 1))


def of_accuracy(scores: TrialScores, trial: int) -> Errors:
    """Return the wrong samples of test: by the predicted class, at dev's threshold, or at 0.5, as accuracy counts."""
    split = scores.test
    if split.prediction is not None:
        return _of_samples(split, split.prediction[trial] != split.label)
    if scores.dev is None:
        return at_one_half(scores, trial)
    return _of_samples(split, (split.score[trial] >= _threshold(scores, trial)) != (split.label == 1))


def _at(split: SplitScores, trial: int, threshold: float, factors: tuple[float, float]) -> Errors:
    score, genuine = split.score[trial], split.label == 1
    known = ~np.isnan(score)
    weight = np.zeros(score.size)
    weight[genuine & (score < threshold)] = factors[0] / 2 / max(int((known & genuine).sum()), 1)
    weight[~genuine & (score >= threshold)] = factors[1] / 2 / max(int((known & ~genuine).sum()), 1)
    return Errors(split, weight)


def _of_samples(split: SplitScores, wrong: FloatArray) -> Errors:
    return Errors(split, np.asarray(wrong, dtype=np.float64) / wrong.size)


def _threshold(scores: TrialScores, trial: int) -> float:
    return _eer_threshold(scores.dev or scores.test, trial, scores.n_columns)


def _eer_threshold(split: SplitScores, trial: int, n_columns: int) -> float:
    return float(weighted_eer(*classes(split, trial), np.ones((1, n_columns)))[1][0])
