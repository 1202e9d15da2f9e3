"""Trainings give the committed bits on this machine and under emulated processors of two kinds.

An emulated processor is not a real one, and none with AVX-512 can be emulated; a machine that has one compares itself
with the bits that an AMD EPYC stored.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sweep.trial import portable

ROOT = Path(__file__).resolve().parents[2]
EMULATOR = "qemu-x86_64"
PROCESSORS = {"this machine": [], **{name: [EMULATOR, "-cpu", name] for name in ("Haswell", "EPYC-Rome")}}
SECONDS = 900  # of an emulated process on a busy machine; a quarter of it alone

pytestmark = pytest.mark.portable


def committed() -> list[str]:
    """Return the ids of a trial of each net."""
    said = json.loads((ROOT / "results" / "portable" / "study.json").read_text())
    return [one["trial_id"] for one in said["plan"] if one["seed"] == 0]


@pytest.mark.parametrize("processor", PROCESSORS)
def test_a_training_gives_the_committed_bits(processor: str, tmp_path: Path) -> None:
    """Of dense_net and a convolutional net: data, initial weights, every epoch, final weights, scores and metrics."""
    emulated = PROCESSORS[processor]
    if emulated and shutil.which(EMULATOR) is None:
        pytest.skip(f"no {EMULATOR} here: apt-get install qemu-user")
    ids = committed()
    assert len(ids) == 2
    own = {"PYTHONPATH": str(ROOT), "SEEDSWEEP_CACHE": str(tmp_path), "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [*emulated, sys.executable, "-m", "tests.portable.again", "results/portable", *ids],
        cwd=ROOT,
        env={**os.environ, **portable.VARIABLES, **own},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert said == [
        answer for one in ids for answer in ({"trial": one, "data": True}, {"trial": one, "difference": None})
    ]


def test_operations_and_small_trainings_give_the_committed_digests(tmp_path: Path) -> None:
    """Each with its gradients or its optimizer's state; those kernels that differ by nature are left out."""
    answer = tmp_path / "answer"
    done = subprocess.run(
        [sys.executable, "benchmarks/portable.py", "--measure", "", "--answer", str(answer)],
        cwd=ROOT,
        env={**os.environ, **portable.VARIABLES, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    digests = json.loads(answer.read_text())["digests"]
    stored = json.loads(Path(__file__).with_name("digests.json").read_text())
    assert digests.keys() == stored.keys()
    assert len(stored) > 200
    by_nature = {case for case in stored if case.startswith("controls: ") or case == "elementwise: atan2"}
    assert [case for case in sorted(stored.keys() - by_nature) if digests[case] != stored[case]] == []


def test_every_operation_that_is_called_portable_was_compared() -> None:
    """The list that a trial is judged by holds what the benchmark compares, and what computes nothing."""
    from sweep.trial.portable.known import CARRYING, COMPARED

    table = (ROOT / "docs" / "portable.md").read_text()
    row = next(line for line in table.splitlines() if line.startswith("| equal"))
    assert set(row.split("|")[2].replace("`", "").replace(",", " ").split()) == COMPARED
    assert not COMPARED & CARRYING
