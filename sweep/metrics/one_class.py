"""The scores of a file that holds one class: one score a line, names before or behind it allowed."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sweep.errors import InputError
from sweep.metrics.score_cells import Decimal
from sweep.metrics.score_layout import comma_number, decimal_mark, is_number, without_comments
from sweep.metrics.score_text import read_text, regular_file, shown

if TYPE_CHECKING:
    import pandas as pd

_BETWEEN = str.maketrans(dict.fromkeys(";\t|", " "))


def read_column(path: Path, decimal: Decimal = "auto", column: str | None = None) -> "pd.Series[str]":
    """Return the scores of a file as text, one a row.

    column: which column holds them, from 1, where a row has several numbers.
    Raises InputError when the file is missing, empty, or a row has no number or several.
    """
    import pandas as pd

    data, _ = without_comments(read_text(regular_file(path)))
    quick = _one_number_a_line(data) if column is None and decimal == "auto" else None
    if quick is not None:
        return quick
    rows = [fields for line in data.decode("utf-8").splitlines() if (fields := _fields(line))]
    if not rows:
        raise InputError(f"Expected scores. Received: {shown(path)}, which is empty. Check what wrote it.")
    if column is not None:
        cells = _chosen(rows, column, path)
    else:
        if len(rows) > 1 and not any(map(_numeric, rows[0])) and any(map(_numeric, rows[1])):
            rows = rows[1:]  # a header
        cells = [_only_number(fields, number, path) for number, fields in enumerate(rows, start=1)]
    commas = [cell for cell in cells if comma_number(cell)]
    try:
        point, thousands = decimal_mark(commas) if decimal == "auto" else (("," if decimal == "comma" else "."), "")
    except InputError as error:
        raise InputError(str(error).replace("Received: ", f"Received: {shown(path)}: ", 1)) from error
    if point == ",":
        cells = [cell.replace(".", "").replace(",", ".") if "," in cell else cell for cell in cells]
    elif thousands or decimal == "point":
        cells = [cell.replace(",", "") for cell in cells]
    return pd.Series(cells, dtype=str)


def check_no_histogram(cells: "list[pd.Series[str]]", sources: list[str]) -> None:
    """Raise InputError where both files look like counts: line k counts the scores k (PyEER's histogram format)."""
    numbers = []
    for one in cells:
        values = np.asarray(one, dtype=object)
        if one.dtype == np.float64:
            plain = np.asarray(one, dtype=np.float64)
            whole = bool(np.all(plain == np.floor(plain)) and np.all(plain >= 0))
        else:
            whole = all(str(cell).isdigit() for cell in values)
            plain = np.array([float(cell) for cell in values]) if whole else np.zeros(0)
        numbers.append(plain if whole and plain.size >= 10 else None)
    first, second = numbers
    if first is None or second is None:
        return
    ends = all(one[0] == 0 and np.mean(one == 0) > 0.1 for one in (first, second))
    if first.size == second.size or ends:
        raise InputError(
            f"Expected scores, one a line. Received: {' and '.join(sources)}, whole numbers alone, which may be counts "
            "(line k counts the scores k). Say --format 1col if they are scores; else write the scores out."
        )


def _one_number_a_line(data: bytes) -> "pd.Series[str] | None":
    """Return the numbers of a file that holds nothing else; None where it holds more."""
    import pandas as pd

    if not data.strip() or any(mark in data for mark in b',;|"'):
        return None
    longest = max(len(line) for line in data[:65536].splitlines())
    if longest > 64:
        return None
    try:
        table = pd.read_csv(
            io.BytesIO(data), sep=r"\s+", header=None, dtype="float64", keep_default_na=False, na_values=["nan", "NaN"]
        )
    except (ValueError, OverflowError):
        return None
    return table[0] if table.shape[1] == 1 else None


def _fields(line: str) -> list[str]:
    fields = line.translate(_BETWEEN).split()
    parted: list[str] = []
    for field in fields:
        bare = field.strip("\"'")
        parted += [bare] if comma_number(bare) else [cell for cell in bare.split(",") if cell.strip()]
    return [cell.strip(" \"'") for cell in parted]


def _numeric(cell: str) -> bool:
    return bool(cell) and (is_number(cell) or comma_number(cell))


def _only_number(fields: list[str], row: int, path: Path) -> str:
    found = [cell for cell in fields if _numeric(cell)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(
            f"Expected numbers as scores. Received: {shown(path)} with '{fields[-1][:40]}' in row {row}. "
            "Mend it; write nan for an attempt without a score."
        )
    raise InputError(
        f"Expected one score a line in a file of one class. Received: {shown(path)}, whose row {row} has {len(found)} "
        "numbers. Write one score a line, or say which column holds it, as in --column score=1."
    )


def _chosen(rows: list[list[str]], column: str, path: Path) -> list[str]:
    names = rows[0] if not any(map(_numeric, rows[0])) else []
    if column in names:
        place, rows = names.index(column), rows[1:]
    elif column.isascii() and column.isdigit() and 1 <= int(column[:6]) <= len(rows[0]):
        place, rows = int(column[:6]) - 1, rows[1:] if names and len(rows) > 1 else rows
    else:
        raise InputError(
            f"Expected a column '{column}' for the score. Received: {shown(path)} with {len(rows[0])} columns. "
            "Say --column score=NUMBER, from 1."
        )
    short = next((number for number, fields in enumerate(rows, start=1) if len(fields) <= place), None)
    if short:
        raise InputError(f"Expected {place + 1} columns or more. Received: {shown(path)}, whose row {short} has fewer.")
    return [fields[place] for fields in rows]
