"""Means over each class as rows of the catalogue: Cllr, and the decidability index d'."""

import numpy as np

from sweep.metrics.likelihood import cllr_of
from sweep.metrics.scored import Bools, ScoredSplit, Weights, count, ratio, total
from sweep.metrics.scores import FloatArray
from sweep.metrics.separation import d_prime_of, scale_of

_ROUNDING = 1e-14  # a variance below that share of the mean square is none


def cllr(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the cost of the scores as natural-log likelihood ratios (B,), in bits, see `sweep.metrics.cllr`."""
    if weights is None:
        return np.array([cllr_of(*split.classes)])
    split.refuse_one_class()
    scores = np.nan_to_num(split.score)  # those without a score are set aside below
    of_genuine = _mean(np.logaddexp(0, -scores), split.genuine, split, weights)
    of_impostor = _mean(np.logaddexp(0, scores), split.impostor, split, weights)
    costs: FloatArray = (of_genuine + of_impostor) / (2 * np.log(2))
    return costs


def d_prime(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the decidability index (B,), see `sweep.metrics.d_prime`; NaN where no score varies."""
    if weights is None:
        return np.array([d_prime_of(*split.classes)])
    scores = split.score / scale_of(*split.classes)
    means, variances = [], []
    for chosen in (split.genuine, split.impostor):
        centre = scores[chosen].mean()  # squares of what is left lose no digits
        first = _mean(scores - centre, chosen, split, weights)
        second = _mean((scores - centre) ** 2, chosen, split, weights)
        variance = second - first**2
        means.append(centre + first)
        variances.append(np.where(variance > _ROUNDING * second, variance, 0.0))
    return ratio(means[0] - means[1], np.sqrt((variances[0] + variances[1]) / 2))


def _mean(values: FloatArray, chosen: Bools, split: ScoredSplit, weights: FloatArray) -> FloatArray:
    """Return the mean of values (n,) over the chosen samples (B,), NaN where none has a weight."""
    return ratio(total(np.where(chosen, values, 0.0), split, weights), count(split, chosen, weights))
