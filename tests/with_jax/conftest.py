"""Trials of JAX in fresh processes, as a worker runs them. `make jax` gives them an environment without TensorFlow."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from sweep.machine import process
from sweep.running import preparation, shared_run
from sweep.store import records
from sweep.study.study import Study
from sweep.trial import trial
from sweep.trial.outcome import TrialOutcome

HERE = Path(__file__).parent
ALONE = find_spec("jax") is not None and find_spec("tensorflow") is None
KERAS = {"study": "small", "model": {"use": "nets:plain"}, "train": {"epochs": 2}, "backend": "jax"}
VECTORS = {"use": "sweep.data:synthetic_vectors"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and leave them out of other environments than their own."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.jax)
            item.add_marker(pytest.mark.skipif(not ALONE, reason="needs JAX without TensorFlow: `make jax`"))


@pytest.fixture(scope="session", autouse=True)
def warm(own_surroundings: None) -> None:
    """Let one fork server import JAX for all tests."""
    if ALONE:
        process.warm_up("sweep.trial.preload", variables={"KERAS_BACKEND": "jax"})


@pytest.fixture
def first_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function that gives the order of a study's first trial: (seed, keys) -> order."""
    monkeypatch.syspath_prepend(str(HERE))
    count = itertools.count()

    def order(seed: int = 0, /, **keys: Any) -> Any:
        study = Study.model_validate({"data": VECTORS, "seeds": [seed], **(keys if "trial" in keys else KERAS | keys)})
        trials, _ = preparation.prepare(study)
        results = tmp_path / str(next(count))
        results.mkdir()
        return shared_run.order_of(trials[0], results, str(tmp_path), (str(HERE),))

    return order


@pytest.fixture
def run_one(first_order: Callable[..., Any]) -> Callable[..., records.Record]:
    """Return a function that runs a study's first trial: (seed, keys) -> record."""

    def run(seed: int = 0, /, **keys: Any) -> records.Record:
        order = first_order(seed, **keys)
        outcome = process.call(trial.run_trial, order, variables={"KERAS_BACKEND": "jax"})
        assert not outcome.crash, f"{outcome.crash}: {outcome.log}"
        (path, _, _), *_ = records.parts(Path(order.results))
        record: records.Record = records.read_part(path)[0]
        assert record.trial["status"] == "ok", record.trial["error"]
        return record

    return run


@pytest.fixture
def on_gpu(first_order: Callable[..., Any]) -> Callable[[], TrialOutcome]:
    """Return a function that gives the outcome of a trial to which Ray gave a GPU."""

    def run() -> TrialOutcome:
        order = replace(first_order(resources={"gpu": 0.5}), gpus="0")
        outcome: TrialOutcome = process.call(trial.run_trial, order, variables={"KERAS_BACKEND": "jax"}).value
        return outcome

    return run
