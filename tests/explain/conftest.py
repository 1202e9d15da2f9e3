"""A study that was run once, whose code and data a test may change beneath it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.one_ray import sweep_here

HERE = Path(__file__).resolve().parent


def sweep(*words: str | Path, **variables: str) -> tuple[int, dict[str, Any], str]:
    """Return exit code, the JSON object on standard output, and standard error of a `sweep` command."""
    done = subprocess.run(
        [sys.executable, "-m", "sweep.commands.cli", *map(str, words), "--json"],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONWARNINGS": "", **variables},
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr


@pytest.fixture(scope="session")
def command() -> Callable[..., tuple[int, dict[str, Any], str]]:
    """Return `sweep` with --json."""
    return sweep


@pytest.fixture(scope="session")
def command_here(one_ray: None) -> Callable[..., tuple[int, dict[str, Any], str]]:
    """Return `sweep` with --json in this process, which is connected to Ray."""

    def given(*words: str | Path) -> tuple[int, dict[str, Any], str]:
        done = sweep_here(*words, "--json")
        return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr

    return given


@pytest.fixture(scope="session")
def faces_results(
    command_here: Callable[..., tuple[int, dict[str, Any], str]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """Run a small study of faces once; return its folder of results and the folder of its module."""
    folder = tmp_path_factory.mktemp("faces")
    shutil.copy(HERE / "planted.py", folder / "planted.py")
    study = {
        "study": "faces",
        "seeds": 1,
        "data": {"use": "planted:faces"},
        "model": {"use": "planted:net"},
        "train": {"epochs": 5, "batch_size": 8, "keep": "last"},
    }
    (folder / "faces.yaml").write_text(yaml.safe_dump(study))
    code, _, errors = command_here("run", folder / "faces.yaml", "--results", folder / "results")
    assert code == 0, errors
    return folder / "results" / "faces", folder
