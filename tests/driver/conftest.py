"""A study whose trials take a second."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sweep.machine import process
from sweep.machine.import_path import find_modules_in
from sweep.running import opening, preparation, shared_run
from sweep.store import store
from sweep.trial import trial
from tests.driver.runs import end_all

MODELS = Path(__file__).resolve().parent.parent / "trial"
STUDY = {
    "study": "tiny",
    "seeds": 3,
    "data": {"use": "sweep.data:synthetic_vectors"},
    "model": {"use": "odd_models:plain"},
    "train": {"epochs": 2},
    "grid": {"model.dropout": [0.0, 0.4]},
}


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    """End the runs that a failed test left behind."""
    yield
    end_all()


@pytest.fixture(scope="session")
def write_study(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that writes the tiny study with some keys changed, beside the models that it names."""

    def write(**keys: Any) -> Path:
        folder = tmp_path_factory.mktemp("study")
        (folder / "odd_models.py").write_text((MODELS / "odd_models.py").read_text())
        path = folder / "tiny.yaml"
        path.write_text(yaml.safe_dump({**STUDY, **keys}))
        return path

    return write


@pytest.fixture(scope="session")
def undisturbed(write_study: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """Return a study of twelve trials, and its trials as fresh processes give them without Ray or any fault."""
    study, results = write_study(seeds=6), tmp_path_factory.mktemp("undisturbed")
    modules = opening.module_folders(study)
    find_modules_in(modules)
    trials, _ = preparation.prepare(opening.resolve(study, seeds=None, results=results))
    process.warm_up("sweep.trial.preload")
    for one in trials:
        outcome = process.call(trial.run_trial, shared_run.order_of(one, results, str(study.parent), modules))
        assert not outcome.crash, outcome.log
    return study, store.trials(results).set_index("trial_id").sort_index()
