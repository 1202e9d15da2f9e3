"""A simulated study, stored and loaded."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sweep.store import store
from tests.report.simulated import stored

Simulate = Callable[..., store.Results]


@pytest.fixture
def simulate(tmp_path: Path) -> Simulate:
    """Return a function that stores a simulated study and loads it; see `stored`."""

    def make(**settings: Any) -> store.Results:
        return store.load(stored(tmp_path / "results" / settings.get("name", "simulated"), **settings))

    return make
