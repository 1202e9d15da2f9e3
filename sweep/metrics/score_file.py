"""Score files of any lab: two columns, bob's four and five, ASVspoof's three, a class a file, CSV, Parquet."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError
from sweep.metrics.labels import attack_types, classes
from sweep.metrics.one_class import check_no_histogram, read_column
from sweep.metrics.score_cells import Decimal
from sweep.metrics.score_layout import MISSING
from sweep.metrics.score_rows import Chosen, ScoreRows, by_class, complete
from sweep.metrics.score_set import Names, Rows, ScoreSet
from sweep.metrics.score_table import Format, read_table
from sweep.metrics.score_text import shown
from sweep.metrics.scores import LARGEST, FloatArray

if TYPE_CHECKING:
    import pandas as pd


def read_scores(path: Path, **reading: Any) -> ScoreSet:
    """Return the scores of a file by class; keywords and errors as in `read_rows`."""
    return by_class(read_rows(path, **reading))


def read_rows(
    path: Path,
    *,
    form: Format = "auto",
    split: str = "dev",
    columns: Mapping[str, str] | None = None,
    trial: str | None = None,
    distances: bool = False,
    genuine: str | None = None,
    decimal: Decimal = "auto",
) -> ScoreRows:
    """Return the rows of a score file, in its order.

    form: see `score_table`. split: which rows of a file with a column `split` or `set` to take ("dev" or "test").
    columns: purpose -> a column's name, or its number from 1, where the file does not say. trial: which trial of a
    results table. distances: lower is more genuine; the scores come back negated. genuine: the label that means
    genuine, where the words do not say. decimal: "comma" or "point", where the numbers do not say.
    A score "nan" or an empty cell is a failure to acquire.
    Raises InputError on anything that cannot be read as scores, with the file's name.
    """
    table, roles = read_table(Path(path), form, columns, genuine, decimal)
    source = shown(path)
    table = table[_rows_of_split(table, source, split)]
    table = table[_rows_of_trial(table, source, trial)]
    cell = {str(purpose): _text(table[purpose]) for purpose in table.columns if purpose != "score"}
    scores = _numbers(table["score"], source, distances)
    subject, other = cell.get("subject"), cell.get("other")
    if other is not None and not (other != "").any():
        other = None  # a results table has the column, empty where a sample is of one person
    kind = cell.get("attack")
    if kind is not None:
        kind = attack_types(kind)
    if "label" in cell:
        letter = _classes(cell["label"], source, genuine)
        _check_attacks_are_not_genuine(letter, kind, cell["label"], source)
        if roles.told_by_label and not np.array_equal(subject == other, letter == "g"):
            subject = other = None
    elif subject is None or other is None:
        raise InputError(f"Expected labels, or the two persons compared. Received: {source} with neither.")
    else:
        letter = np.where(subject == other, "g", "i")
        named = [word for word in dict.fromkeys(other) if word.lower().split("/")[0] == "attack"]
        if named and kind is None:
            letter = np.where(np.isin(other, np.array(named, dtype=object)), "a", letter)
            kind = other
    if "attack" in cell and kind is not None:
        letter = np.where((kind != "") & (letter != "g"), "a", letter)
    return ScoreRows(source, scores, letter, subject, other, cell.get("video"), kind, roles.said, cell.get("group"))


def read_two_files(
    genuine: Path,
    impostor: Path,
    *,
    distances: bool = False,
    form: Format | str = "auto",
    decimal: Decimal = "auto",
    column: str | None = None,
) -> ScoreSet:
    """Return the scores of one file a class, a score a line; errors as in `read_scores`.

    form: "1col" takes whole numbers for scores, which may otherwise be counts. column: the score's, where a row has
    several numbers.
    """
    if form not in ("auto", "1col"):
        raise InputError(f"Expected --format auto or 1col for files of one class. Received: {form}.")
    cells = [read_column(Path(path), decimal, column) for path in (genuine, impostor)]
    if form == "auto":
        check_no_histogram(cells, [shown(genuine), shown(impostor)])
    g, i = (_numbers(one, shown(path), distances) for one, path in zip(cells, (genuine, impostor), strict=True))
    return complete(ScoreSet(f"{shown(genuine)} and {shown(impostor)}", Rows(g), Rows(i)))


def _check_attacks_are_not_genuine(letter: NDArray[np.str_], kind: Names | None, label: Names, source: str) -> None:
    """Raise InputError where rows with an attack type are labelled genuine: the labels mean the opposite."""
    if kind is None:
        return
    wrong = (letter == "g") & (kind != "")
    if wrong.any():
        raise InputError(
            f"Expected no attack type where the label is genuine. Received: {source} with {int(wrong.sum())} of them, "
            f"as label {_listed(label[wrong][:1])} with attack type {_listed(kind[wrong][:1])}. Say which label is "
            "genuine, as in --genuine-label 0; where the score is that of an attack, --distances too."
        )


def _rows_of_split(table: "pd.DataFrame", source: str, split: str) -> Chosen:
    """Return the rows of the wanted split; all rows where the file has no such column or but one split."""
    everything = np.ones(len(table), dtype=np.bool_)
    if "split" not in table:
        return everything
    names = _text(table["split"])
    if len(set(names)) == 1:
        return everything
    wanted = {"dev": ("dev", "development", "validation", "val"), "test": ("test", "eval", "evaluation")}[split]
    rows = np.isin(np.char.lower(names.astype(str)), wanted)
    if not rows.any():
        raise InputError(
            f"Expected rows of {split} in the column of the split. Received: {source} with {_listed(names)}."
        )
    return rows


def _rows_of_trial(table: "pd.DataFrame", source: str, trial: str | None) -> Chosen:
    """Return the rows of one trial: scores of several trained models are on different scales and are never pooled."""
    if "trial" not in table:
        if trial is not None:
            raise InputError(
                f"Expected a column `trial_id`, since --trial is given. Received: {source} without one. "
                "Leave --trial out, or say --column trial=COLUMN."
            )
        return np.ones(len(table), dtype=np.bool_)
    names = _text(table["trial"])
    if trial is None and len(set(names)) > 1:
        raise InputError(
            f"Expected the scores of one trial. Received: {source} with {len(set(names))} trials: {_listed(names)}. "
            "Say --trial ID; `sweep report` shows all of them."
        )
    rows = np.asarray(names == (names[0] if trial is None else trial), dtype=np.bool_)
    if not rows.any():
        raise InputError(f"Expected a trial of {source}. Received: '{trial}'; there are {_listed(names)}.")
    return rows


def _classes(words: Names, source: str, genuine: str | None) -> NDArray[np.str_]:
    try:
        return classes(words, genuine)
    except InputError as error:
        raise InputError(f"{source}: {error}") from error


def _numbers(cells: "pd.Series[str]", source: str, distances: bool) -> FloatArray:
    """Return the scores as (n,) float64; "nan" and an empty cell are NaN, any other word is refused by name."""
    import pandas as pd

    try:
        read = cells if cells.dtype == np.float64 else pd.to_numeric(cells, errors="coerce")
        numbers: FloatArray = np.asarray(read, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"Expected numbers as scores. Received: {source} with cells of {cells.dtype}.") from error
    missing = np.isnan(numbers)
    if missing.any() and cells.dtype != np.float64:
        words = _text(cells[missing])
        wrong = np.array([word.strip().lower() not in MISSING for word in words], dtype=np.bool_)
        if wrong.any():
            raise InputError(
                f"Expected numbers as scores. Received: {source} with {_listed(words[wrong])}. "
                "Mend these cells; write nan for an attempt without a score."
            )
    if np.isinf(numbers).any():
        raise InputError(
            f"Expected finite scores. Received: {source} with {int(np.isinf(numbers).sum())} infinite. "
            "Clip them, or write nan for an attempt without a score."
        )
    if (np.abs(numbers) > LARGEST).any():
        raise InputError(
            f"Expected scores between -1e300 and 1e300. Received: {source} with "
            f"{numbers[np.nanargmax(np.abs(numbers))]:g}. Divide them, or mend what wrote them."
        )
    return -numbers if distances else numbers


def _text(cells: "pd.Series[str]") -> Names:
    """Return the cells as text, a missing one as an empty string."""
    import pandas as pd

    try:
        codes, known = pd.factorize(cells)
    except TypeError as error:
        raise InputError(f"Expected words in a column. Received: cells of {cells.dtype}.") from error
    words: Names = np.empty(len(known) + 1, dtype=object)
    words[:-1], words[-1] = [str(word) for word in known], ""
    return words[codes]  # the code of a missing cell is -1: the last word


def _listed(words: Names) -> str:
    distinct = list(dict.fromkeys(str(word) for word in words[:100_000]))
    return ", ".join(f"'{word[:40]}'" for word in distinct[:5]) + (" ..." if len(distinct) > 5 else "")
