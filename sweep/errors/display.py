"""How a result shows itself in a notebook or at Python's prompt: short, whole words, never more than 20 lines."""

import html
import reprlib
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from textwrap import wrap
from typing import Any, TypeVar

from sweep.errors import printable

LINES = 20
_WIDTH = 200
_COLUMNS = 100  # where words of a result are wrapped
_ROWS = 12
C = TypeVar("C")
T = TypeVar("T")


def displayed(kind: type[C]) -> type[C]:
    """Give a dataclass a short `repr`, and a table for notebooks: what it says of itself, then its fields."""
    vars_of: Any = kind
    vars_of.__repr__ = _text
    vars_of._repr_html_ = _table
    return kind


class Several(tuple[T, ...]):
    """Results of one kind in a tuple, which shows a line for each."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return how many there are, and a line for each of the first."""
        return clipped([f"{len(self)} of {type(self[0]).__name__}:" if self else "()", *map(short, self)])

    def _repr_html_(self) -> str:
        return as_table(["", "result"], [[str(at), short(one)] for at, one in enumerate(self)])


def clipped(lines: Iterable[str], most: int = LINES) -> str:
    """Return lines of text for a person: at most so many, none of them long, no control characters."""
    shown = [cut(line) for text in lines for line in text.splitlines() or [""]]
    if len(shown) > most:
        shown = [*shown[: most - 1], f"... and {len(shown) - most + 1} more lines"]
    return "\n".join(shown)


def cut(text: str, width: int = _WIDTH) -> str:
    """Return a text in one line that is not longer than so many characters."""
    text = text if len(text) <= 4 * width else text[: 4 * width]  # it may be of any length
    line = " ".join(printable(text).split(" ")).replace("\n", " ").replace("\t", " ")
    return line if len(line) <= width else line[: width - 3] + "..."


def as_table(head: Sequence[str], rows: Sequence[Sequence[str]], title: str = "", ending: str = "") -> str:
    """Return a table in HTML, at most 12 rows of it; every text is cut and escaped, and none is taken for markup."""
    left = len(rows) - _ROWS
    more = [f"... and {left} more"] if left > 0 else []
    cells = "".join(f"<tr>{''.join(f'<td>{_escaped(cell)}</td>' for cell in row)}</tr>" for row in rows[:_ROWS])
    top = f"<tr>{''.join(f'<th>{_escaped(name)}</th>' for name in head)}</tr>" if any(head) else ""
    caption = f"<p>{_escaped(title)}</p>" if title else ""
    below = "".join(f"<p>{_escaped(text)}</p>" for text in (*more, ending) if text)
    return f"{caption}<table>{top}{cells}</table>{below}"


def short(value: Any) -> str:
    """Return a value in one line: a number with six digits, an array by its shape, a result by what it says."""
    if hasattr(value, "shape") and hasattr(value, "dtype") and value.shape != ():
        return f"array of shape {tuple(value.shape)}, {value.dtype}"
    if hasattr(value, "columns") and hasattr(value, "shape"):
        return f"frame of {value.shape[0]} rows, {value.shape[1]} columns"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str):
        return cut(value)
    if isinstance(value, tuple | list):
        ends = ", ..." if len(value) > 6 else ""
        return cut(f"{len(value)} values: {', '.join(cut(short(one)) for one in value[:6])}{ends}" if value else "none")
    if isinstance(value, dict):
        first = [f"{cut(str(key), 60)}={cut(short(value[key]))}" for key in list(value)[:6]]
        return cut(", ".join(first) + (", ..." if len(value) > 6 else "") if value else "none")
    if is_dataclass(value):
        said = _said(value)
        return cut(said[0] if said else f"{type(value).__name__}: {', '.join(_pairs(value))}")
    return cut(str(value) if _has_words(value) else reprlib.repr(value))


def _escaped(text: str) -> str:
    return html.escape(cut(text, 500))


def _said(value: Any) -> list[str]:
    """Return the lines of what a result says of itself in words, none where its class has no words."""
    return str(value).splitlines() if _has_words(value) else []


def _has_words(value: Any) -> bool:
    return any("__str__" in vars(kind) for kind in type(value).__mro__[:-1])


def _shown_fields(value: Any) -> list[tuple[str, str]]:
    """Return (name, value) of the fields, without those that are empty."""
    empty: tuple[Any, ...] = ("", (), [], {})
    values = [(one.name, getattr(value, one.name)) for one in fields(value) if one.repr]
    return [(name, short(item)) for name, item in values if not any(type(item) is type(e) and item == e for e in empty)]


def _pairs(value: Any) -> list[str]:
    return [f"{name}={item}" for name, item in _shown_fields(value)]


def _text(self: Any) -> str:
    said = _said(self)
    head = f"{type(self).__name__}: {said[0]}" if said else type(self).__name__
    words = [part for line in (head, *said[1:]) for part in _wrapped(line[:4000])]
    return clipped([*words, *(f"  {n}: {v}" for n, v in _shown_fields(self))])


def _wrapped(line: str) -> list[str]:
    return [line] if "  " in line.strip() else wrap(line, _COLUMNS, subsequent_indent="  ")  # a row of a table stays


def _table(self: Any) -> str:
    said = " ".join(_said(self))
    shown = _shown_fields(self)
    return as_table(["", ""], shown, title=f"{type(self).__name__}{': ' if said else ''}{said}")
