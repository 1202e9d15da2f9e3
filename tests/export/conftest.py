"""Weights & Biases has an environment of its own (see the Makefile): its packages are looked for last."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_ENVIRONMENT = Path(__file__).resolve().parents[2] / ".venv-wandb"


@pytest.fixture
def wandb_installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let `wandb` be imported where its environment was made; skip the test elsewhere."""
    places = [str(path) for path in _ENVIRONMENT.glob("lib/python*/site-packages")]
    monkeypatch.setattr(sys, "path", [*sys.path, *places])
    pytest.importorskip("wandb", reason="wandb is not installed: `make setup` installs it apart")
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "wandb"]:
        del sys.modules[name]
