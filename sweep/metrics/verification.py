"""What is measured of one verification trial: the threshold from dev, everything else at that threshold on test.

The metrics are rows of the catalogue; here the labels and scores are checked. NumPy alone, since importing scikit-learn
would cost every trial a second; the tests compare with it.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from sweep.errors import InputError
from sweep.metrics.at_threshold import threshold
from sweep.metrics.attack_errors import check_attack_types
from sweep.metrics.catalogue import VERIFICATION, metrics_of_trial
from sweep.metrics.scored import Scored, ScoredSplit
from sweep.metrics.scores import vector


def verification(
    dev_label: ArrayLike,
    dev_score: ArrayLike,
    test_label: ArrayLike,
    test_score: ArrayLike,
    *,
    train_label: ArrayLike | None = None,
    train_score: ArrayLike | None = None,
    test_attack_type: ArrayLike | None = None,
) -> dict[str, float]:
    """Return the metrics of one trial, rates as fractions.

    eer, eer_threshold: of dev, interpolated; accept when score >= threshold. dev_auc: area under dev's ROC.
    hter, far, frr, accuracy, precision, recall, f1: of test at eer_threshold, genuine being positive; precision is NaN
    when nothing is accepted. auc: area under test's ROC, from the scores. mae, mse: of test, score against label.
    apcer:TYPE: of test at eer_threshold, the FAR of the attacks of one type; where attack types are given.
    test_accuracy, train_accuracy: at the decision 0.5, as Keras prints them; train_accuracy only where train is given.

    Args:
        dev_label, test_label, train_label: (n,) 1 for genuine, 0 for impostor.
        dev_score, test_score, train_score: (n,) higher is more genuine; finite.
        test_attack_type: (n,) words, "" where a sample is no attack; None where nothing is known.

    Raises:
        InputError: lengths differ, a label other than 0 and 1, a score that is not finite, or a split with one class.
    """
    scored = Scored(
        test=_with_attacks(_split("test", test_label, test_score), test_attack_type),
        dev=_split("dev", dev_label, dev_score),
        train=None if train_label is None or train_score is None else _split("train", train_label, train_score),
    )
    return {**metrics_of_trial(VERIFICATION, scored), "eer_threshold": float(threshold(scored, None)[0])}


def _with_attacks(split: ScoredSplit, given: ArrayLike | None) -> ScoredSplit:
    """Return the split with the attack type of each sample, where one is given."""
    if given is None:
        return split
    types = np.asarray(given).astype(np.str_)
    check_attack_types(types, split.label)
    return replace(split, attack_type=types)


def _split(name: str, label: ArrayLike, score: ArrayLike) -> ScoredSplit:
    labels, scores = vector(label, f"{name} labels for"), vector(score, name)
    if labels.size != scores.size:
        raise InputError(f"Expected a {name} score for each label. Received: {labels.size} and {scores.size}.")
    if np.isnan(scores).any():
        raise InputError(
            f"Expected finite {name} scores. Received: NaN for {int(np.isnan(scores).sum())} of {scores.size}. "
            "The training diverged, or the model divides by zero."
        )
    missing = [word for value, word in ((1, "genuine (1)"), (0, "impostor (0)")) if not (labels == value).any()]
    if missing or not np.isin(labels, (0, 1)).all():
        raise InputError(
            f"Expected {name} labels 1 (genuine) and 0 (impostor), both present. "
            f"Received: {', '.join(f'{value:g}' for value in np.unique(labels)[:5]) or 'none'}."
        )
    return ScoredSplit(labels, scores)
