"""MSE, MAE, RMSE and R^2 of a regression, with every subject weighted."""

import numpy as np

from sweep.stats.trial_scores import FloatArray, TrialScores
from sweep.stats.verification_measures import weighted_mean


def mse(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the mean squared error (B,) of test."""
    return weighted_mean((scores.test.score[trial] - scores.test.label) ** 2, scores.test, weights)


def mae(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the mean absolute error (B,) of test."""
    return weighted_mean(np.abs(scores.test.score[trial] - scores.test.label), scores.test, weights)


def rmse(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return the root mean squared error (B,) of test."""
    root: FloatArray = np.sqrt(mse(scores, trial, weights))
    return root


def r2(scores: TrialScores, trial: int, weights: FloatArray) -> FloatArray:
    """Return 1 - residual over total sum of squares (B,) of test; not finite where the labels do not vary."""
    centred = scores.test.label - scores.test.label.mean()
    spread = weighted_mean(centred**2, scores.test, weights) - weighted_mean(centred, scores.test, weights) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        share: FloatArray = 1 - mse(scores, trial, weights) / spread
    return share
