"""The golden cases, where a folder `shared` lies beside the project; the tests that need it are skipped elsewhere."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

SHARED = Path(__file__).resolve().parents[3] / "shared"
GOLDEN = SHARED / "golden" / "biometrics"
ASV = SHARED / "data" / "asv_scores_asvspoof2019"

needs_golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason="the golden cases (../shared/golden) are not there")
needs_asv = pytest.mark.skipif(not ASV.is_dir(), reason="the ASVspoof scores (../shared/data) are not there")

Scores = NDArray[np.float64]


def expected(name: str) -> Any:
    """Return the values of the other tools for a case, as "exact_ci/small"."""
    return json.loads((GOLDEN / f"{name}.expected.json").read_text())


def from_csv(name: str, split: str | None = None) -> tuple[Scores, Scores]:
    """Return genuine and impostor scores of a CSV case, of one of its sets."""
    with (GOLDEN / f"{name}.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if split in (None, row.get("set"))]
    score = np.array([float(row["score"]) for row in rows])
    genuine = np.array([row["label"] == "1" for row in rows])
    return score[genuine], score[~genuine]


def subjects(name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the subjects of the genuine and of the impostor scores of a CSV case."""
    with (GOLDEN / f"{name}.csv").open() as file:
        rows = list(csv.DictReader(file))
    subject = np.array([int(row["subject"]) for row in rows])
    genuine = np.array([row["label"] == "1" for row in rows])
    return subject[genuine], subject[~genuine]


def case(name: str) -> tuple[Scores, Scores, Any]:
    """Return genuine and impostor scores of a case, and what other tools say of them."""
    if name.startswith(("bob.measure/dev", "bob.measure/test")):
        table = np.loadtxt(GOLDEN / f"{name}.txt")
        part = "dev" if "dev" in name else "test"
        return table[table[:, 0] == 1, 1], table[table[:, 0] == -1, 1], expected("bob.measure/dev-test-1")[part]
    if name == "pyeer/exp2":
        return np.loadtxt(GOLDEN / "pyeer/exp2_true.txt"), np.loadtxt(GOLDEN / "pyeer/exp2_false.txt"), expected(name)
    if name.startswith("bob.bio.base"):
        rows = [line.split() for line in (GOLDEN / "bob.bio.base/scores-nonorm-dev").read_text().splitlines()]
        score = np.array([-float(row[-1]) for row in rows])
        genuine = np.array([row[0] == row[1] for row in rows])
        return score[genuine], score[~genuine], expected("bob.bio.base/scores-nonorm-dev")["negated"]
    name, _, split = name.partition(":")
    answer = expected(name)
    return *from_csv(name, split or None), answer[split] if split else answer.get("all", answer)


CASES = [
    "bob.measure/dev-1",
    "bob.measure/test-1",
    "bob.measure/linsep",
    "bob.measure/nonsep",
    "bob.bio.base/scores-nonorm-dev",
    "exact_ci/tiny",
    "exact_ci/small",
    "exact_ci/tied",
    "exact_ci/subjects",
    "exact_ci/devtest:dev",
    "exact_ci/devtest:test",
    "pyeer/exp2",
]
