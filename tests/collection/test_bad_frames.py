"""Frames that are no results are refused with one message, and nothing is stored."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sweep
from sweep.errors import InputError


def _scores() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "seed": 0,
            "split": np.repeat(["dev", "test"], 20),
            "label": np.tile([0, 1], 20),
            "score": np.linspace(0, 1, 40),
            "sample": [f"s{row}" for row in range(40)],
        }
    )


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda frame: frame.assign(label=np.where(frame.label == 1, "genuine", "impostor")), "'impostor' in dev"),
        (lambda frame: frame.assign(label=frame.label + 1), "'2' in dev"),
        (lambda frame: frame.assign(label=frame.label.where(frame.index != 3)), "'nan' in dev"),
        (lambda frame: pd.concat([frame, frame]), "20 of 40 rows that repeat another, as sample s0"),
        (lambda frame: frame[:0], "a frame without a row"),
    ],
)
def test_a_spoiled_frame_of_scores_is_refused(
    tmp_path: Path, spoil: Callable[[pd.DataFrame], pd.DataFrame], said: str
) -> None:
    """The message names what came, and no folder is left."""
    with pytest.raises(InputError, match=said):
        sweep.collect(spoil(_scores()), "lab", results=str(tmp_path))
    assert not (tmp_path / "lab").exists()


def test_labels_of_true_and_false_are_read(tmp_path: Path) -> None:
    """True is genuine."""
    frame = _scores()
    assert sweep.collect(frame.assign(label=frame.label == 1), "lab", results=str(tmp_path)).n_runs == 1


def test_a_table_without_a_row_is_refused(tmp_path: Path) -> None:
    """An empty frame of runs is an InputError too."""
    with pytest.raises(InputError, match="without a row"):
        sweep.collect(pd.DataFrame({"seed": [], "hter": []}), "lab", metrics=["hter"], results=str(tmp_path))
    assert not (tmp_path / "lab").exists()
