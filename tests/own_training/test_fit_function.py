"""`fit:` a loop of the user's own over a Keras model: epochs, digests, early stopping, and `run` in `measure`."""

import json

import numpy as np
import pytest

from sweep.errors import InputError
from sweep.trial.own_fit import _check_left

pytestmark = pytest.mark.tensorflow
LOOP = {"model": {"use": "own_fits:net"}, "fit": {"use": "own_fits:loop"}}


def test_a_loop_of_ones_own_repeats_to_the_bit(run_one):
    """Every epoch's weights are equal for equal seeds; the last are scored; dev's metrics stand beside the loss."""
    first, again, other = (run_one(seed, **LOOP)[0] for seed in (0, 0, 1))
    row = first.trial
    assert row["status"] == "ok", row["error"]
    assert (row["epochs"], row["kept_epoch"]) == (3, 2)
    assert first.epochs == again.epochs
    assert row["scores_sha256"] == again.trial["scores_sha256"] != other.trial["scores_sha256"]
    assert {"loss", "margin", "val_eer", "val_accuracy", "weights_sha256", "layers_sha256"} <= set(first.epochs[0])
    assert "val_loss" not in first.epochs[0]  # a tanh gives no probabilities
    assert first.epochs[-1]["weights_sha256"] == row["final_sha256"] != row["init_sha256"]
    assert json.loads(row["streams"]) == ["order"]
    assert not any(name.endswith("_loss") for name in row["metric"])


def test_the_loop_hears_of_early_stopping(run_one):
    """It ends as many epochs after the best one as `patience` says."""
    stopping = {"monitor": "val_eer", "patience": 2}
    fit = {"use": "own_fits:loop", "epochs": 40}
    record, _, _ = run_one(0, model=LOOP["model"], fit=fit, train={"early_stopping": stopping})
    rates = [epoch["val_eer"] for epoch in record.epochs]
    assert len(rates) == rates.index(min(rates)) + 3 < 40


def test_a_loop_that_tells_of_no_epoch_is_a_failed_row(run_one):
    """Without run.epoch there is neither curve nor digest nor early stopping."""
    record, _, _ = run_one(0, model=LOOP["model"], fit={"use": "own_fits:loop", "told": False})
    assert record.trial["error"].startswith("fit: fit: expected own_fits:loop to call run.epoch(loss=...)")


def test_scores_beside_a_model_are_refused(run_one):
    """A model is asked for its scores itself."""
    record, _, _ = run_one(0, model=LOOP["model"], fit={"use": "own_fits:scores_beside"})
    assert "run: expected no scores of dev beside a Keras model" in record.trial["error"]


def test_a_measure_may_have_the_same_run(run_one):
    """A measure with a parameter `run` knows the trial, and its files are kept; epochs are over by then."""
    train = {"epochs": 1}
    model = {"use": "sweep.models:dense_net"}
    record, _, results = run_one(5, model=model, train=train, measure={"use": "own_fits:with_run"})
    row = record.trial
    assert row["status"] == "ok", row["error"]
    assert row["metric"]["number"] == 5.0
    assert row["metric"]["again"] == row["metric"]["eer"]
    assert (results / "files" / row["trial_id"] / "after.txt").read_text() == "trained"
    record, _, _ = run_one(5, model=model, train=train, measure={"use": "own_fits:epoch_too_late"})
    assert "run.epoch: expected it in fit or trial" in record.trial["error"]


def test_what_a_loop_returns_or_rebuilds_is_not_lost_in_silence():
    """Another model, scores and other layers would be counted by nobody; a curve is the loop's own."""
    model = object()
    for found in (None, model, [0.5, 0.25], {"loss": [0.5, np.float64(0.25)]}):
        _check_left("my:fit", model, found, {"dense": 4}, {"dense": 4})
    for found, kind in (({"dev": np.ones(3)}, "dict"), ([np.ones((2, 2))], "list"), (object(), "object")):
        with pytest.raises(InputError, match=f"expected my:fit to return nothing.*Received: {kind}"):
            _check_left("my:fit", model, found, {"dense": 4}, {"dense": 4})
    with pytest.raises(InputError, match="Received: other weights of dense, head"):
        _check_left("my:fit", model, None, {"dense": 4, "head": 2}, {"dense": 3})
