"""Samples that belong to two people: both are drawn again, and a pair weighs the product."""

import numpy as np
import pytest
from scipy import stats as distributions

from sweep.metrics import by_pair, eer_bootstrap
from sweep.stats import estimate, measure, trial_scores

PEOPLE, IMAGES = 24, 3


def simulated(rng, people=PEOPLE, trials=1, effect=0.7):
    """Return score (T, n), label, first and second person of all pairs; a person moves every pair that it is in."""
    a, b = np.triu_indices(people)
    count = np.where(a == b, IMAGES, 1)
    first, second = np.repeat(a, count), np.repeat(b, count)
    label = (first == second).astype(float)
    own, like = rng.normal(0, effect, (2, people))  # how a person meets itself, and how much it looks like others
    moved = np.where(label == 1, own[first], like[first] + like[second])
    score = 2.2 * label + moved + rng.normal(size=(trials, label.size)) + rng.normal(0, 0.1, (trials, 1)) * label
    return score, label, first, second


def studied(score, label, first, second):
    """Return pairs as `TrialScores`."""
    return trial_scores(score, label, first, other=second)


def test_the_weights_are_those_of_the_two_way_bootstrap():
    """Each column weighs as `by_pair` weighs it: a person alone, or the product of both of a pair, once a pair."""
    _, label, first, second = simulated(np.random.default_rng(0), people=6)
    scores = studied(label[None], label, first, second)
    drawn = np.random.default_rng(1).multinomial(6, np.full(6, 1 / 6), size=4).astype(float)
    weights = scores.columns(drawn)[:, scores.test.unit]
    assert np.array_equal(weights, np.where(first == second, drawn[:, first], drawn[:, first] * drawn[:, second]))
    assert (scores.n_units(), len(scores.pairs)) == (6, 15)
    assert studied(label[None], label, second, first).pairs.tolist() == scores.pairs.tolist()


def test_the_spread_is_that_of_the_score_files_bootstrap():
    """The SD of the replicates agrees with `eer_bootstrap` over `by_pair` clusters within its own noise."""
    score, label, first, second = simulated(np.random.default_rng(2))
    mine = measure(studied(score, label, first, second), "eer", rng=np.random.default_rng(3)).replicates.std()
    genuine = label == 1
    clusters = by_pair(first[genuine], first[~genuine], second[~genuine])
    other = eer_bootstrap(score[0, genuine], score[0, ~genuine], rng=np.random.default_rng(4), clusters=clusters)
    assert mine == pytest.approx((other.high - other.low) / (2 * 1.96), rel=0.15)


def test_people_are_counted_and_named_not_pairs():
    """The interval for new subjects counts people of both columns and says that both of a pair were drawn."""
    score, label, first, second = simulated(np.random.default_rng(5), trials=3)
    one = estimate(measure(studied(score, label, first, second), "eer", rng=np.random.default_rng(6))).new_subjects
    assert (one.n_subjects, one.covers) == (PEOPLE, "new subjects")
    assert "subjects (both of a pair)" in one.method


@pytest.fixture(scope="module")
def coverage():
    """Return in how many of simulated studies an interval of the AUC for new people held the truth, by the unit."""
    rng, n_studies, hits = np.random.default_rng(20261121), 200, {"people": 0, "pairs": 0}
    expected = np.mean([_auc(*simulated(rng)[:2]) for _ in range(800)])
    for _ in range(n_studies):
        score, label, first, second = simulated(rng, trials=3)
        for unit, scores in (
            ("people", studied(score, label, first, second)),
            ("pairs", trial_scores(score, label)),
        ):
            found = estimate(measure(scores, "auc", rng=rng, n_replicates=80)).new_subjects
            hits[unit] += found.low <= expected <= found.high
    return hits, n_studies


def _auc(score, label):
    genuine, impostor = score[0, label == 1], score[0, label == 0]
    return distributions.mannwhitneyu(genuine, impostor).statistic / (genuine.size * impostor.size)


def test_the_interval_for_new_people_covers(coverage):
    """With people as the unit it covers between .92 and .98 by a binomial check, with pairs far less."""
    hits, n = coverage
    low = distributions.binomtest(hits["people"], n, 0.92, alternative="less").pvalue
    high = distributions.binomtest(hits["people"], n, 0.98, alternative="greater").pvalue
    assert min(low, high) > 1e-3, hits
    assert hits["pairs"] < 0.8 * n, hits
