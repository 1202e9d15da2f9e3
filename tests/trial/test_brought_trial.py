"""A whole trial with what a user brings to `train`: its bits, its columns, and how it fails."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.trial.test_brought_training import ALL

pytestmark = pytest.mark.tensorflow

DIGESTS = ("init_sha256", "final_sha256", "scores_sha256")


def test_a_trial_with_all_of_it_repeats_to_the_bit(run_one: Callable[..., tuple[Any, Any]]) -> None:
    """The same seed agrees, another differs in weights and scores; every epoch is stored with dev's metrics."""
    first, other, again = (run_one(seed, model={"use": "brought:net"}, train=ALL)[0] for seed in (3, 4, 3))
    assert first.trial["error"] == ""
    assert [first.trial[name] for name in DIGESTS] == [again.trial[name] for name in DIGESTS]
    assert all(first.trial[name] != other.trial[name] for name in DIGESTS)
    assert [one["val_eer"] for one in first.epochs] == [one["val_eer"] for one in again.epochs]
    assert first.trial["hp"]["train.loss.gamma"] == 1.5


def test_a_compiled_model_is_named_in_the_columns(run_one: Callable[..., tuple[Any, Any]]) -> None:
    """The optimizer is the model's, and dev and test are measured with its loss."""
    record, _ = run_one(0, model={"use": "brought:compiled"}, train={"epochs": 1})
    assert record.trial["error"] == ""
    assert record.trial["hp"]["train.optimizer"] == "sgd of brought:compiled"
    assert 0 < record.trial["metric"]["dev_loss"] < 2


def test_a_callback_that_raises_is_a_failed_trial_with_its_name(run_one: Callable[..., tuple[Any, Any]]) -> None:
    """The row holds the message; the callback's own trace follows."""
    record, _ = run_one(0, model={"use": "brought:net"}, train={"callbacks": [{"use": "brought:Halt", "fault": 1}]})
    first, _, trace = record.trial["error"].partition("\n")
    assert record.trial["status"] == "failed"
    assert first == (
        "fit: train.callbacks: expected brought:Halt to let the training go on. It raised KeyError: 'no such log' in "
        "on_epoch_end."
    )
    assert "raise KeyError" in trace
