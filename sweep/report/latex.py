"""The headline table in LaTeX (booktabs), both intervals labelled."""

import math

from sweep.report.labels import names
from sweep.report.metric_format import Scale, scale_of
from sweep.report.summary import MetricOverSeeds, Report
from sweep.report.test_sets import Matrix, matrices, meaning

# After the end of a row LaTeX takes "[" for the beginning of a length; its oldest fonts have other marks for < > |.
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "[": "{[}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}


def as_latex(report: Report) -> str:
    """Return a table: a row a configuration, and for each headline metric the mean and both intervals."""
    level = rf"{100 * report.level:g}\,\%"
    scales = [(name, scale_of(report, name)) for name in report.headline]
    covers = [
        next((row.metrics[name].new_subjects.covers for row in report.rows if row.metrics[name].new_subjects), "")  # type: ignore[union-attr]
        for name in report.headline
    ]
    groups = [rf"\multicolumn{{3}}{{c}}{{{plain(scale.heading)}}}" for _, scale in scales]
    rules = [rf"\cmidrule(lr){{{2 + 3 * at}-{4 + 3 * at}}}" for at in range(len(scales))]
    heads = [f"mean & this test set & {cover or 'new subjects'}" for cover in covers]
    lines = [
        r"% \usepackage{booktabs}",
        rf"\begin{{tabular}}{{l{'rcc' * len(scales)}r}}",
        r"\toprule",
        f" & {' & '.join(groups)} & " + r" \\",
        "".join(rules),
        f"configuration & {' & '.join(heads)} & seeds" + r" \\",
        r"\midrule",
    ]
    for row, label in zip(report.rows, names(report), strict=True):
        cells = [_cells(row.metrics[name], scale) for name, scale in scales]
        lines.append(f"{plain(label)} & {' & '.join(cells)} & {row.n_ok}/{row.n_planned}" + r" \\")
    lines += [
        r"\bottomrule",
        r"\end{tabular}",
        rf"% Intervals: {level}. This test set: another seed on the same test samples.",
        "% New subjects: another seed on other subjects. Seeds: finished of planned.",
        *(line for matrix in matrices(report) for line in _matrix(matrix, report)),
    ]
    return "\n".join(lines) + "\n"


def _matrix(matrix: Matrix, report: Report) -> list[str]:
    """Return a table of its own: a row a configuration, for each test set the mean and both intervals."""
    groups = [rf"\multicolumn{{3}}{{c}}{{{plain(test)}}}" for test in matrix.tests]
    rules = [rf"\cmidrule(lr){{{2 + 3 * at}-{4 + 3 * at}}}" for at in range(len(matrix.tests))]
    heads = ["mean & this test set & new subjects"] * len(matrix.tests)
    rows = [
        f"{plain(label)} & "
        + " & ".join(_cells(one, matrix.scale) if one else "-- & -- & --" for one in cells)
        + r" \\"
        for label, cells in zip(names(report), matrix.cells, strict=True)
    ]
    return [
        "",
        f"% {plain(matrix.title(report.level))}. {meaning(report)}",
        rf"\begin{{tabular}}{{l{'rcc' * len(matrix.tests)}}}",
        r"\toprule",
        f" & {' & '.join(groups)}" + r" \\",
        "".join(rules),
        f"configuration & {' & '.join(heads)}" + r" \\",
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
    ]


def plain(text: str) -> str:
    """Return text with LaTeX's special characters escaped."""
    return "".join(_SPECIAL.get(mark, f"\\{mark}" if mark in "#$%&_{}" else mark) for mark in text)


def _cells(metric: MetricOverSeeds, scale: Scale) -> str:
    here, new = metric.interval, metric.new_subjects
    spans = [
        "--" if span is None or math.isnan(span.low) else scale.limits(span.low, span.high) for span in (here, new)
    ]
    mean = scale.number(here.value)
    return " & ".join([mean if mean != "-" else "--", *spans])
