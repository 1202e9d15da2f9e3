"""Whether every row of a score file has as many cells as the others, and which row has not."""

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sweep.errors import InputError
from sweep.metrics.column_names import listed
from sweep.metrics.column_roles import PLAIN
from sweep.metrics.score_layout import Layout

if TYPE_CHECKING:
    import pandas as pd


def check_lengths(data: bytes, layout: Layout, table: "pd.DataFrame", source: str) -> None:
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
    refuse_odd_row(data, layout, source)


def refuse_odd_row(data: bytes, layout: Layout, source: str) -> None:
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
