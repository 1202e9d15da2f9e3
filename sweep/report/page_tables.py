"""Tables and lists of the page, everything in them escaped."""

from collections.abc import Sequence
from html import escape

from sweep.report.study_answer import Table


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, named: str, lost: Sequence[bool] = ()) -> str:
    """Return a table that a click on a head sorts. lost: rows whose last cell is a warning."""
    heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = []
    for at, row in enumerate(rows):
        marked = ' class="lost"' if at < len(lost) and lost[at] else ""
        lines.append(f"<tr{marked}>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>")
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="table: {escape(named)}"><table class="sortable">'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>{''.join(lines)}</tbody></table></div>"
    )


def pairs(rows: Sequence[tuple[str, str]]) -> str:
    """Return a table of names and values."""
    lines = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows)
    return f'<table class="pairs"><tbody>{lines}</tbody></table>'


def described(one: Table) -> list[str]:
    """Return a table of an answer with its title and note."""
    note = [f'<p class="faint">{escape(one.note)}</p>'] if one.note else []
    return [f"<h3>{escape(one.title)}</h3>", table(one.head, one.rows, named=one.title), *note]


def listed(sentences: Sequence[str]) -> str:
    """Return sentences as a list, "" without any."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f"<ul>{items}</ul>" if items else ""
