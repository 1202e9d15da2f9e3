"""Further test sets where the user's own function trains: a model of `fit` is scored, a `trial` returns scores."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.own_training.conftest import VECTORS

B = {**VECTORS, "seed": 5, "people": "others"}


@pytest.mark.tensorflow
def test_a_loop_of_the_users_own_is_scored_on_them(run_one: Callable[..., tuple[Any, Any, Any]]) -> None:
    """The model that `fit` trained gives their scores."""
    keys = {"model": {"use": "own_fits:net"}, "fit": {"use": "own_fits:loop", "epochs": 1}}
    record, _, _ = run_one(0, tests={"B": B}, **keys)
    plain, _, _ = run_one(0, **keys)
    assert record.trial["error"] == ""
    assert np.isfinite(record.trial["metric"]["B.hter"])
    assert record.trial["final_sha256"] == plain.trial["final_sha256"]


def test_a_trial_of_the_users_own_returns_their_scores(run_one: Callable[..., tuple[Any, Any, Any]]) -> None:
    """It finds them in splits.tests, and their scores stand under test.B; without them the message names it."""
    record, scores, _ = run_one(0, tests={"B": B}, trial={"use": "own_trials:elsewhere"})
    assert record.trial["error"] == ""
    assert set(scores["split"].to_pylist()) == {"dev", "test", "test.B"}
    assert np.isfinite(record.trial["metric"]["B.eer"])
    lacking, _, _ = run_one(0, tests={"B": B}, trial={"use": "own_trials:elsewhere", "leave": "B"})
    first = lacking.trial["error"].partition("\n")[0]
    assert first.endswith("{'dev': scores, 'test': scores, 'test.B': scores}. Received: no test.B.")
