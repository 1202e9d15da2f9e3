"""A score file as a table of named columns: its format, its rows, none of them skipped or guessed in silence."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from sweep.errors import InputError, nearest
from sweep.metrics.column_roles import PLAIN, Roles, find_roles, known_roles
from sweep.metrics.score_cells import Decimal, cells_of
from sweep.metrics.score_layout import Layout, layouts, without_comments
from sweep.metrics.score_text import first_bytes, read_text, regular_file, shown

if TYPE_CHECKING:
    import pandas as pd

Format = Literal["auto", "2col", "3col", "4col", "5col", "csv", "parquet"]
_MOST_ROWS = 500_000_000


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
    return _by_purpose(cells_of(data, layout, roles, decimal, shown(path)), roles), roles


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
