"""A scikit-learn classifier as a study: run by Ray, verified to the bit, reported in words of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.ray
HERE = Path(__file__).parent


def sweep(folder: Path, *words: str) -> str:
    """Return what a command says."""
    command = [sys.executable, "-m", "sweep", *words]
    variables = {**os.environ, "PYTHONWARNINGS": ""}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, env=variables)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_study_of_a_classifier_runs_verifies_and_reports(tmp_path: Path) -> None:
    """Both configurations run, repeat to the bit, and the methods paragraph names neither Keras nor an epoch."""
    shutil.copy(HERE / "own_trials.py", tmp_path / "own_trials.py")
    study = {
        "study": "logistic",
        "seeds": 2,
        "data": {"use": "sweep.data:synthetic_vectors"},
        "trial": {"use": "own_trials:logistic"},
        "grid": {"trial.c": [0.1, 1]},
    }
    (tmp_path / "logistic.yaml").write_text(yaml.safe_dump(study))
    checked = sweep(tmp_path, "check", "logistic.yaml")
    assert "trial own_trials:logistic: there, and takes its keywords. What it does was not tried" in checked
    assert "The model was tried" not in checked
    assert "4 of 4 trials ok" in sweep(tmp_path, "run", "logistic.yaml")
    verified = sweep(tmp_path, "verify", "results/logistic", "--trials", "all")
    assert "4 of 4 trials run again are equal to the bit: scores, metrics, and the epochs and weights" in verified
    methods = " ".join((tmp_path / "results/logistic/report/methods.txt").read_text().split())
    assert "configurations of logistic on synthetic_vectors (grid: trial.c)" in methods
    assert "The seed determined init and order; split was held fixed." in methods
    assert "sklearn" in methods
    assert not [word for word in ("Keras", "TensorFlow", "epoch", "adam") if word in methods]
    assert len(list((tmp_path / "results/logistic/files").glob("*/kept/note.txt"))) == 4
