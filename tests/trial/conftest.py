"""One trial in a fresh process, as a worker runs it."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sweep.machine import process
from sweep.running import preparation, shared_run
from sweep.store import records
from sweep.study.study import Study
from sweep.trial import backends, trial

HERE = str(Path(__file__).parent)
VECTORS = {"use": "sweep.data:synthetic_vectors"}


@pytest.fixture
def run_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[records.Record, Any]]:
    """Return a function that runs the trial of a study's first configuration: (seed, keys) -> record, scores."""
    monkeypatch.syspath_prepend(HERE)
    count = itertools.count()

    def run(seed: int = 0, /, **keys: Any) -> tuple[records.Record, Any]:
        study = Study.model_validate(
            {"study": "one", "data": VECTORS, "model": {"use": "odd_models:plain", "dropout": 0.3}, **keys}
            | {"train": {"epochs": 2, **keys.get("train", {})}, "seeds": [seed]}
        )
        trials, _ = preparation.prepare(study)
        results = tmp_path / str(next(count))
        results.mkdir()
        order = shared_run.order_of(trials[0], results, str(tmp_path), (HERE,))
        process.warm_up("sweep.trial.preload")
        outcome = process.call(trial.run_trial, order, variables=backends.variables(study))
        assert not outcome.crash, f"{outcome.crash}: {outcome.log}"
        (path, _, _), *_ = records.parts(Path(order.results))
        return records.read_part(path)

    return run
