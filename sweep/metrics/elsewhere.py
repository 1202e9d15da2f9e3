"""Further test sets, as metrics see them: how one may be called, and which metrics of a trial are theirs."""

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from sweep.metrics.at_threshold import test_eer
from sweep.metrics.catalogue import CATALOGUE, metric_called
from sweep.metrics.scored import Scored, ScoredSplit

BEFORE = "test."  # the split of a further test set in scores.parquet is test.NAME
NAME = r"[A-Za-z0-9_][A-Za-z0-9_-]*"
_TAKEN = ("train", "dev", "test")


def fault_of_name(name: str) -> str:
    """Return what was expected in place of a name of a further test set, "" where it can stand in columns."""
    if not re.fullmatch(NAME, name):
        return "names of letters, digits, _ and - for further test sets"
    if name in _TAKEN:
        return f"names for further test sets other than {', '.join(_TAKEN)}, which are splits of `data`"
    if name in CATALOGUE:
        return "names for further test sets that no metric has"
    return ""


def of_test_alone(found: Mapping[str, float]) -> dict[str, float]:
    """Return those metrics of a trial that are measured on its test set; found: name -> value."""
    kept = {name: value for name, value in found.items() if metric_called(name).split == "test"}
    kept.pop("eer_threshold", None)  # of dev
    return kept


def own_eer(label: ArrayLike, score: ArrayLike) -> float:
    """Return the EER of a test set at a threshold of its own, which nobody knows beforehand.

    label: (n,) 1 genuine, 0 impostor. score: (n,) higher is more genuine; finite.
    """
    alone = ScoredSplit(np.asarray(label, np.float64), np.asarray(score, np.float64))
    return float(test_eer(Scored(alone), None)[0])
