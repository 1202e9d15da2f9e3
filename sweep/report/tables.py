"""The table as CSV for programs and as Markdown for papers and pull requests."""

import csv
import io
from collections.abc import Iterator

from sweep.report.failures import grouped
from sweep.report.labels import names
from sweep.report.metric_format import scale_of
from sweep.report.summary import Report
from sweep.report.test_sets import matrix_tables, meaning

_SHOWN_FAILURES = 5


def as_csv(report: Report) -> str:
    """Return a row a configuration: every metric as a fraction or in its own unit, at full precision.

    Columns: config_id, label, n_ok, n_planned, n_failed, hp.*, and for each metric M: M (the mean), M.low, M.high,
    M.sd, M.min, M.max, M.n_seeds, and M.new_subjects.low and .high where there are any. Empty where undefined.
    """
    rows = list(_flat_rows(report))
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def cell(text: str) -> str:
    """Return a word that no spreadsheet takes for a formula: one that begins like a formula gets a quote in front."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _flat_rows(report: Report) -> Iterator[dict[str, object]]:
    for row in report.rows:
        flat: dict[str, object] = {
            "config_id": row.config_id,
            "label": cell(row.label),
            "n_ok": row.n_ok,
            "n_planned": row.n_planned,
            "n_failed": row.n_failed,
        }
        flat |= {f"hp.{name}": cell(value) if isinstance(value, str) else value for name, value in row.hp.items()}
        for name, metric in row.metrics.items():
            interval = metric.interval
            numbers = {
                name: interval.value,
                f"{name}.low": interval.low,
                f"{name}.high": interval.high,
                f"{name}.sd": interval.sd,
                f"{name}.min": metric.minimum,
                f"{name}.max": metric.maximum,
            }
            if metric.new_subjects:
                numbers[f"{name}.new_subjects.low"] = metric.new_subjects.low
                numbers[f"{name}.new_subjects.high"] = metric.new_subjects.high
            flat |= {key: "" if value != value else value for key, value in numbers.items()}
            flat[f"{name}.n_seeds"] = interval.n_seeds
        yield flat


def as_markdown(report: Report) -> str:
    """Return the headline table with its notes and the first failures."""
    head, rows = headline_cells(report)
    lines = [f"# {_plain(report.study)}", "", _row(head), _row(["---", *["---:"] * (len(head) - 1)])]
    lines += [_row(row) for row in rows]
    for title, head, cells in matrix_tables(report):
        lines += ["", f"{_plain(title)}:", "", _row(head), _row(["---", *["---:"] * (len(head) - 1)])]
        lines += [_row(row) for row in cells]
    lines += ["", *([f"- {_plain(meaning(report))}"] if report.tests else [])]
    lines += [f"- {_plain(sentence)}" for sentence in report.notes]
    if report.failures:
        lines += ["", f"Failed ({len(report.failures)}):", ""]
        lines += [f"- {_plain(sentence)}" for sentence in grouped(report, _SHOWN_FAILURES)]
    return "\n".join(lines) + "\n"


def headline_cells(report: Report) -> tuple[list[str], list[list[str]]]:
    """Return the heading and the rows of the headline table as text, for Markdown and the page."""
    scales = [(name, scale_of(report, name)) for name in report.headline]
    asked = [name for name, _ in scales if any(row.metrics[name].new_subjects for row in report.rows)]
    level = f"{100 * report.level:g}\u00a0%"
    head = ["configuration"]
    for name, scale in scales:
        head += [f"{scale.heading}: mean [{level}]"]
        head += [f"{level} for new subjects"] if name in asked else []
        head += ["SD", "min", "max"]
    rows = []
    for row, label in zip(report.rows, names(report), strict=True):
        cells = [label]
        for name, scale in scales:
            metric = row.metrics[name]
            cells += [scale.estimate(metric)]
            if name in asked:
                new = metric.new_subjects
                cells += [scale.limits(new.low, new.high) if new else "-"]
            cells += [scale.number(value) for value in (metric.interval.sd, metric.minimum, metric.maximum)]
        rows.append([*cells, f"{row.n_ok}/{row.n_planned}"])
    return [*head, "ok/planned"], rows


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(_plain(cell).replace("|", "\\|") for cell in cells) + " |"


def _plain(text: str) -> str:
    """Return text that Markdown leaves as it is."""
    for mark in "\\`*_<>":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())
