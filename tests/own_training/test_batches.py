"""A `fit` and a `trial` of the user's own on a train that hands out batches."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RunOne = Callable[..., tuple[Any, Any, Path]]
STREAMS = str(Path(__file__).parents[1] / "trial")


@pytest.fixture(autouse=True)
def _modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(STREAMS)


@pytest.mark.tensorflow
def test_fit_walks_the_batches_anew_in_each_epoch(run_one: RunOne) -> None:
    """The function of the data is called for each pass, and what it asked for is noted with the trial."""
    record, _, _ = run_one(
        data={"use": "streams:drawn"}, model={"use": "sweep.models:dense_net"}, fit={"use": "streams:fit"}
    )
    row = record.trial
    assert row["status"] == "ok", row["error"]
    assert json.loads(row["streams"]) == ["augment", "order"]
    assert len({epoch["weights_sha256"] for epoch in record.epochs}) == 2
    assert row["batches"] == "generator"


def test_trial_meets_the_same_batches_again(run_one: RunOne) -> None:
    """The weights that it hands in are those of the same seed, and others of another."""
    weights = []
    for seed in (0, 0, 1):
        record, _, _ = run_one(seed, data={"use": "streams:drawn"}, trial={"use": "streams:trial"})
        assert record.trial["status"] == "ok", record.trial["error"]
        weights.append(record.trial["final_sha256"])
    assert weights[0] == weights[1] != weights[2]


def test_nobody_scores_the_samples_of_a_stream(run_one: RunOne) -> None:
    """Scores of train are refused, with the reason."""
    record, _, _ = run_one(data={"use": "streams:drawn"}, trial={"use": "streams:scores_train"})
    assert (
        "expected streams:scores_train to give scores of dev and test. Received: of train too" in record.trial["error"]
    )
