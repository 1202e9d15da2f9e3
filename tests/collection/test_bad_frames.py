"""Frames that are no results are refused with one message, and nothing is stored."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

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
        (lambda frame: frame.assign(split=frame.split.replace("dev", "foo")), r"Received: foo \(20 rows\), test"),
        (lambda frame: frame[frame.split == "test"], r"Received: test \(20 rows\) in the column split"),
        (lambda frame: frame.assign(split=frame.split.where(frame.index != 3)), "column split. Received: 1 of 40 rows"),
        (lambda frame: pd.concat([frame, frame.assign(split=frame.split.replace("dev", "val"))]), "dev and val in the"),
        (lambda frame: frame.assign(seed=np.nan), "column seed. Received: 40 of 40 rows without, as row 1"),
        (lambda frame: frame.assign(seed=True), "Received: 'True'"),
        (lambda frame: frame.assign(system=frame["sample"].where(frame.index > 3)), "column system. Received: 4 of 40"),
        (lambda frame: pd.concat([frame, frame[:1].assign(score=3.0)]), "1 of 21 rows that repeat another"),
        (lambda frame: pd.concat([frame, frame[["score"]]], axis=1), "Received: score twice"),
        (lambda frame: frame.assign(score="0,5"), "rows of dev without one, as '0,5'"),
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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frame: frame.drop(columns="sample"), "no column sample"),
        (lambda frame: pd.concat([frame, frame[:20].assign(split="train")]), "20 rows of train are left out"),
        (lambda frame: pd.concat([frame, frame[20:].assign(seed=1)]), "seed=1 has no row of dev: this run is left out"),
        (lambda frame: frame.assign(score=0.5), "All scores are equal in 1 of 1 runs"),
        (lambda frame: frame.assign(score=-frame.label), "hter is above 0.5, worse than guessing, in 1 of 1 runs"),
    ],
)
def test_what_is_left_out_or_doubtful_is_told(
    tmp_path: Path, change: Callable[[pd.DataFrame], pd.DataFrame], said: str
) -> None:
    """The runs are there, and a caution with them."""
    found = sweep.collect(change(_scores()), "lab", results=str(tmp_path))
    assert found.n_runs == 1
    assert any(said in caution for caution in found.cautions)


def test_splits_have_their_usual_names(tmp_path: Path) -> None:
    """Capitals and the words of others mean dev and test."""
    frame = _scores()
    frame["split"] = frame.split.replace({"dev": "Devel", "test": "EVAL"})
    assert sweep.collect(frame, "lab", results=str(tmp_path)).cautions == ()


def _runs() -> pd.DataFrame:
    return pd.DataFrame({"model": ["A", "A", "B", "B"], "seed": [0, 1] * 2, "hter": [0.1, 0.2, 0.1, 0.3], "eer": 0.1})


@pytest.mark.parametrize(
    ("spoil", "said", "metrics"),
    [
        (
            lambda frame: frame.assign(eer=np.nan),
            "eer. Received: none in the 4 rows of the column eer",
            ["hter", "eer"],
        ),
        (lambda frame: frame.assign(hter=[np.inf, np.inf, np.inf, None]), "Received: none in the 4 rows", ["hter"]),
        (lambda frame: frame.assign(hter=True), "Received: 'True' in the column hter, row 1", ["hter"]),
        (lambda frame: frame.assign(hter="12.5%"), "say --per-cent", ["hter"]),
        (lambda frame: frame.assign(hter=-0.1), "Received: -0.1. Mend", ["hter"]),
        (lambda frame: frame.assign(seed=[0, None, 0, 1]), "Received: none in row 2", ["hter"]),
        (lambda frame: pd.concat([frame, frame[["hter"]]], axis=1), "one column hter. Received: 2", ["hter"]),
        (lambda frame: frame, "Received: 'model'", {"hter": "model"}),
    ],
)
def test_a_spoiled_table_is_refused(
    tmp_path: Path, spoil: Callable[[pd.DataFrame], pd.DataFrame], said: str, metrics: Any
) -> None:
    """The message names the column and the row, and no folder is left."""
    with pytest.raises(InputError, match=said):
        sweep.collect(spoil(_runs()), "lab", by=["model"], metrics=metrics, results=str(tmp_path))
    assert not (tmp_path / "lab").exists()


@pytest.mark.parametrize(
    ("change", "said", "keywords"),
    [
        (lambda frame: frame.assign(eer=[0.1, None, 0.1, 0.1]), "1 of 4 runs have no eer", {}),
        (lambda frame: frame.assign(model=["A", None, "B", "B"]), "The column model is empty in 1 of 4 rows", {}),
        (lambda frame: frame.assign(hter="0,12"), "In the column hter a comma is read as a decimal point", {}),
        (lambda frame: frame, "are they fractions already", {"per_cent": True}),
        (lambda frame: frame.rename(columns={"hter": "hterr"}), "hterr is no metric", {"metrics": ["hterr", "eer"]}),
    ],
)
def test_what_is_doubtful_in_a_table_is_told(
    tmp_path: Path, change: Callable[[pd.DataFrame], pd.DataFrame], said: str, keywords: dict[str, Any]
) -> None:
    """A guess, a run without a metric and a name that is not known are cautions."""
    given = {"by": ["model"], "metrics": ["hter", "eer"]} | keywords
    frame = _runs().assign(hter=0.01, eer=0.01)
    found = sweep.collect(change(frame), "lab", results=str(tmp_path), **given)
    assert any(said in caution for caution in found.cautions)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("runs.csv", b"", "which is empty"),
        ("runs.csv", b"PK\x03\x04 and so on", "a workbook or an archive. Save its sheet as CSV"),
        ("runs.csv", b"seed,hter,hter\n0,.1,.2\n", "with hter twice"),
        ("runs.parquet", "seed;hter\n0;0,1\n1;0,2\n".encode("utf-16"), ""),
        ("runs.csv", "seed, hter\n0, 0.1\n".encode("utf-8-sig"), ""),
    ],
)
def test_a_file_is_read_by_what_it_holds(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """Its name does not count; what is no table is told."""
    path = tmp_path / name
    path.write_bytes(content)
    if said:
        with pytest.raises(InputError, match=said):
            sweep.collect(path, "lab", metrics=["hter"], results=str(tmp_path))
    else:
        assert sweep.collect(path, "lab", metrics=["hter"], results=str(tmp_path)).n_failed == 0


def test_a_folder_keeps_its_task_and_tells_of_runs_that_no_longer_count(tmp_path: Path) -> None:
    """Other runs of one name stay stored, and are told; those of another task are refused."""
    sweep.collect(_runs(), "lab", by=["model"], metrics=["hter"], results=str(tmp_path))
    again = sweep.collect(_runs().assign(hter=0.2)[:2], "lab", by=["model"], metrics=["hter"], results=str(tmp_path))
    assert "3 of the runs, as model=A seed 0" in again.cautions[-1]
    assert len(sweep.load(tmp_path / "lab").trials) == 5
    with pytest.raises(InputError, match="Expected runs of verification"):
        sweep.collect(_runs(), "lab", metrics={"accuracy": "eer"}, by=["model"], results=str(tmp_path))
