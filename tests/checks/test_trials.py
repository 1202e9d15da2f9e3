"""Every trap that a trial can see is planted, seen, and named; a clean trial gives no finding."""

import re

import pytest

pytestmark = pytest.mark.tensorflow
LONG = {"epochs": 15, "batch_size": 8, "learning_rate": 0.05, "keep": "last"}


def test_a_clean_trial_has_no_finding(findings):
    """Settled BatchNormalization, honest splits, three seeds: nothing is found."""
    assert findings(3) == {}


def test_batchnorm_that_has_not_settled(findings):
    """A momentum of 0.9999 leaves the moving statistics near their start; the gap on the same samples is measured."""
    found = findings(model={"use": "trapped:settled", "momentum": 0.9999}, train=LONG)
    assert "right" in found["batchnorm_unsettled"]
    assert "less often" in found["batchnorm_unsettled"]


def test_batchnorm_that_has_not_settled_in_regression(findings):
    """Regression has no accuracy: there the losses are compared."""
    found = findings(
        task="regression",
        data={"use": "sweep.data:synthetic_vectors", "kind": "regression", "noise": 0.2},
        model={"use": "trapped:settled", "momentum": 0.9999, "scale": 10.0},
        train=LONG,
    )
    assert "batchnorm_unsettled_loss" in found


def test_saturated_scores(findings):
    """Logits a thousand times too large leave scores of exactly 0 and 1."""
    assert "saturated_scores" in findings(model={"use": "trapped:settled", "scale": 1000.0})


def test_batchnorm_that_is_half_frozen(findings):
    """Frozen gamma and beta alone do not freeze the layer."""
    assert "1 BatchNormalization" in findings(model={"use": "trapped:half_frozen"})["frozen_batchnorm_by_batch"]


def test_a_functional_model_that_ignores_training_false(findings):
    """`base(x, training=False)` is told, unless the base is frozen in truth."""
    assert "training_false_ignored" in findings(model={"use": "trapped:wrongly_in_inference"})
    assert "training_false_ignored" not in findings(model={"use": "trapped:wrongly_in_inference", "freeze": True})


def test_dropout_in_a_functional_model_is_no_finding(findings):
    """Keras writes dropout's own default, training=False, down as if it were asked for."""
    assert findings(model={"use": "sweep.models:dense_net", "dropout": 0.5}) == {}


def test_scores_out_of_scale_and_of_one_class(findings):
    """Scores that rank well below 0.5 are out of scale, and name one class only."""
    found = findings(model={"use": "trapped:off_scale"}, train={"epochs": 30, "learning_rate": 0.02, "batch_size": 8})
    assert {"scores_out_of_scale", "one_class"} <= set(found)


def test_labels_in_another_order_on_test(findings):
    """Swapped labels of test are seen, as train and dev are learnt."""
    assert "renamed" in findings(data={"use": "trapped:vectors", "swapped": True})["label_order"]


def test_dev_that_is_test_and_what_it_brings(findings):
    """Dev's samples in test are an error, with the optimism of HTER measured."""
    found = findings(data={"use": "trapped:vectors", "dev_is_test": True, "leakage": "allow"})
    assert "100% of dev's samples" in found["chosen_on_test"]
    assert "makes HTER look better by" in found["chosen_on_test"]


def test_seeds_that_do_nothing(findings):
    """With order held still and weights written down, two seeds are one result."""
    found = findings(2, model={"use": "trapped:deaf"}, hold={"order": 0, "split": 0})
    assert "2 of 2 seeds" in found["seeds_do_nothing"]


def test_files_and_randomness_from_outside_are_named(findings, tmp_path):
    """What the study does not hold is told by name and place: its trials may not repeat."""
    (tmp_path / "outside.txt").write_text("1")
    found = findings(model={"use": "trapped:from_outside"})
    assert "(outside.txt) (1 of 1 seeds)" in found["unnamed_files"]
    assert re.search(r"\(trapped\.py, line \d+: np\.random\.default_rng\(\)\)", found["unseeded_randomness"])


def test_early_stopping_that_never_stopped(findings):
    """A training that ends with its budget is told, one that stopped is not."""
    train = {"epochs": 3, "batch_size": 8, "early_stopping": {"patience": 2}}
    assert "never_stopped" in findings(train=train)
    train = {"epochs": 60, "batch_size": 8, "learning_rate": 0.1, "early_stopping": {"patience": 1}}
    assert "never_stopped" not in findings(train=train)
