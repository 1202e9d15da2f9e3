"""The cells of a score file's text, column by column: quick where all is well, and read again to say what is not."""

import csv
import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sweep.errors import InputError
from sweep.metrics.column_roles import Roles
from sweep.metrics.score_layout import MISSING, Layout, comma_number, decimal_mark, is_number
from sweep.metrics.score_lengths import check_lengths, refuse_odd_row

if TYPE_CHECKING:
    import pandas as pd

Decimal = Literal["auto", "point", "comma"]
_NAN = [*MISSING, "NaN", "NAN", "NA", "-NaN", "N/A", "None", "NULL", "Null", "<NA>"]


def cells_of(data: bytes, layout: Layout, roles: Roles, decimal: Decimal, source: str) -> "dict[int, pd.Series[str]]":
    """Return the columns that are used; quick when all is well, and read again as text to say what is not."""
    sample = [row[roles.place["score"]] for row in layout.rows]
    if decimal == "auto":
        point, thousands = decimal_mark([cell for cell in sample if comma_number(cell)])
    else:
        point, thousands = (",", ".") if decimal == "comma" else (".", ",")
    mark = layout.delimiter
    if mark == " ":
        data = _single_blanks(data)
    if point == mark:
        raise InputError(f"Expected another mark between columns than the decimal comma. Received: {source}.")
    marks = {"decimal": point, "thousands": thousands if thousands and thousands != mark else None}
    score = roles.place["score"]
    kinds = {k: "str" if _mostly_distinct(layout, k) else "category" for k in range(layout.width)}
    clean = sum(is_number(cell) for cell in sample) > 0.5 * len(sample) or point == "," or bool(thousands)
    try:
        if not clean:
            raise ValueError("no column of numbers")
        table = _parsed(data, layout, kinds | {score: "float64"}, marks)
    except (ValueError, OverflowError):  # a score that is no number, or a row that is too long
        try:
            table = _parsed(data, layout, dict.fromkeys(kinds, "str"), {"decimal": ".", "thousands": None})
        except (ValueError, OverflowError) as error:
            refuse_odd_row(data, layout, source)
            reason = " ".join(str(error).split())[:200]
            raise InputError(f"Expected rows of equal length. Received: {source}: {reason}. Mend it.") from error
        if point == ",":
            table[score] = table[score].str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
        elif thousands:
            table[score] = table[score].str.replace(",", "", regex=False)
    check_lengths(data, layout, table, source)
    used = sorted(set(roles.place.values()))
    empty = np.ones(len(table), dtype=np.bool_)
    if mark != " ":  # rows of delimiters alone, as spreadsheets leave them
        for k in used:
            cells = table[k]
            empty &= (
                cells.isna() if k == score and cells.dtype == np.float64 else cells.isna() | (cells == "")
            ).to_numpy()
            if not empty.any():
                break
        if empty.any():
            table = table[~empty]
    return {k: table[k] for k in used}


def _mostly_distinct(layout: Layout, column: int) -> bool:
    return 2 * len({row[column] for row in layout.rows}) > len(layout.rows)


def _parsed(data: bytes, layout: Layout, kinds: Mapping[int, str], marks: Mapping[str, Any]) -> "pd.DataFrame":
    import warnings

    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pd.errors.ParserWarning)  # a first row that is too long: seen by its length
        names: list[Any] = [*range(layout.width), "too many"]
        dtypes: dict[Any, str] = {**kinds, "too many": "category"}
        how: dict[str, Any] = dict(
            sep=layout.delimiter,
            header=None,
            names=names,
            index_col=False,
            dtype=dtypes,
            keep_default_na=False,
            na_values={k: _NAN for k, kind in kinds.items() if kind == "float64"},
            skiprows=_header_rows(data, layout),
            skipinitialspace=True,
            quoting=csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE,
            engine="c",
            low_memory=False,
            encoding_errors="replace",
            **marks,
        )
        table: pd.DataFrame = pd.read_csv(io.BytesIO(data), **how)
    return table


def _header_rows(data: bytes, layout: Layout) -> int:
    """Return how many lines to skip: the blank ones above the header count."""
    if not layout.header_lines:
        return 0
    blank = 0
    for line in data[: 2**20].splitlines():
        if line.strip():
            break
        blank += 1
    return blank + layout.header_lines


def _single_blanks(data: bytes) -> bytes:
    """Return the text with one blank between columns and none around the lines."""
    if b"\t" in data:
        data = data.replace(b"\t", b" ")
    if _has_single_blanks(data):
        return data
    if b"  " in data:
        data = re.sub(rb" {2,}", b" ", data)
    if data.startswith(b" "):
        data = data[1:]
    for mark in (b"\r", b"\n"):
        for blank in (b" " + mark, mark + b" "):
            if blank in data:  # quicker than to replace nothing
                data = data.replace(blank, mark)
    return data


def _has_single_blanks(data: bytes) -> bool:
    """Return whether each blank stands alone within a line: quicker to see than to replace nothing in a large file."""
    codes = np.frombuffer(data, np.uint8)
    blanks = np.flatnonzero(codes == ord(" "))
    if not blanks.size or blanks[0] == 0 or blanks[-1] == codes.size - 1:
        return not blanks.size
    return not any((codes[blanks + step] == ord(mark)).any() for step in (-1, 1) for mark in " \r\n")
