"""A score file as a table of named columns: its format, its rows, none of them skipped or guessed in silence."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from sweep.errors import InputError, nearest
from sweep.metrics.column_roles import PLAIN, Roles, find_roles, known_roles
from sweep.metrics.columns import listed
from sweep.metrics.score_layout import MISSING, Layout, comma_number, decimal_mark, is_number, layouts, without_comments
from sweep.metrics.score_text import first_bytes, read_text, regular_file, shown

if TYPE_CHECKING:
    import pandas as pd

Format = Literal["auto", "2col", "3col", "4col", "5col", "csv", "parquet"]
Decimal = Literal["auto", "point", "comma"]
_MOST_ROWS = 500_000_000
_NAN = [*MISSING, "NaN", "NAN", "NA", "-NaN", "N/A", "None", "NULL", "Null", "<NA>"]


def read_table(
    path: Path,
    form: Format = "auto",
    columns: Mapping[str, str] | None = None,
    genuine: str | None = None,
    decimal: Decimal = "auto",
) -> tuple["pd.DataFrame", Roles]:
    """Return the columns of a score file, by purpose (`COLUMNS`), and how they were found.

    Raises InputError when the file is missing, empty, unreadable, its rows have different numbers of columns, or when
    it cannot be known which column is which.
    """
    if form not in get_args(Format):
        raise InputError(
            f"Expected a format of {', '.join(get_args(Format))}. Received: '{form}'.{nearest(form, get_args(Format))}"
        )
    magic = first_bytes(regular_file(path))
    try:
        if form == "parquet" or (
            form == "auto" and (magic[:4] in (b"PAR1", b"ARRO") or path.suffix in (".parquet", ".pq"))
        ):
            return _named_columns(path, magic, dict(columns or {}), genuine)
        return _text_columns(path, form, dict(columns or {}), genuine, decimal)
    except InputError as error:
        text = str(error)
        name = shown(path)
        raise InputError(text if name in text else text.replace("Received: ", f"Received: {name}: ", 1)) from error


def _named_columns(
    path: Path, magic: bytes, chosen: dict[str, str], genuine: str | None
) -> tuple["pd.DataFrame", Roles]:
    """Return the columns of a Parquet or Feather file."""
    import pyarrow as pa
    import pyarrow.feather
    import pyarrow.parquet

    try:
        if magic[:4] == b"ARRO":
            table = pa.feather.read_table(path)
        else:
            with pa.parquet.ParquetFile(path) as file:
                if file.metadata.num_rows > _MOST_ROWS:
                    raise InputError(
                        f"Expected at most {_MOST_ROWS} rows. Received: {file.metadata.num_rows}. Divide it."
                    )
                table = file.read()
        names = [str(name) for name in table.column_names]
        if not len(table):
            raise InputError(
                f"Expected scores. Received: {shown(path)}, which has no row of them. Check what wrote it."
            )
        spread = np.unique(np.linspace(0, len(table) - 1, 4000).astype(np.int64))
        sample = [[_cell(value) for value in column.take(pa.array(spread)).to_pylist()] for column in table.columns]
        roles = find_roles(sample, names, chosen, genuine)
        for purpose, k in roles.place.items():
            kind = table.column(k).type
            if pa.types.is_nested(kind) or (purpose == "score" and pa.types.is_temporal(kind)):
                raise InputError(f"Expected numbers or words as {purpose}. Received: cells of {str(kind)[:80]}.")
        places = list(dict.fromkeys(roles.place.values()))
        frame = table.select(places).rename_columns([f"c{k}" for k in places]).to_pandas()
    except (pa.ArrowException, ValueError, OSError, TypeError, KeyError, MemoryError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"Expected a parquet score file. Received: {shown(path)}: {reason} Say --format, or mend it."
        ) from error
    return _by_purpose({k: frame[f"c{k}"] for k in places}, roles), roles


def _cell(value: object) -> str:
    return "" if value is None else str(value)[:100]


def _text_columns(
    path: Path, form: Format, chosen: dict[str, str], genuine: str | None, decimal: Decimal
) -> tuple["pd.DataFrame", Roles]:
    """Return the columns of a text file."""
    data, comment = without_comments(read_text(path))
    if data.lstrip()[:1] in (b"{", b"["):
        raise InputError(
            f"Expected columns of text, or Parquet. Received: {shown(path)}, which is JSON. Export it as CSV."
        )
    found = layouts(data, comment, shown(path))
    if form != "auto" and form != "csv":
        wanted = [one for one in found if one.width == int(form[0])]
        if not wanted:
            names = " ".join(PLAIN[form])
            first = found[0].width if found else 1
            raise InputError(
                f"Expected {form[0]} columns ({names}) in every row. Received: {shown(path)}, whose rows have {first}. "
                "Say --format, or mend them."
            )
        found = wanted
    if not found:
        raise InputError(
            f"Expected columns of labels and scores, or Parquet. Received: {shown(path)}, whose rows have 1 column. "
            "For one score a line give --genuine FILE --impostor FILE."
        )
    layout, roles = _first_that_fits(found, form, chosen, genuine)
    if not layout.rows:
        raise InputError(f"Expected scores. Received: {shown(path)}, which has no row of them. Check what wrote it.")
    return _by_purpose(_cells(data, layout, roles, decimal, shown(path)), roles), roles


def _first_that_fits(
    found: list[Layout], form: Format, chosen: dict[str, str], genuine: str | None
) -> tuple[Layout, Roles]:
    """Return the most regular way to read the file in which each column is known; raise the error of the first."""
    first = None
    for layout in found:
        columns = [[row[k] for row in layout.rows] for k in range(layout.width)]
        try:
            roles = known_roles(form, chosen) if form in PLAIN else find_roles(columns, layout.names, chosen, genuine)
        except InputError as error:
            first = first or error
        else:
            return layout, roles
    raise first or InputError("Expected columns. Received: none.")


def _by_purpose(cells: "Mapping[int, pd.Series[str]]", roles: Roles) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame({purpose: cells[k] for purpose, k in roles.place.items()}, copy=False)


def _cells(data: bytes, layout: Layout, roles: Roles, decimal: Decimal, source: str) -> "dict[int, pd.Series[str]]":
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
            _refuse_odd_row(data, layout, source)
            reason = " ".join(str(error).split())[:200]
            raise InputError(f"Expected rows of equal length. Received: {source}: {reason}. Mend it.") from error
        if point == ",":
            table[score] = table[score].str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
        elif thousands:
            table[score] = table[score].str.replace(",", "", regex=False)
    _check_lengths(data, layout, table, source)
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


def _check_lengths(data: bytes, layout: Layout, table: "pd.DataFrame", source: str) -> None:
    """Raise InputError that names the first row with more or fewer cells than the others."""
    extra = table["too many"]
    long = (extra.notna() & (extra != "")).to_numpy() if len(extra.cat.categories) else np.zeros(len(table), np.bool_)
    mark, inner = layout.delimiter.encode(), layout.width - 1
    if not layout.quoted:
        body = data.rstrip(b" ") if layout.delimiter == " " else data
        lines = body.count(mark)
        header = 0
        if layout.header_lines:
            head = next(line for line in data[: 2**20].splitlines() if line.strip())
            header = head.count(mark)
        if lines - header == inner * len(table) and not long.any():
            return
    elif not long.any() and not table.iloc[:, :-1].isna().to_numpy().any():
        return
    _refuse_odd_row(data, layout, source)


def _refuse_odd_row(data: bytes, layout: Layout, source: str) -> None:
    """Raise InputError that names the first row whose length is not the others'; slow, so only when there is one."""
    text = io.StringIO(data.decode("utf-8", "replace"), newline=None)
    reader = csv.reader(
        text, delimiter=layout.delimiter, quoting=csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE
    )
    try:
        rows = [
            len(row) - (row[-1] == "" and layout.delimiter == " ")
            for row in reader
            if row and any(c.strip() for c in row)
        ]
    except csv.Error as error:
        raise InputError(f"Expected rows of cells. Received: {source}: {error}. Mend it.") from error
    names = listed(layout.names) if layout.names else " ".join(_plain_names(layout.width))
    for number, width in enumerate(rows[layout.header_lines :], start=1):
        if width != layout.width:
            raise InputError(
                f"Expected {layout.width} columns ({names}) in every row. Received: {source}, where row {number} has "
                f"{'more' if width > layout.width else width}. Say --format, or mend the row."
            )


def _plain_names(width: int) -> Sequence[str]:
    if width == 2:
        return list(PLAIN["2col"])
    return [str(k + 1) for k in range(min(width, 12))]
