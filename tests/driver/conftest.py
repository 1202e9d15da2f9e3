"""A study whose trials take a second."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

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
