"""A simulated study, stored and loaded."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sweep.metrics.verification import verification
from sweep.store import store
from tests.report.simulated import stored

Simulate = Callable[..., store.Results]


@pytest.fixture
def simulate(tmp_path: Path) -> Simulate:
    """Return a function that stores a simulated study and loads it; see `stored`."""

    def make(**settings: Any) -> store.Results:
        return store.load(stored(tmp_path / "results" / settings.get("name", "simulated"), **settings))

    return make


@pytest.fixture
def elsewhere(simulate: Simulate) -> store.Results:
    """A study whose trials were tested on B, too: harder, and of other people whose samples have the same names."""
    results = simulate(seeds=4, n=80)
    rng = np.random.default_rng(1)
    scores = results.scores.astype({"split": str, "sample": str, "subject": str, "video": str})
    test = scores[scores["split"] == "test"]
    moved = test["score"].to_numpy() + rng.normal(0, 0.3, len(test))
    further = test.assign(split="test.B", score=moved, subject=[f"B{name}" for name in test["subject"]])
    measured = {}
    for trial_id, rows in further.groupby("trial_id", observed=True):
        dev = scores[(scores["split"] == "dev") & (scores["trial_id"] == trial_id)]
        found = verification(dev["label"], dev["score"], rows["label"], rows["score"])
        measured[trial_id] = found["hter"]
    hter = results.trials["trial_id"].map(measured)
    trials = results.trials.assign(n_dev=80, n_test=80, **{"n_test.B": 80, "metric.B.hter": hter, "metric.B.eer": hter})
    return replace(results, trials=trials, scores=pd.concat([scores, further], ignore_index=True))
