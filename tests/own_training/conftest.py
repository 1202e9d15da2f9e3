"""A trial whose training is a function of the user's own, in a fresh process, as a worker runs it."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sweep.machine import process
from sweep.running import preparation, shared_run
from sweep.store import records
from sweep.study.study import Study
from sweep.trial import trial

HERE = str(Path(__file__).parent)
VECTORS = {"use": "sweep.data:synthetic_vectors"}


@pytest.fixture
def run_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[records.Record, Any, Path]]:
    """Return a function that runs a study's first trial: (seed, keys) -> record, scores, folder of results."""
    monkeypatch.syspath_prepend(HERE)
    count = itertools.count()

    def run(seed: int = 0, /, **keys: Any) -> tuple[records.Record, Any, Path]:
        study = Study.model_validate({"study": "one", "data": VECTORS, "seeds": [seed], **keys})
        trials, _ = preparation.prepare(study)
        results = tmp_path / str(next(count))
        results.mkdir()
        order = shared_run.order_of(trials[0], results, str(tmp_path), (HERE,))
        outcome = process.call(trial.run_trial, order)
        assert not outcome.crash, f"{outcome.crash}: {outcome.log}"
        (path, _, _), *_ = records.parts(results)
        return *records.read_part(path), results

    return run
