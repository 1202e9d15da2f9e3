"""The scripts of the page "Bring your own": as a user has them, and brought in with at most ten changed lines."""

import difflib
import json
import os
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sweep.machine import process
from sweep.running import preparation, shared_run
from sweep.store.records import Record
from sweep.trial.trial import run_trial
from tests.one_ray import sweep_here

SCRIPTS = Path(__file__).parents[2] / "docs" / "scripts"
PAGE = Path(__file__).parents[2] / "docs" / "bring-your-own.md"
NAMES = sorted(file.stem for file in (SCRIPTS / "before").glob("*.py"))
torch = pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed")
RUN = [pytest.param(name, marks=torch) if name == "torch_net" else name for name in NAMES]
SLOW = pytest.mark.thorough  # one of them is enough for each change
TWICE = [
    "margin",
    *(pytest.param(name, marks=[SLOW, *[torch] * (name == "torch_net")]) for name in NAMES if name != "margin"),
]
MOST_CHANGED = 10


def changed(name: str) -> list[str]:
    """Return the lines of a script that are new or other than before."""
    before, after = ((SCRIPTS / folder / f"{name}.py").read_text().splitlines() for folder in ("before", "after"))
    lines = difflib.unified_diff(before, after, n=0, lineterm="")
    return [line[1:] for line in lines if line.startswith("+") and not line.startswith("+++")]


@pytest.mark.parametrize("name", NAMES)
def test_at_most_ten_lines_change(name: str) -> None:
    """The count that the page gives is that of the two files."""
    lines = changed(name)
    assert 0 < len(lines) <= MOST_CHANGED
    assert f"| [{name}.py](scripts/after/{name}.py) | {len(lines)} |" in PAGE.read_text()


def twice(name: str, folder: Path) -> tuple[Record, Record, Record]:
    """Return the records of a study's first trial, of the same once more, and of its second seed."""
    process.warm_up("sweep.trial.preload")
    ready = preparation.ready(folder / f"{name}.yaml", results=folder / "results")
    trials = [each for each in ready.trials if each.configuration.config_id == ready.trials[0].configuration.config_id]
    orders = [
        replace(shared_run.order_of(each, ready.folder, str(folder), ready.modules), results="") for each in trials[:2]
    ]
    found: list[Any] = []
    for order in (orders[0], orders[0], orders[1]):
        ended = process.call(run_trial, order)
        assert not ended.crash, ended.log
        assert ended.value.error == ""
        found.append(ended.value.record)
    return found[0], found[1], found[2]


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", TWICE)
def test_a_script_that_was_brought_in_repeats_to_the_bit(name: str, folder: Path) -> None:
    """One seed gives the same epochs, scores and metrics twice, another seed others."""
    first, again, other = twice(name, folder)
    for key in ("init_sha256", "final_sha256", "scores_sha256", "metric"):
        assert first.trial.get(key) == again.trial.get(key), key
    assert first.epochs == again.epochs
    assert first.trial["scores_sha256"] != other.trial["scores_sha256"]
    assert first.trial["metric"]["eer"] < 0.5


def test_five_score_folders_of_two_systems_need_no_script(folder: Path) -> None:
    """Score files of another tool become results; the report names both systems and what the interval covers."""
    rng = np.random.default_rng(2)
    for system, shift in (("A", 1.5), ("B", 2.0)):
        for seed in range(5):
            (folder / f"scores/{system}/seed{seed}").mkdir(parents=True)
            for split in ("dev", "test"):
                lines = [
                    f"{split}-{claimed} {split}-{real} clip{at} {rng.normal(shift if claimed == real else 0):.4f}"
                    for claimed in range(25)
                    for real in range(25)
                    for at in range(1 + 3 * (claimed == real))
                    if real in (claimed, (claimed + 1) % 25)
                ]
                (folder / f"scores/{system}/seed{seed}/{split}.txt").write_text("\n".join(lines) + "\n")
    told = sweep_here("collect", "lab", "--scores", "scores/{system}/seed{seed}/{split}.txt")
    assert told.returncode == 0, told.stderr
    assert "Collected 10 runs (2 configurations, 5 seeds) into " in told.stdout
    reported = json.loads(sweep_here("report", "results/lab", "--json").stdout)
    assert len(reported["configurations"]) == 2
    refused = sweep_here("verify", "results/lab")
    assert refused.returncode == 2


@pytest.mark.thorough
@pytest.mark.ray
@pytest.mark.parametrize("name", RUN)
def test_a_script_runs_as_it_was_and_as_a_study(name: str, folder: Path, one_ray: None) -> None:
    """The old script prints its EER; the study runs, verifies and reports as the page shows."""
    words = [sys.executable, str(SCRIPTS / "before" / f"{name}.py")]
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "PYTHONWARNINGS": ""}
    done = subprocess.run(words, cwd=folder, env=quiet, capture_output=True, text=True, timeout=300)
    assert "EER 0." in done.stdout, done.stderr
    ran = sweep_here("run", folder / f"{name}.yaml", "--seeds", "2")
    assert "4 of 4 trials ok" in ran.stdout + ran.stderr
    results = next((folder / "results").iterdir())
    verified = sweep_here("verify", results, "--trials", "2")
    assert verified.returncode == 0, verified.stderr
    assert "2 of 2 trials run again are equal to the bit" in verified.stdout
    reported = sweep_here("report", results)
    assert "HTER" in reported.stdout
