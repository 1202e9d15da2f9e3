"""The metrics under weights: equal to the plain metrics on the samples repeated, whatever the weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep import metrics
from sweep.metrics.classification import classification
from sweep.metrics.regression import regression
from sweep.metrics.verification import verification
from sweep.metrics.weighted_auc import weighted_auc
from sweep.stats import Design, compare, estimate, measure, simulate, trial_scores
from sweep.stats.measures import MEASURES
from sweep.stats.scored_trials import TrialScores

VERIFICATION = ("hter", "eer", "far", "frr", "auc", "recall", "f1", "accuracy", "test_accuracy", "mse", "mae")


def repeated(study: TrialScores, counts: np.ndarray) -> list[np.ndarray]:
    """Return label and score of dev and test of the first trial, each sample as often as its unit counts."""
    assert study.dev is not None
    found = []
    for split in (study.dev, study.test):
        rows = np.repeat(np.arange(split.label.size), counts[split.unit])
        found += [split.label[rows], split.score[0][rows]]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_verification_measures_are_those_of_the_repeated_samples(seed: int) -> None:
    """Under any counts above 0 every measure is what the trials' table would hold for the resample.

    With a count of 0 the threshold may lie elsewhere in the same gap between dev's scores; see `weighted_eer`.
    """
    rng = np.random.default_rng(seed)
    study = simulate(Design(n_dev=8, n_test=9, frames=3), 1, rng)
    counts = rng.integers(1, 4, 17)
    got = {name: MEASURES[name].under(study.of_trial(0), counts[None].astype(float))[0] for name in VERIFICATION}
    want = verification(*repeated(study, counts))
    assert got == pytest.approx({name: want[name] for name in VERIFICATION}, abs=1e-12)


def test_classification_measures_are_those_of_the_repeated_samples() -> None:
    """Accuracy, macro F1, balanced accuracy and log loss are those of the resample."""
    rng = np.random.default_rng(0)
    label, subject = rng.integers(0, 3, 30), np.repeat(np.arange(10), 3)
    probability = rng.dirichlet(np.ones(3), 30)
    study = trial_scores(
        probability[np.arange(30), label], label, subject, prediction=probability.argmax(axis=1)[None].astype(float)
    )
    counts = rng.multinomial(10, np.full(10, 0.1))
    rows = np.repeat(np.arange(30), counts[np.unique(subject.astype(str), return_inverse=True)[1]])
    want = classification(label[rows], probability[rows], label[rows], probability[rows])
    for name in ("accuracy", "macro_f1", "balanced_accuracy", "log_loss"):
        assert MEASURES[name].under(study.of_trial(0), counts[None].astype(float))[0] == pytest.approx(want[name])


def test_regression_measures_are_those_of_the_repeated_samples() -> None:
    """MSE, MAE, RMSE and R^2 are those of the resample."""
    rng = np.random.default_rng(0)
    label = rng.normal(size=20)
    study = trial_scores(label + rng.normal(size=20), label, np.arange(20))
    counts = rng.multinomial(20, np.full(20, 0.05))
    rows = np.repeat(np.arange(20), counts[study.test.unit])
    want = regression(label, label, label[rows], study.test.score[0][rows])
    for name in ("mse", "mae", "rmse", "r2"):
        assert MEASURES[name].under(study.of_trial(0), counts[None].astype(float))[0] == pytest.approx(want[name])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.booleans()), min_size=4, max_size=30))
def test_auc_with_ties(rows: list[tuple[int, int, bool]]) -> None:
    """The weighted area is the plain one where every weight is one, ties included."""
    rows = [*rows, (1, 0, True), (2, 1, False)]
    score, unit, genuine = (np.array(column) for column in zip(*rows, strict=True))
    score = score.astype(float)
    got = weighted_auc(score[genuine], score[~genuine], unit[genuine], unit[~genuine], np.ones((1, 4)))
    assert got[0] == pytest.approx(metrics.auc(score[genuine], score[~genuine]))


def test_any_metric_function() -> None:
    """A function of labels and scores gives what the measure of that name gives, up to its own draws."""
    study = simulate(Design(n_dev=5, n_test=20, frames=2), 4, np.random.default_rng(0))

    def mse(label: np.ndarray, score: np.ndarray) -> float:
        return float(np.mean((label - score) ** 2))

    one, other = (measure(study, metric, rng=np.random.default_rng(1), n_replicates=50) for metric in ("mse", mse))
    assert one.replicates == pytest.approx(other.replicates)
    assert estimate(other).new_subjects.low == pytest.approx(estimate(one).new_subjects.low)


def test_an_increasing_transform_of_the_scores_changes_nothing() -> None:
    """HTER and its interval depend on the order of the scores alone, threshold included."""
    study = simulate(Design(), 3, np.random.default_rng(0))
    assert study.dev is not None
    moved = trial_scores(
        study.test.score**3 + 5,
        study.test.label,
        study.units[study.test.unit],
        dev=(study.dev.score**3 + 5, study.dev.label, study.units[study.dev.unit]),
    )
    one, other = (estimate(measure(s, "hter", rng=np.random.default_rng(2))).new_subjects for s in (study, moved))
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-9)


def test_order_of_seeds_and_samples_does_not_matter() -> None:
    """Rows and columns in another order give the same interval by jackknife, and pairs are made by seed, not by row."""
    study = simulate(Design(n_dev=5, n_test=12, frames=2), 5, np.random.default_rng(0), shifts=(0.0, 0.3))
    rng = np.random.default_rng(1)
    rows, columns = rng.permutation(10), rng.permutation(study.test.label.size)
    moved = trial_scores(
        study.test.score[np.ix_(rows, columns)],
        study.test.label[columns],
        study.units[study.test.unit[columns]],
        config=study.config[rows],
        seed=study.seed[rows],
    )
    plain = trial_scores(
        study.test.score, study.test.label, study.units[study.test.unit], config=study.config, seed=study.seed
    )
    one, other = (measure(s, "mae", rng=rng, resampling="jackknife") for s in (plain, moved))
    for paired in (False, True):
        a, b = compare(one, "A", paired=paired)[0], compare(other, "A", paired=paired)[0]
        assert (a.new_subjects.low, a.new_subjects.high) == pytest.approx((b.new_subjects.low, b.new_subjects.high))


def test_the_same_rng_gives_the_same_answer() -> None:
    """The same generator repeats the answer to the bit, and another one changes it a little."""
    study = simulate(Design(), 3, np.random.default_rng(0))
    one, again, other = (
        estimate(measure(study, "hter", rng=np.random.default_rng(seed))).new_subjects for seed in (1, 1, 2)
    )
    assert one == again
    assert one.low != other.low
    assert one.low == pytest.approx(other.low, rel=0.1)
