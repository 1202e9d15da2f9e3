"""From a study's stored scores to arrays of trials x samples, once it is sure that all trials had the same test set."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweep.analysis.current import current
from sweep.analysis.once import once
from sweep.errors import InputError
from sweep.stats.scored_trials import SplitScores, TrialScores, paired
from sweep.store.collected import is_collected
from sweep.store.sample_columns import CASES, PEOPLE
from sweep.store.store import Results

NOT_THE_SAME = "seeds had different test samples (the split is not held still), which is not one test set"
IntArray = NDArray[np.intp]


class NoCommonScoresError(InputError):
    """Trials that have no scores on one test set. why: what there is instead, for the notes of an answer."""

    def __init__(self, expected: str, why: str = "") -> None:
        """Say what was expected of the trials."""
        super().__init__(f"Expected {expected}. Received: {why}." if why else expected)
        self.why = why


def study_scores(results: Results) -> TrialScores:
    """Return the scores of the trials that are ok, in the plan's order.

    The case is the subject, of a pair both; where a sample names none the video, and where it names neither the sample
    itself.

    Raises:
        NoCommonScoresError: no trial with scores, or trials whose test or dev samples differ.
    """
    of = (results.study, results.trials, results.scores)
    return once("study_scores", of, lambda: _study_scores(results))


def _study_scores(results: Results) -> TrialScores:
    ok, frame = current(results).ok, results.scores
    if len(ok) and not len(frame) and is_collected(results.study):
        raise NoCommonScoresError(f"scores in {results.path}", "metrics alone were collected, without scores")
    if not len(ok) or not len(frame):
        raise NoCommonScoresError(f"trials with scores in {results.path}", "none that is ok. Run the study")
    if (ok.groupby("config_id")["data_id"].nunique() > 1).any():
        raise NoCommonScoresError("the same test set in all trials", NOT_THE_SAME)
    trial = _trial_of_row(frame, ok["trial_id"].tolist())
    test, dev = (_aligned(frame, trial, len(ok), name) for name in ("test", "dev"))
    rows = np.concatenate((test[0], dev[0]))
    kind, first = _cases(frame, rows)
    other = _words(frame, PEOPLE[1], rows) if kind == PEOPLE[0] else first
    units, numbers = np.unique(np.concatenate((first, np.where(other == "", first, other))), return_inverse=True)
    of_pairs = paired(*np.split(numbers.astype(np.intp), 2), n_units=units.size)
    unit, n = of_pairs.column, test.shape[1]
    return TrialScores(
        config=ok["config_id"].to_numpy().astype(np.str_),
        seed=ok["seed"].to_numpy().astype(np.int64),
        test=_scores(frame, test, unit[:n]),
        dev=_scores(frame, dev, unit[n:]) if dev.shape[1] else None,
        units=units,
        unit=kind,
        pairs=of_pairs.pairs,
    )


def _trial_of_row(frame: pd.DataFrame, trial_ids: list[str]) -> NDArray[np.int32]:
    """Return the place in `trial_ids` of every row of the score table, -1 for other trials."""
    place = {trial: at for at, trial in enumerate(trial_ids)}
    names, codes = _codes(frame["trial_id"])
    of_name = np.array([*(place.get(name, -1) for name in names), -1], dtype=np.int32)
    found: NDArray[np.int32] = of_name[codes]
    return found


def _aligned(frame: pd.DataFrame, trial: NDArray[np.int32], n_trials: int, split: str) -> IntArray:
    """Return the rows of one split, (T, n): the same sample in each column; n = 0 where dev is absent."""
    names, codes = _codes(frame["split"])
    rows = np.flatnonzero((trial >= 0) & (codes == (names.index(split) if split in names else -2)))
    counts = np.bincount(trial[rows], minlength=n_trials)
    if split == "dev" and not counts.any():
        return np.zeros((n_trials, 0), dtype=np.intp)
    if counts.min() != counts.max() or not counts.all():
        raise NoCommonScoresError(
            f"the same {split} samples in all trials",
            f"{counts.min()} to {counts.max()} samples. These trials have no test set in common",
        )
    order = rows[np.argsort(trial[rows], kind="stable")].reshape(n_trials, -1)
    sample = _codes(frame["sample"])[1]
    if not all(np.array_equal(sample[row], sample[order[0]]) for row in order):
        order = np.stack([row[np.argsort(sample[row], kind="stable")] for row in order])
        if not all(np.array_equal(sample[row], sample[order[0]]) for row in order):
            raise NoCommonScoresError(f"the same {split} samples in all trials", NOT_THE_SAME)
    return order


def _scores(frame: pd.DataFrame, order: IntArray, unit: IntArray) -> SplitScores:
    label = frame["label"].to_numpy(np.float64)
    if not all(np.array_equal(label[row], label[order[0]], equal_nan=True) for row in order):
        raise NoCommonScoresError("the same labels in all trials", "a sample whose label differs between them")
    prediction = None
    if "prediction" in frame and frame["prediction"].iloc[order[0]].notna().any():
        prediction = frame["prediction"].to_numpy(np.float64)[order]
    kinds = _words(frame, "attack_type", order[0]) if "attack_type" in frame else np.empty(0, dtype=np.str_)
    attack_type = kinds if (kinds != "").any() else None
    return SplitScores(frame["score"].to_numpy(np.float64)[order], label[order[0]], unit, prediction, attack_type)


def _cases(frame: pd.DataFrame, rows: IntArray) -> tuple[str, NDArray[np.str_]]:
    """Return what a case is, and the case of each row."""
    for kind in CASES:
        names = _words(frame, kind, rows)
        if (names != "").all():
            return kind, names
    return "sample", _words(frame, "sample", rows)


def _words(frame: pd.DataFrame, column: str, rows: IntArray) -> NDArray[np.str_]:
    """Return the words of some rows, "" where one is missing."""
    names, codes = _codes(frame[column])
    words: NDArray[np.str_] = np.asarray([*(str(name) for name in names), ""], dtype=np.str_)[codes[rows]]
    return words


def _codes(column: Any) -> tuple[list[Any], NDArray[np.signedinteger[Any]]]:
    """Return the distinct values of a column and the number of each row's, -1 where it is missing."""
    categories = pd.Categorical(column)
    return list(categories.categories), np.asarray(categories.codes)
