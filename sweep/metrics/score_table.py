"""A score file as a table of text: which format it has, and its rows, none of them skipped or guessed."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from sweep.errors import InputError, nearest

if TYPE_CHECKING:
    import pandas as pd

Format = Literal["auto", "2col", "3col", "4col", "5col", "csv", "parquet"]

# The columns of the formats without a header. 3col is that of ASVspoof; its first column is "bonafide" or an attack.
PLAIN = {
    "2col": ["label", "score"],
    "3col": ["source", "label", "score"],
    "4col": ["claimed", "real", "sample", "score"],
    "5col": ["claimed", "model", "real", "sample", "score"],
}


def read_table(path: Path, form: Format = "auto") -> tuple["pd.DataFrame", str]:
    """Return the rows of a score file, cells of text files as text, and the format it had.

    Raises InputError when the file is missing, empty, unreadable, or its rows have different numbers of columns.
    """
    import pandas as pd

    if form not in get_args(Format):
        raise InputError(
            f"Expected a format of {', '.join(get_args(Format))}. Received: '{form}'.{nearest(form, get_args(Format))}"
        )
    if not path.is_file():
        raise InputError(f"Expected a score file. Received: {path}, which is not there. Check the path.")
    if form == "auto":
        form = _guess(path)
    try:
        if form == "parquet":
            table = pd.read_parquet(path)
        elif form == "csv":
            table = pd.read_csv(path, sep=_delimiter(path), dtype=str, keep_default_na=False, comment="#", engine="c")
        else:
            table = _plain(path, PLAIN[form])
    except (ValueError, OSError, UnicodeDecodeError) as error:  # pandas' and pyarrow's parse errors are ValueErrors
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"Expected a {form} score file. Received: {path}: {reason} Say --format, or mend it."
        ) from error
    if not len(table):
        raise InputError(f"Expected scores. Received: {path}, which has no row of them. Check what wrote it.")
    return table, form


def read_column(path: Path) -> "pd.Series[str]":
    """Return the last column of a file of one class, a score a line (PyEER); leading columns and blanks are left out.

    Raises InputError when the file is missing or empty.
    """
    import pandas as pd

    if not path.is_file():
        raise InputError(f"Expected a score file. Received: {path}, which is not there. Check the path.")
    lines = [line.split() for line in _text(path).splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise InputError(f"Expected scores. Received: {path}, which is empty. Check what wrote it.")
    return pd.Series([fields[-1] for fields in lines], dtype=str)


def _plain(path: Path, names: list[str]) -> "pd.DataFrame":
    """Return the rows of a file without header; quick when all is well, and read again as text to say what is not."""
    names = [*names, "too many"]  # takes the cells that a row has too many
    kinds = {"score": "float64", "sample": "str", "model": "str"}
    try:
        table = _cells(path, names, {name: kinds.get(name, "category") for name in names})
    except ValueError:  # a score that is no number, or none
        table = _cells(path, names, dict.fromkeys(names, "str")).fillna("")
    wrong = (~table["too many"].isna() & (table["too many"] != "")).to_numpy()
    if table["score"].dtype != np.float64:
        wrong = wrong | (table["score"] == "").to_numpy()
    if wrong.any():
        row = int(wrong.argmax())
        n = sum(str(cell) not in ("", "nan") for cell in table.iloc[row])
        raise InputError(
            f"Expected {len(names) - 1} columns ({' '.join(names[:-1])}) in every row. Received: {path}, where row "
            f"{row + 1} has {'more' if n >= len(names) else n}. Say --format, or mend the row."
        )
    return table


def _cells(path: Path, names: list[str], kinds: dict[str, str]) -> "pd.DataFrame":
    import warnings

    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pd.errors.ParserWarning)  # a first row that is too long: seen by "too many"
        table: pd.DataFrame = pd.read_csv(
            path,
            sep=r"\s+",
            header=None,
            names=names,
            index_col=False,
            dtype=kinds,
            comment="#",
            keep_default_na=False,
            na_values={"score": ["nan", "NaN", "NAN", "-nan"]} if kinds["score"] == "float64" else [],
            quoting=3,
        )
    return table


def _guess(path: Path) -> Format:
    """Return the format by the ending of the name and the first line."""
    if path.suffix.lower() in (".parquet", ".pq"):
        return "parquet"
    line = _first_line(path)
    if any(mark in line for mark in ",;\t") and not _number(line.split("\t")[-1].split(",")[-1].split(";")[-1]):
        return "csv"
    fields = len(line.split())
    if "," in line or ";" in line:
        raise InputError(f"Expected a header with the names of the columns. Received: {path}: '{line[:80]}'. Add one.")
    by_fields: dict[int, Format] = {2: "2col", 3: "3col", 4: "4col", 5: "5col"}
    if fields not in by_fields:
        raise InputError(
            f"Expected 2 to 5 columns, CSV with a header, or Parquet. Received: {path}, whose first row has {fields}. "
            "For one score a line give --genuine FILE --impostor FILE."
        )
    return by_fields[fields]


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                return line.strip()
    raise InputError(f"Expected scores. Received: {path}, which is empty. Check what wrote it.")


def _delimiter(path: Path) -> str:
    line = _first_line(path)
    return max(",;\t", key=line.count)


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
