"""Score files of any lab: two columns, bob's four and five, ASVspoof's three, a class a file, CSV, Parquet."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError
from sweep.metrics.labels import classes, find_columns
from sweep.metrics.score_set import Names, Rows, ScoreSet
from sweep.metrics.score_table import Format, read_column, read_table
from sweep.metrics.scores import FloatArray

if TYPE_CHECKING:
    import pandas as pd

Chosen = NDArray[np.bool_]


def read_scores(
    path: Path,
    *,
    form: Format = "auto",
    split: str = "dev",
    columns: Mapping[str, str] | None = None,
    trial: str | None = None,
    distances: bool = False,
) -> ScoreSet:
    """Return the scores of a file.

    form: see `score_table`. split: which rows of a file with a column `split` or `set` to take ("dev" or "test").
    columns: purpose -> name of a CSV's or Parquet's columns, where they go by other names than usual. trial: which
    trial of a results table. distances: lower is more genuine; the scores come back negated.
    A score "nan" or an empty cell is a failure to acquire.
    Raises InputError on anything that cannot be read as scores, with the file's name.
    """
    table, read_as = read_table(Path(path), form)
    if read_as in ("csv", "parquet"):
        return _named(table, str(path), split, dict(columns or {}), trial, distances)
    scores = _numbers(table["score"], str(path), distances)
    if "claimed" in table:
        claimed, real = _text(table["claimed"]), _text(table["real"])
        genuine = claimed == real
        attacks = [word for word in dict.fromkeys(real) if word.lower().split("/")[0] == "attack"]
        attack = np.isin(real, np.array(attacks, dtype=object)) if attacks else np.zeros(len(real), dtype=np.bool_)
        letter = np.where(genuine, "g", np.where(attack, "a", "i"))
        return _score_set(str(path), scores, letter, claimed, real, None, real)
    letter = _classes(_text(table["label"]), str(path))
    kind = _text(table["source"]) if "source" in table else None
    return _score_set(str(path), scores, letter, None, None, None, kind)


def read_two_files(genuine: Path, impostor: Path, *, distances: bool = False) -> ScoreSet:
    """Return the scores of one file a class, a score a line; errors as in `read_scores`."""
    g, i = (_numbers(read_column(Path(path)), str(path), distances) for path in (genuine, impostor))
    return _complete(ScoreSet(f"{genuine} and {impostor}", Rows(g), Rows(i)))


def _named(
    table: "pd.DataFrame", source: str, split: str, columns: dict[str, str], trial: str | None, distances: bool
) -> ScoreSet:
    """Return the scores of a table with named columns."""
    try:
        found = find_columns(table.columns, columns)
    except InputError as error:
        raise InputError(f"{source}: {error}") from error
    if "score" not in found or not ({"label"} <= found.keys() or {"subject", "other"} <= found.keys()):
        raise InputError(
            "Expected columns `score` and `label`, or `score` with the two persons compared. "
            f"Received: {source} with {', '.join(map(str, table.columns))}. Say --column label=NAME."
        )
    rows = _rows_of_split(table, found, source, split)
    table = table[rows]
    table = table[_rows_of_trial(table, found, source, trial)]
    cell = {purpose: _text(table[name]) for purpose, name in found.items() if purpose != "score"}
    scores = _numbers(table[found["score"]], source, distances)
    subject, other = cell.get("subject"), cell.get("other")
    if other is not None and not (other != "").any():
        other = None  # a results table has the column, empty where a sample is of one person
    letter = _classes(cell["label"], source) if "label" in found else np.where(subject == other, "g", "i")
    kind = cell.get("attack")
    if kind is not None:
        letter = np.where((kind != "") & (letter != "g"), "a", letter)
    return _score_set(source, scores, letter, subject, other, cell.get("video"), kind)


def _rows_of_split(table: "pd.DataFrame", found: dict[str, str], source: str, split: str) -> Chosen:
    """Return the rows of the wanted split; all rows where the file has no such column or but one split."""
    everything = np.ones(len(table), dtype=np.bool_)
    if "split" not in found:
        return everything
    names = _text(table[found["split"]])
    if len(set(names)) == 1:
        return everything
    wanted = {"dev": ("dev", "development", "validation", "val"), "test": ("test", "eval", "evaluation")}[split]
    rows = np.isin(np.char.lower(names.astype(str)), wanted)
    if not rows.any():
        raise InputError(
            f"Expected rows of {split} in column '{found['split']}'. Received: {source} with {_listed(names)}."
        )
    return rows


def _rows_of_trial(table: "pd.DataFrame", found: dict[str, str], source: str, trial: str | None) -> Chosen:
    """Return the rows of one trial: scores of several trained models are on different scales and are never pooled."""
    if "trial" not in found:
        return np.ones(len(table), dtype=np.bool_)
    names = _text(table[found["trial"]])
    if trial is None and len(set(names)) > 1:
        raise InputError(
            f"Expected the scores of one trial. Received: {source} with {len(set(names))} trials: {_listed(names)}. "
            "Say --trial ID; `sweep report` shows all of them."
        )
    rows = np.asarray(names == (names[0] if trial is None else trial), dtype=np.bool_)
    if not rows.any():
        raise InputError(f"Expected a trial of {source}. Received: '{trial}'; there are {_listed(names)}.")
    return rows


def _score_set(
    source: str,
    scores: FloatArray,
    letter: NDArray[np.str_],
    subject: Names | None,
    other: Names | None,
    video: Names | None,
    kind: Names | None,
) -> ScoreSet:
    """Return the rows by class. Attacks stand apart where there are impostors too; alone, they are the impostors."""
    attack = letter == "a"
    impostors = letter == "i" if (letter == "i").any() else attack
    attacks = {}
    if attack.any():
        names = kind if kind is not None else np.full(scores.size, "attack", dtype=object)
        attacks = {str(name): scores[attack & (names == name)] for name in sorted(set(names[attack]))}

    def rows(chosen: Chosen) -> Rows:
        return Rows(scores[chosen], *(x if x is None else x[chosen] for x in (subject, other, video)))

    return _complete(ScoreSet(source, rows(letter == "g"), rows(impostors), attacks))


def _complete(found: ScoreSet) -> ScoreSet:
    """Return the set; raise InputError with the file's name when a class has no score, since no rate exists then."""
    scores = {"genuine": found.genuine.scores, "impostor": found.impostor.scores}
    if any(np.isnan(one).all() for one in scores.values()):
        counts = " and ".join(f"{np.count_nonzero(~np.isnan(one))} {name}" for name, one in scores.items())
        failed = f" ({found.n_failed} attempts more without a score)" if found.n_failed else ""
        raise InputError(
            f"Expected genuine and impostor scores. Received: {found.source} with {counts} scores{failed}. "
            "Check the labels, or the column that holds them."
        )
    return found


def _classes(words: Names, source: str) -> NDArray[np.str_]:
    try:
        return classes(words)
    except InputError as error:
        raise InputError(f"{source}: {error}") from error


def _numbers(cells: "pd.Series[str]", source: str, distances: bool) -> FloatArray:
    """Return the scores as (n,) float64; "nan" and an empty cell are NaN, any other word is refused by name."""
    import pandas as pd

    numbers: FloatArray = np.asarray(pd.to_numeric(cells, errors="coerce"), dtype=np.float64)
    missing = np.isnan(numbers)
    if missing.any() and cells.dtype != np.float64:
        words = _text(cells[missing])
        wrong = ~np.isin(np.char.lower(np.char.strip(words.astype(str))), ("", "nan", "na", "none", "null", "-nan"))
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
    return -numbers if distances else numbers


def _text(cells: "pd.Series[str]") -> Names:
    """Return the cells as text, a missing one as an empty string."""
    import pandas as pd

    codes, known = pd.factorize(cells)
    words: Names = np.empty(len(known) + 1, dtype=object)
    words[:-1], words[-1] = [str(word) for word in known], ""
    return words[codes]  # the code of a missing cell is -1: the last word


def _listed(words: Names) -> str:
    distinct = list(dict.fromkeys(str(word) for word in words[:100_000]))
    return ", ".join(f"'{word}'" for word in distinct[:5]) + (" ..." if len(distinct) > 5 else "")
