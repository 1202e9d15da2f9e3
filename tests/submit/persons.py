"""A person's folder with a study and its model, and the command given there."""

import os
import subprocess
import sys
from pathlib import Path

STUDY = """\
study: tiny
seeds: 2
data: {use: "sweep.data:synthetic_vectors"}
model: {use: "my_net:build"}
train: {epochs: 1}
"""
MODEL = """\
import keras


def build(input_shape, n_classes, *, width=4):
    layers = [keras.layers.Input(input_shape), keras.layers.Dense(width), keras.layers.Dense(1, "sigmoid")]
    return keras.Sequential(layers)
"""


def furnish(folder: Path) -> Path:
    """Return the folder, made with a study and its model."""
    folder.mkdir()
    (folder / "tiny.yaml").write_text(STUDY)
    (folder / "my_net.py").write_text(MODEL)
    return folder


def give(
    place: Path, home: Path, *words: str, token: Path | None = None, path: str = ""
) -> subprocess.CompletedProcess[str]:
    """Return the finished command, given in a person's folder.

    home: of the person, who has no token there. token: a file that RAY_AUTH_TOKEN_PATH names. path: put before PATH.
    """
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    surroundings |= {"HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "PYTHONWARNINGS": ""}
    surroundings["PATH"] = f"{path}{os.pathsep}{surroundings['PATH']}" if path else surroundings["PATH"]
    if token is not None:
        surroundings["RAY_AUTH_TOKEN_PATH"] = str(token)
    return subprocess.run(
        [sys.executable, "-m", "sweep.commands.cli", *words],
        cwd=place,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
    )
