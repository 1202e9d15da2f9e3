"""The report as text for a terminal or a file: aligned, 100 columns wide unless the terminal says otherwise."""

import io
import shutil
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from sweep.analysis.groups import StudyGroups
from sweep.report.alignment import table_lines
from sweep.report.decisions_text import decision_lines
from sweep.report.failures import grouped
from sweep.report.fold_text import runs
from sweep.report.groups_text import group_notes, group_tables
from sweep.report.labels import labels_of
from sweep.report.study_answer import Answer, Table
from sweep.report.summary import Report
from sweep.report.test_sets import matrix_lines, meaning

WIDTH = 100
SHOWN_FAILURES = 5
_SHOWN_GROUPS = 4


def as_text(report: Report, *, terminal: bool = False) -> str:
    """Return the table, what its numbers mean, the failures and the files; ASCII but for the user's own words.

    Args:
        report: what `summarise` or `write` returned.
        terminal: write for a terminal: its own width, and emphasis; plain text of 100 columns otherwise.
    """
    width = max(80, shutil.get_terminal_size((WIDTH, 24)).columns) if terminal else WIDTH
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=terminal, color_system="standard" if terminal else None, highlight=False
    )
    console.print(Text(_title(report), style="bold"))
    for line in table_lines(report, width):
        console.print(line, no_wrap=True, crop=False, overflow="ignore")
    _test_sets(console, report, width)
    for sentence in report.notes:
        _hanging(console, "", sentence, "dim")
    if report.groups:
        _groups(console, report, report.groups)
    if report.decisions:
        _decisions(console, report)
    if report.answer:
        _answer(console, report.answer)
    if report.failures:
        console.print()
        console.print(Text(f"Failed ({len(report.failures)}):", style="bold red"))
        for sentence in grouped(report, SHOWN_FAILURES):
            _hanging(console, "  ", sentence, "")
    for word, found in (("finding", report.findings), ("caution", report.cautions)):
        if found:
            console.print()
            many = f"{len(found)} {word}{'' if len(found) == 1 else 's'}"
            console.print(Text(f"Checks ({many}):", style="bold"))
            for one in found:
                _hanging(console, "  ", str(one), "")
    if report.files:
        console.print()
        listed = ", ".join(path.name for path in report.files)
        _hanging(console, "", f"Written to {report.files[0].parent}: {listed}", "")
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _test_sets(console: Console, report: Report, width: int) -> None:
    """Print a matrix for each metric of test, where the study has further test sets."""
    for title, *lines in matrix_lines(report, width):
        console.print()
        console.print(Text(title, style="bold"))
        for line in lines:
            console.print(Text(line), no_wrap=True, crop=False, overflow="ignore")
    if report.tests:
        _hanging(console, "", meaning(report), "dim")
        console.print()


def _answer(console: Console, answer: Answer) -> None:
    _tables(console, answer.tables)
    console.print()
    for sentence in answer.sentences:
        _hanging(console, "", sentence, "bold")


def _groups(console: Console, report: Report, groups: StudyGroups) -> None:
    """Print the rates of groups of people, of the first configurations."""
    tables = group_tables(groups, labels_of(report))
    _tables(console, tables[:_SHOWN_GROUPS])
    if len(tables) > _SHOWN_GROUPS:
        _hanging(console, "", f"{len(tables) - _SHOWN_GROUPS} configurations more: groups.csv and the page.", "dim")
    for sentence in group_notes(groups):
        _hanging(console, "", sentence, "dim")


def _tables(console: Console, tables: Sequence[Table]) -> None:
    for table in tables:
        console.print()
        console.print(Text(table.title, style="bold"))
        widths = [max(len(row[at]) for row in (table.head, *table.rows)) for at in range(len(table.head))]
        for row in (table.head, *table.rows):
            cells = (
                cell.rjust(wide) if at else cell.ljust(wide)
                for at, (cell, wide) in enumerate(zip(row, widths, strict=True))
            )
            console.print(Text("  " + "  ".join(cells)), no_wrap=True, crop=False, overflow="ignore")
        if table.note:
            _hanging(console, "  ", table.note, "dim")


def _decisions(console: Console, report: Report) -> None:
    """Print how each configuration fared, and the verdict."""
    lines = decision_lines(report)
    if lines:
        console.print()
        console.print(Text("Decisions:", style="bold"))
    for sentence in lines:
        _hanging(console, "  ", sentence, "")
    if report.decisions and report.decisions.verdict:
        console.print()
        _hanging(console, "", report.decisions.verdict, "bold")


def _title(report: Report) -> str:
    n_ok, n_planned = sum(row.n_ok for row in report.rows), sum(row.n_planned for row in report.rows)
    many = f"{len(report.rows)} configuration{'' if len(report.rows) == 1 else 's'}"
    return f"{report.study} ({report.task}): {many}, {n_ok} of {n_planned} {runs(report.folds, n_planned)} ok"


def _hanging(console: Console, indent: str, sentence: str, style: str) -> None:
    """Print a sentence wrapped at words, its further lines indented by two more."""
    lines = Text(sentence, style=style).wrap(console, console.width - len(indent) - 2)
    for at, line in enumerate(lines):
        console.print(Text(indent + ("  " if at else "")) + line, no_wrap=True, crop=False, overflow="ignore")
