"""Few seeds or subjects, one class, constant or missing values: a defined answer with a note, or one clear message."""

import math
from typing import Any

import numpy as np
import pytest

from sweep.errors import InputError
from sweep.metrics import eer
from sweep.stats import (
    Design,
    compare,
    estimate,
    estimates,
    failures,
    holm,
    measure,
    sd_interval_of,
    seed_test,
    simulate,
    t_interval,
    trial_scores,
    verdict,
)
from sweep.stats.measured_trials import values_only
from sweep.stats.measures import MEASURES


def arrays(trials: int = 4, subjects: int = 20, frames: int = 4) -> dict[str, Any]:
    """Return test scores of some trials, labels and subjects, with a dev set of as many other subjects."""
    study = simulate(Design(n_dev=subjects, n_test=subjects, frames=frames), trials, np.random.default_rng(0))
    assert study.dev is not None
    return {
        "score": study.test.score,
        "label": study.test.label,
        "subject": study.units[study.test.unit],
        "dev": (study.dev.score, study.dev.label, study.units[study.dev.unit]),
    }


def rng() -> np.random.Generator:
    """Return a generator that always starts alike."""
    return np.random.default_rng(1)


def test_one_seed() -> None:
    """One seed has a value, and no interval for others."""
    measured = measure(trial_scores(**arrays(trials=1)), "hter", rng=rng())
    got = estimate(measured)
    assert math.isnan(got.new_subjects.low)
    assert "one seed" in got.new_subjects.note
    assert "no interval" in str(got)


def test_two_seeds() -> None:
    """Two seeds have a wide interval and a note that it is rough."""
    got = estimate(measure(trial_scores(**arrays(trials=2)), "hter", rng=rng()))
    assert got.new_subjects.low < got.new_subjects.high
    assert "two seeds" in got.new_subjects.note


@pytest.mark.parametrize("metric", ["hter", "auc", "accuracy"])
def test_three_subjects(metric: str) -> None:
    """Three subjects have an interval, wider than the plain formula's, and a note that it is rough."""
    measured = measure(trial_scores(**arrays(subjects=3)), metric, rng=rng())
    got = estimate(measured).new_subjects
    assert "only 3 subjects" in got.note
    assert got.low < got.value < got.high


def test_one_subject() -> None:
    """One subject has no interval for new subjects, and a note why."""
    got = estimate(measure(trial_scores(**arrays(subjects=1)), "hter", rng=rng())).new_subjects
    assert math.isnan(got.low)
    assert "one subject" in got.note


def test_subjects_in_one_class_only() -> None:
    """Where each subject has one class only the classes are drawn apart, and every replicate has both."""
    data = arrays(trials=5, subjects=20)
    keep = (data["subject"].astype(int) % 2 == 0) == (data["label"] == 1)
    scores = trial_scores(data["score"][:, keep], data["label"][keep], data["subject"][keep])
    measured = measure(scores, "auc", rng=rng())
    assert np.isfinite(measured.replicates).all()
    got = estimate(measured).new_subjects
    assert got.low < got.value < got.high


def test_one_subject_with_the_only_impostors() -> None:
    """Where all impostor samples are one subject's, replicates without that subject are drawn again."""
    data = arrays(trials=3)
    impostor = data["label"] == 0
    keep = ~impostor | (data["subject"] == data["subject"][0])
    scores = trial_scores(data["score"][:, keep], data["label"][keep], data["subject"][keep])
    assert np.isfinite(measure(scores, "test_eer", rng=rng()).replicates).all()


def test_no_errors_at_all() -> None:
    """A rate of 0 in every seed has Clopper-Pearson's limit over subjects, not a width of 0."""
    label = np.tile([1.0, 0.0], 40)
    subject = np.repeat(np.arange(20), 4)
    scores = trial_scores(np.tile(label, (5, 1)), label, subject, dev=(np.tile(label, (5, 1)), label, subject + 100))
    got = estimate(measure(scores, "hter", rng=rng())).new_subjects
    assert (got.value, got.low) == (0, 0)
    assert got.high == pytest.approx(1 - 0.025 ** (1 / 20))
    assert "Clopper-Pearson" in got.method


def test_constant_metric_of_no_rate() -> None:
    """A metric that neither seed nor subject changes has zero width and a note."""
    scores = trial_scores(np.ones((3, 8)), np.zeros(8), np.repeat(np.arange(4), 2))
    got = estimate(measure(scores, "mse", rng=rng())).new_subjects
    assert got.low == got.high == 1
    assert "no seed and no subject" in got.note


def test_nan_metric_is_refused() -> None:
    """A metric that is NaN in a trial stops with the configuration and the seed."""
    score = np.ones((3, 8))
    score[1, 2] = np.nan
    with pytest.raises(InputError, match="seed 1"):
        measure(trial_scores(score, np.zeros(8), np.arange(8)), "mse", rng=rng())


def test_nan_scores_of_a_verification_are_failures_to_acquire() -> None:
    """A NaN score leaves the rates of the other samples as they are."""
    data = arrays()
    with_nan = data["score"].copy()
    with_nan[:, 0] = np.nan
    without = {**data, **{key: data[key][1:] for key in ("label", "subject")}, "score": data["score"][:, 1:]}
    one = measure(trial_scores(**{**data, "score": with_nan}), "hter", rng=rng())
    other = measure(trial_scores(**without), "hter", rng=rng())
    assert one.value == pytest.approx(other.value)


def test_different_samples_are_refused() -> None:
    """Scores that do not fit the labels are refused: not the same test set."""
    with pytest.raises(InputError, match="same samples"):
        trial_scores(np.ones((3, 8)), np.zeros(7))


def test_no_subjects_makes_samples_the_cases_and_says_so() -> None:
    """Without subjects the sample is the case, in the words of the answer too."""
    data = arrays()
    scores = trial_scores(data["score"], data["label"], dev=data["dev"][:2])
    got = estimate(measure(scores, "hter", rng=rng())).new_subjects
    assert got.covers == "new samples"
    assert "no subjects" in got.note


def test_missing_dev_is_refused() -> None:
    """HTER without a development set is refused, as its threshold would come from nowhere."""
    data = arrays()
    with pytest.raises(InputError, match="dev"):
        measure(trial_scores(data["score"], data["label"], data["subject"]), "hter", rng=rng())


def test_unknown_words_are_refused() -> None:
    """An unknown metric, configuration, method or resampling is answered with the known ones."""
    scores = trial_scores(**arrays())
    with pytest.raises(InputError, match="hter"):
        measure(scores, "htre", rng=rng())
    with pytest.raises(InputError, match="jackknife"):
        measure(scores, "hter", rng=rng(), resampling="boot")
    measured = measure(scores, "hter", rng=rng())
    with pytest.raises(InputError, match="configuration"):
        estimate(measured, "B")
    with pytest.raises(InputError, match=r"'orh plain'.*Received: orh plane.*Did you mean 'orh plain'"):
        estimate(measured, method="orh plane")
    with pytest.raises(InputError, match="rng"):
        estimate(measured, method="crossed bootstrap")
    with pytest.raises(InputError, match="two configurations"):
        compare(measured)


def test_a_seed_twice_is_refused() -> None:
    """The same seed twice in a configuration would count one run as two."""
    with pytest.raises(InputError, match="seed 1 twice"):
        measure(trial_scores(**arrays(), seed=[0, 1, 1, 2]), "hter", rng=rng())


def test_values_without_scores_answer_for_this_test_set_alone() -> None:
    """Where scores cannot be resampled the answer for new subjects is withheld with the reason."""
    config, seed = np.repeat(["A", "B"], 3), np.tile(np.arange(3), 2)
    measured = values_only(config, seed, [1, 2, 3, 7, 8, 9], MEASURES["mse"], why_not="no scores were kept")
    got = estimate(measured, "A")
    assert math.isnan(got.new_subjects.low)
    assert got.new_subjects.note == "no scores were kept"
    assert got.this_test_set.low < 2 < got.this_test_set.high
    one = compare(measured)[0]
    assert one.better == ""
    assert one.better_here == "A"
    assert "no scores were kept" in verdict(one)
    assert "A is better than B on this test set" in verdict(one)


def test_tests_that_cannot_reject_are_refused() -> None:
    """Wilcoxon on five pairs and Mann-Whitney on three seeds are refused with their smallest p."""
    five, three = np.arange(5.0), np.arange(3.0)
    with pytest.raises(InputError, match=r"smallest possible p is 0.0625.*6 seeds"):
        seed_test(five, five + 1, "wilcoxon")
    with pytest.raises(InputError, match=r"smallest possible p is 0\.1"):
        seed_test(three, three + 9, "mann-whitney")
    with pytest.raises(InputError, match="15 comparisons"):
        seed_test(five, five + 9, "mann-whitney", comparisons=15)
    with pytest.raises(InputError, match="welch"):
        seed_test(five, five, "welsh")


def test_tests_of_constant_seeds() -> None:
    """Where no seed differs from another, equal configurations give p = 1 and different ones none."""
    assert seed_test([1, 1, 1], [1, 1, 1]).p == 1
    assert math.isnan(seed_test([1, 1, 1], [2, 2, 2]).p)


def test_a_grid_of_five_moderates_variances() -> None:
    """With five configurations the interval for this test set says that it is moderated; with four not."""
    study = simulate(Design(n_dev=5, n_test=20, frames=2), 3, rng(), shifts=(0.0,) * 5)
    assert "moderated" in estimates(measure(study, "mae", rng=rng()))[0].this_test_set.method
    few = simulate(Design(n_dev=5, n_test=20, frames=2), 3, rng(), shifts=(0.0,) * 4)
    assert "moderated" not in estimates(measure(few, "mae", rng=rng()))[0].this_test_set.method


def test_a_verdict_names_the_better_one_and_what_would_tell() -> None:
    """A clear difference is told, and a small one comes with the seeds or subjects that would tell."""
    clear = compare(measure(simulate(Design(), 8, rng(), shifts=(0.0, 1.5)), "hter", rng=rng()))[0]
    assert clear.better == "B"
    assert "A is worse than B for new subjects: hter higher by" in verdict(clear)
    small = compare(measure(simulate(Design(), 5, rng(), shifts=(0.0, 0.15)), "hter", rng=rng()))[0]
    assert "not told apart for new subjects" in verdict(small)
    assert "more" in verdict(small)


def test_answers_are_json() -> None:
    """Every answer gives the promised keys."""
    measured = measure(simulate(Design(), 4, rng(), shifts=(0.0, 0.5)), "hter", rng=rng())
    keys = {"value", "low", "high", "level", "method", "covers", "n_seeds", "n_failed", "n_subjects", "components"}
    for answer in (estimate(measured, "A").as_dict(), compare(measured)[0].as_dict()):
        assert keys <= answer.keys()
        assert keys <= answer["this_test_set"].keys()


def test_few_dev_subjects_are_told() -> None:
    """A threshold from five dev subjects makes HTER rough, whatever the size of the test set; AUC does not mind."""
    study = simulate(Design(n_dev=5, n_test=40, frames=3), 4, rng())
    assert "only 5 subjects in dev" in estimate(measure(study, "hter", rng=rng())).new_subjects.note
    assert estimate(measure(study, "auc", rng=rng())).new_subjects.note == ""


@pytest.mark.parametrize(
    "values",
    ["abc", 1j, np.array([1 + 2j]), [[1.0], [2.0, 3.0]], np.ma.masked_array([1.0, 2.0], mask=[True, False]), {"a": 1}],
)
def test_what_is_no_number_is_refused_everywhere(values: Any) -> None:
    """Words, complex numbers, ragged rows and masked values: one message, and nothing below a mask is counted."""
    for ask in (t_interval, holm, sd_interval_of, lambda one: failures(one, 0), lambda one: eer(one, [0.1, 0.2])):
        with pytest.raises(InputError, match="Expected"):
            ask(values)


def test_a_value_whose_square_is_no_number_is_refused() -> None:
    """In place of an infinite SD and a warning."""
    with pytest.raises(InputError, match="up to 1e"):
        t_interval([1e300, -1e300])
