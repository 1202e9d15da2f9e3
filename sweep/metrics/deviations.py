"""MSE, MAE, RMSE and R^2: how far scores lie from the labels."""

import numpy as np

from sweep.metrics.scored import ScoredSplit, Weights, count, mean, ratio, total
from sweep.metrics.scores import FloatArray


def mse(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the mean squared error, (B,), in the squared unit of the label."""
    return mean((split.score - split.label) ** 2, split, weights)


def mae(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the mean absolute error, (B,), in the unit of the label."""
    return mean(np.abs(split.score - split.label), split, weights)


def rmse(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the root mean squared error, (B,), in the unit of the label."""
    root: FloatArray = np.sqrt(mse(split, weights))
    return root


def r2(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return 1 - residual over total sum of squares, (B,); NaN where the labels do not vary."""
    residual, spread = total((split.score - split.label) ** 2, split, weights), _spread(split, weights)
    return 1 - ratio(residual, spread)


def _spread(split: ScoredSplit, weights: Weights) -> FloatArray:
    """Return the sum of squares of the labels about their mean, (B,)."""
    centred = split.label - split.label.mean()
    squares = total(centred**2, split, weights)
    if weights is None:
        return squares
    return squares - total(centred, split, weights) ** 2 / count(split, slice(None), weights)
