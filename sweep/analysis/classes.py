"""The classes of a classification study: precision, recall and F1 with intervals, for each configuration."""

import numpy as np

from sweep.analysis.configurations import of_configuration
from sweep.analysis.current import current
from sweep.analysis.study_scores import study_scores
from sweep.errors import InputError
from sweep.stats.class_report import ClassReport, class_report
from sweep.store.store import Results

MOST = 20  # classes; of more the page would show nothing that is read, and every class costs three bootstraps


def class_reports(results: Results, level: float = 0.95) -> dict[str, ClassReport]:
    """Return config_id -> its classes, where a trial is ok and its predictions are stored; {} for other tasks.

    Configurations may have test sets of their own: each is read alone. The bootstrap draws from seed 0.
    """
    if results.study["task"] != "classification" or not len(results.scores):
        return {}
    found = {}
    for config_id, said in results.study["configurations"].items():
        one = of_configuration(results, config_id)
        names = tuple(map(str, said.get("classes", ())))
        if not len(current(one).ok) or len(names) > MOST:
            continue
        try:
            scores = study_scores(one)
        except InputError:  # seeds on test sets of their own have no confusion matrix in common
            continue
        prediction = scores.test.prediction
        if prediction is not None and np.isfinite(prediction).all() and prediction.max() < MOST:
            found[str(config_id)] = class_report(scores, names, level=level, rng=np.random.default_rng(0))
    return found
