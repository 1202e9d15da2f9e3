"""A person's folder, the command given there, and one Ray head for all tests that need one."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sweep.commands import cli
from tests.submit.heads import Head, ray_head
from tests.submit.persons import furnish, give

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A person's folder, where the command is given."""
    return furnish(tmp_path / "place")


@pytest.fixture
def sweep_in(place: Path, tmp_path: Path) -> Command:
    """Return a function that gives the command in the person's folder."""
    return partial(give, place, tmp_path)


@pytest.fixture
def sweep_here(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Command:
    """Return the same function for this process, which spares the start of another."""
    monkeypatch.chdir(place)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in [name for name in os.environ if name.startswith("RAY_")]:
        monkeypatch.delenv(name)
    before = os.environ["PATH"]

    def give_here(*words: str, path: str = "") -> subprocess.CompletedProcess[str]:
        monkeypatch.setenv("PATH", f"{path}{os.pathsep}{before}" if path else before)
        monkeypatch.setattr(sys, "argv", ["sweep", *words])
        code: Any = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code or 0
        written = capfd.readouterr()
        return subprocess.CompletedProcess(words, code, written.out, written.err)

    return give_here


@pytest.fixture(scope="session")
def head(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Head]:
    """One head, in token mode, for the whole session."""
    with ray_head(tmp_path_factory.mktemp("head")) as running:
        yield running
