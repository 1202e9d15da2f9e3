"""How a text file of scores is laid out: what parts its columns, what names them, decimal comma or point."""

import csv
import re
from collections import Counter
from dataclasses import dataclass

from sweep.errors import InputError
from sweep.metrics.column_names import find_columns

DELIMITERS = ("\t", ";", ",", "|", " ")  # a blank stands for any blanks and tabs
MISSING = frozenset({"", "nan", "-nan", "+nan", "na", "n/a", "none", "null", "<na>"})
_HEAD, _SPREAD, _LONGEST = 2000, 2000, 100_000
_COMMENT = re.compile(rb"(?m)^[ \t]*#[^\r\n]*(?:\r\n|\r|\n|\Z)")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?inf(inity)?", re.IGNORECASE)
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+")
_GROUPED_POINT = re.compile(r"[-+]?\d{1,3}(,\d{3})*\.\d+")
_COMMA = re.compile(r"[-+]?\d*,\d+([eE][-+]?\d+)?")
_POINT_GROUPED_COMMA = re.compile(r"[-+]?\d{1,3}(\.\d{3})+,\d+")


@dataclass(frozen=True)
class Layout:
    """A way to read the lines: delimiter, names of the header or None, width in columns, and a sample of the rows.

    rows: the cells of up to 4,000 rows, from the beginning and from all over the file, each of `width` cells.
    share: of the sampled lines that have this width. quoted: cells may stand in double quotes.
    """

    delimiter: str
    names: tuple[str, ...] | None
    width: int
    rows: list[list[str]]
    share: float
    quoted: bool
    header_lines: int


def without_comments(data: bytes) -> tuple[bytes, str]:
    """Return the text without the lines that begin with #, and the last such line above the first row."""
    if b"#" not in data:
        return data, ""
    comment = ""
    for line in data[: 2**20].splitlines():
        if line.strip():
            if not line.lstrip().startswith(b"#"):
                break
            comment = line.lstrip()[1:].decode("utf-8", "replace").strip()
    return _COMMENT.sub(b"", data), comment


def is_number(cell: str) -> bool:
    """Tell whether a cell is a number with a decimal point, infinite ones included, or a word for no score."""
    return _NUMBER.fullmatch(cell) is not None or cell.lower() in MISSING


def layouts(data: bytes, comment: str, source: str) -> list[Layout]:
    """Return the ways to read a file as a table of two or more columns, the most regular first; empty without any."""
    lines = _sampled(data, source)
    quoted = any('"' in line for line in lines)
    found = [one for mark in DELIMITERS if (one := _layout(lines, mark, quoted, comment))]
    return sorted(found, key=lambda one: -one.share)  # stable: in the order of DELIMITERS among equals


def decimal_mark(cells: list[str]) -> tuple[str, str]:
    """Return (decimal mark, mark of thousands or "") of the numbers in a column.

    Raises InputError on numbers such as 1,234 alone, which may be either.
    """
    commas = [cell for cell in cells if "," in cell]
    if not commas:
        return ".", ""
    if any(_GROUPED_POINT.fullmatch(cell) for cell in commas):
        return ".", ","
    if any(_POINT_GROUPED_COMMA.fullmatch(cell) for cell in commas):
        return ",", "."
    if all(_GROUPED.fullmatch(cell) for cell in commas):
        raise InputError(
            f"Expected numbers whose comma has one meaning. Received: '{commas[0][:40]}', a decimal or thousands. "
            "Say --decimal comma or --decimal point."
        )
    return ",", ""


def comma_number(cell: str) -> bool:
    """Tell whether a cell is a number with a comma, of thousands or decimals."""
    return any(kind.fullmatch(cell) for kind in (_COMMA, _GROUPED, _GROUPED_POINT, _POINT_GROUPED_COMMA))


def _sampled(data: bytes, source: str) -> list[str]:
    """Return lines that are not blank: the first ones, and some from all over a long file."""
    head = [line for line in data[: 2**20].splitlines() if line.strip()]
    if len(data) > 2**20:
        head = head[:-1]  # cut within
        step = len(data) // _SPREAD
        for place in range(0, len(data), step):
            begin, end = data.find(b"\n", place) + 1, 0
            end = data.find(b"\n", begin)
            line = data[begin : end if end >= 0 else len(data)]
            if begin and line.strip() and len(line) < _LONGEST:
                head.append(line)
    spread = head[_HEAD :: max(1, (len(head) - _HEAD) // _SPREAD)] if len(head) > _HEAD else []
    lines = head[:_HEAD] + spread
    if not lines:
        if len(data) > 2**20 and data.strip():
            raise InputError(f"Expected a row of scores a line. Received: {source}, with a line above 1 MiB. Break it.")
        raise InputError(f"Expected scores. Received: {source}, which is empty. Check what wrote it.")
    longest = max(len(line) for line in lines)
    if longest > _LONGEST:
        raise InputError(
            f"Expected a row of scores a line. Received: {source}, with a line of {longest} characters. Break it."
        )
    return [line.decode("utf-8", "replace") for line in lines]


def _layout(lines: list[str], mark: str, quoted: bool, comment: str) -> Layout | None:
    rows = _split(lines, mark, quoted)
    if rows is None:
        return None
    counts = Counter(map(len, rows))
    width = counts.most_common(1)[0][0]  # the first row's among equals
    if width < 2 or (mark == "|" and not any("|" in line for line in lines)):
        return None
    names, lines_of_header = _header(rows, width, comment, mark)
    body = [row for row in rows[lines_of_header:] if len(row) == width and any(row)]
    share = sum(len(row) == width for row in rows[lines_of_header:]) / max(1, len(rows) - lines_of_header)
    return Layout(mark, names, width, body, share, quoted, lines_of_header)


def _split(lines: list[str], mark: str, quoted: bool) -> list[list[str]] | None:
    if mark == " " and not quoted:
        return [line.split() for line in lines]
    if not any(mark in line for line in lines[:3]):
        return None
    if not quoted:
        return [[cell.strip() for cell in line.split(mark)] for line in lines]
    if mark == " ":
        lines = [" ".join(line.split()) for line in lines]
    try:
        return [
            [cell.strip() for cell in row] for row in csv.reader(lines, delimiter=mark, skipinitialspace=True) if row
        ]
    except csv.Error:
        return None


def _header(rows: list[list[str]], width: int, comment: str, mark: str) -> tuple[tuple[str, ...] | None, int]:
    """Return the names and the number of lines that they take; a comment above the rows may hold them."""
    first, body = rows[0], [row for row in rows[1:] if len(row) == width]

    def number(cell: str) -> bool:
        return cell != "" and (is_number(cell) or comma_number(cell))

    numeric = [k for k in range(width) if body and sum(number(row[k]) for row in body) > 0.5 * len(body)]
    known = len(first) in (width, width - 1) and bool(_known(first))
    no_number = not any(number(cell) for cell in first)
    if no_number and (
        known or (numeric and len(first) in (width, width - 1) and all(first[k : k + 1] for k in numeric))
    ):
        names = first
        if len(first) == width - 1:  # R's row names come first, without a name; a last delimiter makes an empty column
            names = [*first, ""] if all(not row[-1] for row in body) else ["", *first]
        if known or len(first) == width:
            return tuple(names), 1
    above = _split([comment], mark, quoted=False) if comment else None
    if above and len(above[0]) == width and {"score", "label"} & set(_known(above[0])):
        return tuple(above[0]), 0
    return None, 0


def _known(names: list[str]) -> dict[str, int]:
    try:
        return find_columns(names)
    except InputError:
        return {"score": 0}
