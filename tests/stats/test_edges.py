"""Rates near 0 and few subjects: how often the interval for new subjects holds the truth, and who carries the errors.

The bounds are binomial, as in test_coverage.py; benchmarks/seed_statistics.py --edges counts more studies and worlds.
"""

import numpy as np
import pytest
from scipy import stats

from sweep.stats import Design, clopper_pearson, estimate, measure, simulate, t_interval, trial_scores
from sweep.stats.scored_trials import TrialScores
from sweep.stats.simulation import truth
from tests.stats.test_coverage import between

STUDIES = 100
LOW = 5.95  # separation at which 0.9 % of scores are wrong
WORLDS = {
    "8 + 8": Design(8, 8, separation=LOW),
    "20 + 40": Design(20, 40, separation=LOW),
    "2.2 %, unequal samples": Design(20, 40, separation=4.82, unequal=True),
    "2.2 %, heavy tails": Design(20, 40, separation=6.0, tail_df=4),
    "11 %, seed x person, dev 6": Design(6, 40, separation=3.9, interaction_sd=1.0),
}


def held(design: Design, n_seeds: int, studies: int, rng: np.random.Generator) -> int:
    """Return in how many simulated studies the interval for new subjects holds the expected HTER."""
    expected, hits = truth(design, "hter", 3000, rng), 0
    for _ in range(studies):
        new = estimate(measure(simulate(design, n_seeds, rng), "hter", rng=rng, n_replicates=150)).new_subjects
        assert 0 <= new.low <= new.value + 1e-12 <= new.high + 2e-12
        assert new.high <= 1
        assert new.low < new.high
        hits += new.low <= expected <= new.high
    return hits


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("n_seeds", [pytest.param(3, marks=pytest.mark.thorough), 8])
def test_the_interval_covers_at_the_edges(name: str, n_seeds: int) -> None:
    """Low rates, few subjects, unequal samples, heavy tails and a small dev set: .93 to .97."""
    hits = held(WORLDS[name], n_seeds, STUDIES, np.random.default_rng(n_seeds))
    assert between(hits, STUDIES, 0.93, 0.97)


@pytest.mark.parametrize("failing", [0.01, 0.03])
def test_people_who_always_fail_are_reckoned_with(failing: float) -> None:
    """Where one person in a hundred always fails the interval covers .9 at least, though most sets hold none."""
    design = Design(30, 60, separation=7.2, failing=failing)
    hits = held(design, 5, STUDIES, np.random.default_rng(int(100 * failing)))
    assert stats.binomtest(hits, STUDIES, 0.9, alternative="less").pvalue > 1e-3


def without_an_error(n_subjects: int = 40, trials: int = 10) -> TrialScores:
    """Return trials whose classes never overlap, on dev or on test."""
    rng, n = np.random.default_rng(0), 2 * n_subjects
    label, subject = np.tile([1.0, 0.0], n), np.repeat(np.arange(n_subjects), 4)
    dev, test = (label * 10 + rng.uniform(-4, 4, (trials, label.size)) for _ in range(2))
    return trial_scores(test, label, subject, dev=(dev, label, subject + n_subjects))


def test_no_error_has_clopper_pearsons_limit_over_people() -> None:
    """Ten seeds on 40 people without an error leave up to 8.8 % possible, whatever thresholds the replicates find."""
    new = estimate(measure(without_an_error(), "hter", rng=np.random.default_rng(0))).new_subjects
    assert (new.value, new.low) == (0, 0)
    assert new.high >= 1 - 0.025 ** (1 / 40) - 1e-12
    assert "Clopper-Pearson" in new.method


def test_who_carries_the_errors_is_said() -> None:
    """One person of forty who always fails is named, and the upper limit is at least Clopper-Pearson's of 1 in 40."""
    scores = without_an_error()
    scores.test.score[:, (scores.test.unit == 7) & (scores.test.label == 1)] = -9
    new = estimate(measure(scores, "hter", rng=np.random.default_rng(0))).new_subjects
    assert f"1 of 40 subjects carries half of the errors in hter: {scores.units[7]}" in new.note
    assert new.high >= clopper_pearson(1, 40)[1]
    accuracy = estimate(measure(scores, "accuracy", rng=np.random.default_rng(0))).new_subjects
    assert accuracy.low <= 1 - clopper_pearson(1, 40)[1]


def test_errors_that_many_make_name_nobody() -> None:
    """Where errors are spread over the subjects nobody is named."""
    measured = measure(simulate(Design(), 5, np.random.default_rng(1)), "hter", rng=np.random.default_rng(1))
    assert "carry" not in estimate(measured).new_subjects.note


def test_the_plain_limits_keep_their_name() -> None:
    """The symmetric limits are there by name, and those on the logit scale lie higher at both ends."""
    measured = measure(simulate(Design(), 5, np.random.default_rng(1)), "hter", rng=np.random.default_rng(1))
    plain, logit = estimate(measured, method="orh plain").new_subjects, estimate(measured).new_subjects
    assert plain.value - plain.low == pytest.approx(plain.high - plain.value)
    assert (plain.value, plain.se, plain.df) == (logit.value, logit.se, logit.df)
    assert ("logit" in logit.method, "logit" in plain.method) == (True, False)
    assert logit.low > plain.low
    assert logit.high > plain.high


def test_seeds_that_agree_leave_the_subjects_uncertainty() -> None:
    """Seeds that all gave the same rate, above 0, do not make an interval without a width."""
    scores = without_an_error(8, 3)
    scores.test.score[:, [0, 5, 9]] = [[-9, 9, 9]]
    new = estimate(measure(scores, "hter", rng=np.random.default_rng(0))).new_subjects
    assert new.low < new.value < new.high


def test_t_limits_of_a_rate_stay_within_0_and_1() -> None:
    """Limits over seeds of a rate are skew and within [0, 1]; of another metric they are plain."""
    values = [0.0, 0.01, 0.0]
    rate, plain = t_interval(values, rate=True), t_interval(values)
    assert plain.low < 0 < rate.low < rate.value < rate.high < 1
    assert (t_interval([0.0, 0.0], rate=True).low, t_interval([1.0, 1.0], rate=True).high) == (0, 1)
