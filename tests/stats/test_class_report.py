"""Precision, recall and F1 of every class against scikit-learn, the confusion matrix, and intervals that cover."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from sweep.errors import InputError
from sweep.stats import difference_of_sets, t_interval, trial_scores
from sweep.stats.class_report import class_report

NAMES = ("walk", "bike", "bus")


def scores(rng, trials=4, subjects=30, each=6, right=0.7):
    """Return trials of three classes, whose predictions are right with a chance of the subject's own."""
    subject = np.repeat(np.arange(subjects), each)
    label = rng.integers(0, 3, subject.size)
    chance = np.clip(right + rng.normal(0, 0.15, subjects), 0, 1)[subject]
    hit = rng.random((trials, subject.size)) < chance
    guess = np.where(hit, label, (label + rng.integers(1, 3, hit.shape)) % 3).astype(float)
    return trial_scores(np.full(guess.shape, 0.5), label, subject, prediction=guess)


def test_the_numbers_are_those_of_scikit_learn():
    """Mean over seeds of precision, recall and F1, support, counts and row shares agree with a second one."""
    made = scores(np.random.default_rng(0))
    found = class_report(made, NAMES, rng=np.random.default_rng(1))
    label, guesses = made.test.label, made.test.prediction
    theirs = np.mean([precision_recall_fscore_support(label, one, zero_division=0)[:3] for one in guesses], axis=0)
    ours = [[row.here[name].value for row in found.rows] for name in ("precision", "recall", "f1")]
    assert np.asarray(ours) == pytest.approx(theirs)
    matrices = [confusion_matrix(label, one) for one in guesses]
    assert found.counts == pytest.approx(np.mean(matrices, axis=0))
    shares = [one / one.sum(axis=1, keepdims=True) for one in matrices]
    assert found.share == pytest.approx(np.mean(shares, axis=0))
    assert found.share_sd == pytest.approx(np.std(shares, axis=0, ddof=1))
    assert [row.support for row in found.rows] == np.bincount(label.astype(int)).tolist()
    assert [row.name for row in found.rows] == list(NAMES)


def test_both_intervals_say_what_they_cover():
    """The t interval is that of the seeds; the one for new subjects is wider where subjects differ much."""
    made = scores(np.random.default_rng(2))
    row = class_report(made, rng=np.random.default_rng(1)).rows[0]
    values = [np.mean(one[made.test.label == 0] == 0) for one in made.test.prediction]
    assert (row.here["recall"].low, row.here["recall"].high) == pytest.approx(
        (t_interval(values, rate=True).low, t_interval(values, rate=True).high)
    )
    assert (row.name, row.here["recall"].covers, row.new["recall"].covers) == ("0", "this test set", "new subjects")
    assert row.new["recall"].low < row.new["recall"].value < row.new["recall"].high


def test_a_class_that_is_never_predicted_or_absent_is_zero():
    """No prediction of a class gives precision 0, a known class without samples support 0; one seed has no spread."""
    label = np.array([0, 1] * 20)
    made = trial_scores(np.ones((1, 40)), label, np.arange(40) // 2, prediction=np.zeros((1, 40)))
    found = class_report(made, NAMES, rng=np.random.default_rng(1))
    assert [row.here["precision"].value for row in found.rows] == [0.5, 0, 0]
    assert [row.support for row in found.rows] == [20, 20, 0]
    assert np.isnan(found.share_sd).all()
    assert np.isnan(found.rows[0].here["recall"].low)
    with pytest.raises(InputError, match="predicted classes"):
        class_report(trial_scores(np.ones((1, 40)), label), rng=np.random.default_rng(1))


def test_the_difference_of_two_test_sets_is_welchs_test():
    """For intervals over seeds the difference of two sets is Welch's t-test."""
    from scipy import stats

    rng = np.random.default_rng(5)
    a, b = rng.normal(1, 1, 8), rng.normal(0, 2, 5)
    found, p = difference_of_sets(t_interval(a), t_interval(b))
    theirs = stats.ttest_ind(a, b, equal_var=False)
    limits = theirs.confidence_interval()
    assert (found.low, found.high, p) == pytest.approx((limits.low, limits.high, theirs.pvalue))
