"""The catalogue: one implementation a metric, for points and for replicates, and what its users read of it."""

import json
from pathlib import Path

import numpy as np
import pytest

from sweep.errors import InputError
from sweep.metrics.catalogue import CATALOGUE, TASKS, first_of_test, headline, metric_called
from sweep.metrics.classification import classification
from sweep.metrics.regression import regression
from sweep.metrics.scored import Scored, ScoredSplit
from sweep.metrics.verification import verification

BEFORE = json.loads(Path(__file__).with_name("stored_points.json").read_text())
PAIRS = [(name, task) for name, row in CATALOGUE.items() for task in row.tasks or ("verification",)]


def split(task: str, n: int, rng: np.random.Generator) -> ScoredSplit:
    """Return one split of a task with a unit for each three samples; scores are sixty-fourths, with ties."""
    unit = np.arange(n) // 3
    if task == "regression":
        label = rng.integers(-200, 200, n) / 64
        return ScoredSplit(label, label + rng.integers(-30, 30, n) / 64, unit=unit)
    label = rng.integers(0, 2 if task == "verification" else 4, n).astype(float)
    if task == "verification":
        kinds = np.where(label == 0, rng.choice(["mask", "print"], n), "")
        score = np.clip(rng.integers(0, 48, n) / 64 + label / 4, 0, 1)
        return ScoredSplit(label, score, unit=unit, attack_type=kinds)
    return ScoredSplit(label, rng.integers(1, 65, n) / 64, prediction=rng.integers(0, 4, n), unit=unit)


def scored(task: str, seed: int) -> Scored:
    """Return a simulated trial of a task."""
    rng = np.random.default_rng(seed)
    return Scored(*(split(task, n, rng) for n in (60, 45, 30)))


@pytest.mark.parametrize(("name", "task"), PAIRS)
@pytest.mark.parametrize("seed", range(3))
def test_a_point_is_the_replicate_in_which_everyone_counts_once(name: str, task: str, seed: int) -> None:
    """Of every row the trial's own value is what the weights 1 give; among replicates it is found in its place."""
    row = CATALOGUE[name]
    trial = scored(task, seed)
    weights = np.ones((9, 20))
    weights[1:8] = np.random.default_rng(seed).integers(1, 4, (7, 20))
    found = row.under(trial, weights)
    assert found.shape == (9,)
    assert np.isfinite(found).all()
    assert found[[0, 8]] == pytest.approx([row.point(trial)] * 2, abs=1e-12)
    assert np.ptp(found) > 1e-6


@pytest.mark.parametrize(("name", "task"), PAIRS)
def test_weights_repeat_the_samples(name: str, task: str) -> None:
    """Of every row a replicate is the metric of the samples repeated as often as they count."""
    row = CATALOGUE[name]
    trial = scored(task, 7)
    weights = np.random.default_rng(7).integers(1, 4, (1, 20)).astype(float)

    def repeated(one: ScoredSplit) -> ScoredSplit:
        rows = np.repeat(np.arange(one.label.size), weights[0].astype(int)[one.column])
        guess = None if one.prediction is None else one.prediction[rows]
        kinds = None if one.attack_type is None else one.attack_type[rows]
        return ScoredSplit(one.label[rows], one.score[rows], guess, attack_type=kinds)

    assert trial.dev is not None
    assert trial.train is not None
    again = Scored(repeated(trial.test), repeated(trial.dev), repeated(trial.train))
    assert row.under(trial, weights)[0] == pytest.approx(row.point(again), abs=1e-12)


def points(seed: int) -> dict[str, dict[str, str]]:
    """Return the metrics of one simulated trial of each task, to the bit."""
    rng = np.random.default_rng(seed)

    def labelled(n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
        label = np.concatenate([np.arange(k), rng.integers(0, k, n - k)])
        rows = rng.integers(1, 20, (n, k)) + 8 * np.eye(k)[label]
        return label, rows / rows.sum(axis=1, keepdims=True)

    pairs = [labelled(n, 2) for n in (40, 133, 20)]
    (dev, test, train) = [(label, rows[:, 1]) for label, rows in pairs]
    found = {"verification": verification(*dev, *test, train_label=train[0], train_score=train[1])}
    dev, test, train = (labelled(n, 11) for n in (60, 170, 30))
    found["classification"] = classification(*dev, *test, train_label=train[0], train_probability=train[1])
    label = [rng.integers(-999, 999, n) / 7 for n in (50, 90)]
    dev, test = ((one, one + rng.integers(-99, 99, one.size) / 13) for one in label)
    found["regression"] = regression(*dev, *test)
    return {task: {name: value.hex() for name, value in sorted(one.items())} for task, one in found.items()}


@pytest.mark.parametrize("seed", range(4))
def test_points_are_those_that_older_trials_stored(seed: int) -> None:
    """Every metric of a trial has the bits that the release before the catalogue gave."""
    now = points(seed)
    for task, names in BEFORE[str(seed)].items():
        assert {name: now[task][name] for name in names} == names


def test_a_metric_of_another_name_reads_as_the_one_it_ends_with() -> None:
    """A study's own `mode_training_accuracy` is a rate of which more is better; an unknown name is plain."""
    own, area, plain = (metric_called(name) for name in ("mode_training_accuracy", "mode_auc", "test_loss"))
    assert (own.unit, own.rate, own.higher_is_better, own.heading) == ("%", True, True, "mode_training_accuracy")
    assert (area.unit, area.rate, area.higher_is_better) == ("", True, True)
    assert (plain.unit, plain.rate, plain.higher_is_better, plain.tasks) == ("", False, False, ())
    with pytest.raises(InputError, match="test_loss"):
        plain.point(scored("regression", 0))


def test_the_headline_of_each_task() -> None:
    """Tables show these metrics in this order, and answer of the first that is measured on test."""
    assert {task: headline(task) for task in TASKS} == {
        "verification": ("eer", "hter"),
        "classification": ("accuracy", "macro_f1"),
        "regression": ("mse", "mae"),
    }
    assert [first_of_test(task) for task in TASKS] == ["hter", "accuracy", "mse"]
    assert metric_called("eer").heading == "EER, dev"


def test_more_is_better_of_right_answers_alone() -> None:
    """No error rate, loss or deviation counts as better where it is higher."""
    deviations = ["mse", "mae", "rmse", "log_loss"]
    errors = ["eer", "hter", "test_eer", "far", "frr", "apcer", *deviations, *(f"dev_{name}" for name in deviations)]
    errors += ["fmr100", "fmr1000", "fmr10000", "eer_hull", "min_dcf", "min_cllr", "cllr", "bpcer", "acer"]
    assert sorted(name for name, row in CATALOGUE.items() if not row.higher_is_better) == sorted(errors)
