"""What is measured of one regression trial: MSE, MAE, RMSE and R^2."""

import numpy as np
from numpy.typing import ArrayLike

from sweep.errors import InputError
from sweep.metrics.catalogue import REGRESSION, metrics_of_trial
from sweep.metrics.scored import Scored, ScoredSplit
from sweep.metrics.scores import vector


def regression(
    dev_label: ArrayLike, dev_score: ArrayLike, test_label: ArrayLike, test_score: ArrayLike
) -> dict[str, float]:
    """Return the metrics of one trial: those of test under their names, those of dev as dev_*.

    mse, in the squared unit of the label; mae and rmse, in its unit; r2: 1 - residual over total sum of squares, NaN
    when the labels do not vary, since nothing could be explained.

    Args:
        dev_label, test_label: (n,) targets; finite.
        dev_score, test_score: (n,) what the model says; finite.

    Raises:
        InputError: lengths differ, no row, or a value that is not finite.
    """
    scored = Scored(_split("test", test_label, test_score), _split("dev", dev_label, dev_score))
    return metrics_of_trial(REGRESSION, scored)


def _split(name: str, label: ArrayLike, score: ArrayLike) -> ScoredSplit:
    labels, scores = vector(label, f"{name} labels for"), vector(score, name)
    if labels.size != scores.size or not labels.size:
        raise InputError(
            f"Expected a {name} score for each label, at least one. Received: {scores.size}, {labels.size}."
        )
    bad = int((np.isnan(labels) | np.isnan(scores)).sum())
    if bad:
        raise InputError(f"Expected finite {name} labels and scores. Received: NaN in {bad} of {labels.size} rows.")
    return ScoredSplit(labels, scores)
