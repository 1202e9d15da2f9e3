"""The matrix of test sets: a row a configuration, a column a test set, each value with both of its intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sweep.report.labels import names
from sweep.report.metric_format import Scale, scale_of
from sweep.report.summary import MetricOverSeeds, Report

OWN = "test"  # the heading of the study's own test set
_GAP = "  "


@dataclass(frozen=True)
class Matrix:
    """One metric on every test set.

    metric: its name. scale: how it is written. tests: "test" for the study's own, then the names of the further ones.
    cells: a row a configuration, its metric on each of them; None where it was not tested there.
    """

    metric: str
    scale: Scale
    tests: tuple[str, ...]
    cells: tuple[tuple[MetricOverSeeds | None, ...], ...]

    def title(self, level: float) -> str:
        """Return what the table shows."""
        heading = self.scale.heading.replace(", test", "")
        return f"{heading} on each test set: mean [{100 * level:g} % over seeds on it]"


def matrices(report: Report) -> list[Matrix]:
    """Return a matrix for each headline metric that is of test; none where a study has no further test set."""
    tests = (OWN, *report.tests)
    found = []
    for name in report.of_test if report.tests else ():
        named = [name, *(f"{test}.{name}" for test in report.tests)]
        cells = tuple(tuple(_known(row.metrics.get(one)) for one in named) for row in report.rows)
        found.append(Matrix(name, scale_of(report, name), tests, cells))
    return found


def meaning(report: Report) -> str:
    """Return in a sentence or two what the matrix says."""
    new = any(one and one.new_subjects for matrix in matrices(report) for row in matrix.cells for one in row)
    at = ", all at the threshold of their own development set" if report.task == "verification" else ""
    marked = " * is for other subjects like those of that test set." if new else ""
    return f"The same models, trained on `data` alone, on every test set{at}.{marked}"


def tested_further(report: Report, ok: pd.DataFrame, *, own_training: bool) -> list[str]:
    """Return a sentence for a methods section: further test sets, their sizes, and what was done on them.

    ok: the trials that are ok. own_training: whether a function of the user's trained, which had all splits.
    """
    sizes = {name: ok[f"n_test.{name}"].dropna() for name in report.tests if f"n_test.{name}" in ok}
    told = [f"{name} ({int(n.iloc[0])} samples)" for name, n in sizes.items() if len(n)]
    if not told:
        return []
    many = "a further test set" if len(told) == 1 else "further test sets"
    at = ", at the threshold of that development set" if report.task == "verification" else ""
    nothing = "" if own_training else "; nothing was trained or chosen on " + ("it" if len(told) == 1 else "them")
    return [f"Every run was also tested on {many}, {', '.join(told)}{at}{nothing}."]


def matrix_lines(report: Report, width: int) -> list[list[str]]:
    """Return title and lines of each matrix as text; columns that do not fit into `width` follow below."""
    return [[matrix.title(report.level), *_lines(matrix, names(report), width)] for matrix in matrices(report)]


def matrix_tables(report: Report) -> list[tuple[str, list[str], list[list[str]]]]:
    """Return title, heading and rows of each matrix, for Markdown and the page."""
    found = []
    for matrix in matrices(report):
        rows = [
            [label, *("; new subjects ".join(_cell(one, matrix.scale)).removesuffix(" *") for one in cells)]
            for label, cells in zip(names(report), matrix.cells, strict=True)
        ]
        found.append((matrix.title(report.level), ["configuration", *matrix.tests], rows))
    return found


def _known(metric: MetricOverSeeds | None) -> MetricOverSeeds | None:
    return metric if metric is not None and metric.interval.n_seeds else None


def _cell(metric: MetricOverSeeds | None, scale: Scale) -> list[str]:
    """Return the value with its interval, and the interval for new subjects where there is one."""
    if metric is None:
        return ["-"]
    new = metric.new_subjects
    return [scale.estimate(metric), *([f"{scale.limits(new.low, new.high)} *"] if new else [])]


def _lines(matrix: Matrix, labels: Sequence[str], width: int) -> list[str]:
    columns = []
    for at, test in enumerate(matrix.tests):
        gap = max(len(matrix.scale.number(row[at].interval.value)) for row in matrix.cells if row[at]) + 1  # type: ignore[union-attr]
        cells = []
        for row in matrix.cells:
            first, *second = _cell(row[at], matrix.scale)
            cells.append([first, " " * gap + second[0] if second else ""])
        wide = max(len(test), *(len(line) for cell in cells for line in cell))
        columns.append((test, cells, wide))
    first_wide = max(len("configuration"), *map(len, labels))
    lines: list[str] = []
    while columns:
        taken, room = 0, width - first_wide
        while taken < len(columns) and (not taken or room >= columns[taken][2] + len(_GAP)):
            room -= columns[taken][2] + len(_GAP)
            taken += 1
        shown, columns = columns[:taken], columns[taken:]
        lines.append(_line("configuration", first_wide, [(test, wide) for test, _, wide in shown]))
        for at, label in enumerate(labels):
            lines.append(_line(label, first_wide, [(cells[at][0], wide) for _, cells, wide in shown]))
            if any(cells[at][1] for _, cells, _ in shown):
                lines.append(_line("", first_wide, [(cells[at][1], wide) for _, cells, wide in shown]))
    return lines


def _line(label: str, first: int, cells: Sequence[tuple[str, int]]) -> str:
    return _GAP.join([label.ljust(first), *(text.ljust(wide) for text, wide in cells)]).rstrip()
