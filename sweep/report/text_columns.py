"""Rows of text in aligned columns, in plain ASCII."""

import math
from collections.abc import Sequence


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a line for the heading and each row, every column as wide as its widest cell."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in (head, *rows)
    ]


def number(value: float) -> str:
    """Return four significant digits, "-" for NaN."""
    return "-" if math.isnan(value) else f"{value:.4g}"


def limits(low: float, high: float) -> str:
    """Return "[low, high]", "-" where there is no interval."""
    return "-" if math.isnan(low) else f"[{low:.4g}, {high:.4g}]"


def probability(p: float) -> str:
    """Return a p-value as it is printed: "< .001" or ".052"; "-" for NaN."""
    if math.isnan(p):
        return "-"
    return "< .001" if p < 0.001 else f"{p:.3f}".removeprefix("0")
