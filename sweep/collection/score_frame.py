"""A frame of scores, a row a sample, as runs: its seeds, its splits and its samples are looked at before."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweep.collection.pattern import SPLITS, split_of
from sweep.collection.runs import CollectedRun, as_settings, refuse_empty, seed_of
from sweep.collection.score_files import missing_seeds, other_samples, sample_names, scored
from sweep.errors import InputError, nearest
from sweep.metrics.elsewhere import BEFORE
from sweep.store.sample_columns import DECLARED

_WORDS = {**{word: name for name, words in SPLITS.items() for word in words}, "valid": "dev", "testing": "test"}
_LEFT_OUT = ("train", "training")
_PERSONS = ("subject", "other_subject", "video")


def runs_of_scores(frame: pd.DataFrame, seed: str, by: Sequence[str]) -> tuple[list[CollectedRun], list[str]]:
    """Return the runs of a frame of scores: columns split, label (1 genuine, 0 impostor), score, the seed and `by`.

    Columns of samples, such as subject and attack_type (`sweep.store.sample_columns`), are kept where there are any.
    Returned beside them are cautions: what is left out, and what cannot be known.
    """
    _check_columns(frame, seed, by)
    splits, cautions = _splits(frame)
    keys = [*by, seed]
    groups = list(frame.groupby(keys, sort=True, dropna=False))
    settings = as_settings([dict(zip(by, key, strict=False)) for key, _ in groups])
    runs = []
    for hp, (key, rows) in zip(settings, groups, strict=True):
        where = ", ".join(f"{name}={value}" for name, value in zip(keys, key, strict=True))
        number = seed_of(key[-1], where)
        own = splits.loc[rows.index]
        lacks = [split for split in SPLITS if not (own == split).any()]
        if lacks:
            cautions.append(f"{where} has no row of {' and '.join(lacks)}: this run is left out.")
            continue
        further = sorted(split for split in own.unique() if split.startswith(BEFORE))
        parts = [_columns_of_frame(split, rows[own == split]) for split in (*SPLITS, *further)]
        runs.append(scored(hp, number, parts, where))
    if not runs:
        there = ", ".join(f"{word} ({n} rows)" for word, n in frame["split"].value_counts().items())
        raise InputError(f"Expected rows of dev and of test for a seed. Received: {there} in the column split.")
    return runs, [*cautions, *missing_seeds(runs), *other_samples(runs), *_unnamed(frame)]


def _check_columns(frame: pd.DataFrame, seed: str, by: Sequence[str]) -> None:
    """Raise InputError where a column stands for two things, or a cell that tells runs apart is empty."""
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise InputError(f"Expected columns of different names. Received: {twice[0]} twice. Rename or drop one.")
    if taken := [name for name in by if name in (seed, "split", "label", "score", *DECLARED)]:
        raise InputError(
            f"Expected in by=... columns of settings. Received: {taken[0]}, which is a seed, sample or score. Leave "
            "it out."
        )
    for name in (*by, seed):
        refuse_empty(frame[name], name)
    if "sample" in frame:
        refuse_empty(frame["sample"], "sample")


def _splits(frame: pd.DataFrame) -> tuple["pd.Series[Any]", list[str]]:
    """Return "dev", "test", "test.NAME" or "" for each row, and cautions: rows of train are left out."""
    refuse_empty(frame["split"], "split")
    given = frame["split"].astype(str).str.strip()
    further = {word for word in given.unique() if split_of(word).startswith(BEFORE)}
    words = given.where(given.isin(further), given.str.lower())
    there = {str(word): int(n) for word, n in words.value_counts().items()}
    said = ", ".join(f"{word} ({n} rows)" for word, n in there.items())
    for word in there:
        if word not in (*_WORDS, *_LEFT_OUT, *further):
            raise InputError(
                f"Expected the splits dev and test in the column split. Received: {said}.{nearest(word, _WORDS)} "
                "Rename the splits, a further test set to test.NAME, or leave rows of others out."
            )
    for split in SPLITS:
        same = [word for word in there if _WORDS.get(word) == split]
        if len(same) > 1:
            raise InputError(f"Expected one word for {split}. Received: {' and '.join(same)} in the column split.")
    n_train = sum(there.get(word, 0) for word in _LEFT_OUT)
    cautions = [f"{n_train} rows of train are left out: only dev and test are measured."] if n_train else []
    return words.map(lambda word: split_of(word) if word in further else _WORDS.get(word, "")), cautions


def _unnamed(frame: pd.DataFrame) -> list[str]:
    """Return what cannot be known of samples without a name or a person."""
    if any(name in frame for name in ("sample", *_PERSONS)):
        return []
    twins = int(frame.duplicated().sum())
    twice = f" {twins} of {len(frame)} rows equal another one." if twins else ""
    return [
        "The frame has no column sample: rows are taken for the same samples by their order, and whether one is there "
        f"twice is not known.{twice} Give each sample a name in a column sample."
    ]


def _columns_of_frame(split: str, rows: pd.DataFrame) -> dict[str, NDArray[Any]]:
    score = pd.to_numeric(rows["score"], errors="coerce").to_numpy(np.float64)
    if not np.isfinite(score).all():
        odd = rows["score"][~np.isfinite(score)].iloc[0]
        raise InputError(
            f"Expected a finite score for every sample. Received: {int((~np.isfinite(score)).sum())} of {len(rows)} "
            f"rows of {split} without one, as {str(odd)[:40]!r}. Leave these samples out, or mend them."
        )
    label = pd.to_numeric(rows["label"], errors="coerce").to_numpy(np.float64)
    odd_labels = rows["label"][~np.isin(label, (0, 1))]
    if len(odd_labels):
        raise InputError(
            f"Expected labels 1 (genuine) and 0 (impostor). Received: {str(odd_labels.iloc[0])[:40]!r} in {split}. Map "
            "the labels of the frame to 1 and 0."
        )
    _refuse_same_rows(split, rows)
    columns = {"split": np.full(len(rows), split), "label": label, "score": score}
    for name in DECLARED:
        if name in rows:
            columns[name] = rows[name].astype(object).where(rows[name].notna(), "").astype(str).to_numpy().astype(str)
    if "sample" not in columns:
        columns["sample"] = sample_names(columns, len(rows))
    return columns


def _refuse_same_rows(split: str, rows: pd.DataFrame) -> None:
    """Raise InputError where a named sample is there twice with the same persons."""
    known = [name for name in DECLARED if name in rows]
    same = rows[rows.duplicated(known)] if "sample" in rows else rows[:0]
    if len(same):
        raise InputError(
            f"Expected each sample of {split} once in a run. Received: {len(same)} of {len(rows)} rows that repeat "
            f"another, as sample {same['sample'].iloc[0]}. Drop them, or name in by=... what tells runs apart, or in "
            "the column other_subject with whom it was compared."
        )


def named_columns(frame: pd.DataFrame, seed: str, by: Sequence[str] | Mapping[str, str] | None) -> list[str]:
    """Return the columns of the settings of a frame of scores; None takes all that are known for nothing else.

    Raises:
        InputError: a column is not there.
    """
    needed = ("split", "label", "score")
    known = [str(name) for name in frame.columns]
    if lacks := [name for name in (*needed, seed) if name not in frame]:
        raise InputError(
            f"Expected a frame of scores with columns {', '.join(needed)} and {seed}, or metrics=... of a "
            f"table of runs. Received: none called {lacks[0]}; there are {', '.join(known[:12])}."
            f"{nearest(lacks[0], known)}"
        )
    if isinstance(by, str):
        raise InputError(f"Expected a list of columns in by=..., as [{by!r}]. Received: the word {by!r}.")
    columns = [name for name in frame.columns if name not in (*needed, *DECLARED, seed)] if by is None else list(by)
    if wrong := [name for name in columns if name not in frame]:
        raise InputError(f"Expected columns of the frame. Received: {wrong[0]}.{nearest(str(wrong[0]), known)}")
    return columns
