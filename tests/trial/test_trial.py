"""What a trial stores: metrics that its scores give again, the epoch that was kept, and failures with their trace."""

import math
import re

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow


def test_metrics_follow_from_the_stored_scores(run_one):
    """EER, HTER and the threshold of the row are those of the stored dev and test scores."""
    from sweep import metrics

    record, scores = run_one(0, train={"epochs": 4})
    frame = scores.to_pandas()
    sides = {
        (split, label): frame["score"][(frame["split"] == split) & (frame["label"] == label)].to_numpy()
        for split in ("dev", "test")
        for label in (0, 1)
    }
    eer = metrics.eer(sides["dev", 1], sides["dev", 0])
    hter = metrics.hter_at(sides["test", 1], sides["test", 0], eer.threshold)
    row = record.trial
    assert row["threshold"] == eer.threshold
    assert row["metric"]["eer"] == eer.value
    assert row["metric"]["hter"] == hter.value
    assert row["n_dev"] == (frame["split"] == "dev").sum()


def test_the_best_epoch_on_dev_is_kept(run_one):
    """The weights that score are those of the epoch with the smallest loss on dev."""
    record, _ = run_one(0, train={"epochs": 12, "learning_rate": 0.3})
    losses = [epoch["val_loss"] for epoch in record.epochs]
    assert record.trial["kept_epoch"] == int(np.argmin(losses))
    assert math.isclose(record.trial["metric"]["dev_loss"], min(losses), rel_tol=1e-9)
    assert len(losses) == 12


def test_keep_last_keeps_the_last_epoch(run_one):
    """With `keep: last` the last epoch's weights score, however bad."""
    record, _ = run_one(0, train={"epochs": 6, "learning_rate": 0.3, "keep": "last"})
    assert record.trial["kept_epoch"] == 5
    assert math.isclose(record.trial["metric"]["dev_loss"], record.epochs[-1]["val_loss"], rel_tol=1e-9)


def test_early_stopping_ends_after_its_patience(run_one):
    """Training ends `patience` epochs after the best one, on what `monitor` names."""
    stopping = {"monitor": "val_eer", "patience": 2}
    record, _ = run_one(0, train={"epochs": 60, "learning_rate": 0.1, "early_stopping": stopping})
    best = int(np.argmin([epoch["val_eer"] for epoch in record.epochs]))
    assert record.trial["epochs"] == best + 1 + 2


def test_a_loss_that_is_nan_is_a_failed_row(run_one):
    """A NaN loss ends the trial with a message, a trace and no scores."""
    record, scores = run_one(0, model={"use": "odd_models:plain", "kind": "nan"})
    assert record.trial["status"] == "failed"
    assert "Expected a finite loss. Received: nan in epoch 1" in record.trial["error"]
    assert "Traceback" in record.trial["error"]
    assert len(scores) == 0


def test_an_error_in_the_training_step_is_a_failed_row(run_one):
    """Whatever the user's code raises is stored with the stage at which it came."""
    record, _ = run_one(0, model={"use": "odd_models:plain", "kind": "raises"})
    assert record.trial["error"].startswith("fit: ")
    assert "a fault in the training step" in record.trial["error"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("raises", "It raised ZeroDivisionError: no such width"),
        ("exits", "It raised SystemExit: bye"),
        ("no_model", "Expected .* to return a keras.Model. Received: str"),
        ("three_outputs", "expected outputs of shape .None, 1. or .None, 2. for verification. Received: .None, 3."),
    ],
)
def test_a_builder_that_is_wrong_is_told(run_one, name, message):
    """A builder that raises, returns no model or has other outputs fails in the stage "build" with one message."""
    record, _ = run_one(0, model={"use": f"odd_models:{name}"})
    first = record.trial["error"].splitlines()[0]
    assert first.startswith("build: ")
    assert re.search(f"(?i){message}", first), first


def test_a_subclassed_model_is_served(run_one):
    """A model without a static graph trains like any other, its dropout on its own stream."""
    record, _ = run_one(0, model={"use": "odd_models:subclassed"})
    assert record.trial["status"] == "ok", record.trial["error"]


def test_an_unknown_monitor_or_optimizer_names_the_known(run_one):
    """A misspelt monitor or optimizer is one message."""
    record, _ = run_one(0, train={"early_stopping": {"monitor": "val_los"}})
    assert "expected one of loss, val_loss, val_accuracy, val_eer. Received: val_los" in record.trial["error"]
    record, _ = run_one(0, train={"optimizer": "adamm"})
    assert "expected names that Keras knows" in record.trial["error"]


def test_the_environment_names_what_decides_the_bits(run_one):
    """Versions, processor, threads and determinism are stored; a trial on the CPU saw no GPU."""
    environment = run_one(0)[0].environment
    assert environment["threads"] == 1
    assert environment["determinism"] is True
    assert environment["gpu_model"] == ""
    assert environment["cpu_model"]
    assert environment["version.tensorflow"]


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_other_tasks_are_served(run_one, task):
    """Classification stores the predicted class, regression the error; both from a model without verification."""
    record, scores = run_one(
        0, task=task, data={"use": "sweep.data:synthetic_vectors"}, model={"use": "sweep.models:dense_net"}
    )
    assert record.trial["status"] == "ok", record.trial["error"]
    key = {"classification": "accuracy", "regression": "mse"}[task]
    assert math.isfinite(record.trial["metric"][key])
    frame = scores.to_pandas()
    test = frame[frame["split"] == "test"]
    if task == "classification":
        assert np.isclose((test["prediction"] == test["label"]).mean(), record.trial["metric"]["accuracy"])
    else:
        assert np.isclose(((test["score"] - test["label"]) ** 2).mean(), record.trial["metric"]["mse"])
