"""The page: table, notes and figures in one HTML file that needs nothing else."""

import base64
from collections.abc import Mapping
from html import escape

from sweep.report.classes import class_tables
from sweep.report.failures import grouped
from sweep.report.fold_text import runs
from sweep.report.labels import names
from sweep.report.metric_format import scale_of
from sweep.report.summary import Report
from sweep.report.tables import headline_cells

CAPTIONS = {
    "seeds.png": ("Every seed", "Strip plot: one dot for each seed, with the mean and interval of each configuration."),
    "forest.png": ("Intervals", "Forest plot: mean of each configuration with its two intervals."),
    "variance.png": ("Sources of variance", "Bars: shares of seed, test set and seed x test set in the variance."),
    "confusion.png": ("Confusion", "Confusion matrices: shares of each true class, mean and SD over seeds."),
    "losses.png": ("Loss", "Loss on train and dev by epoch: median and spread over seeds."),
    "det.png": ("DET", "DET curves of all seeds on the test set, normal-deviate axes."),
}
_OPEN = 4  # configurations whose classes are shown at once
_MOST = 200  # sentences on failures; a study that fails as a whole needs no more
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid #ddd; }
th { border-bottom: 2px solid #666; vertical-align: bottom; white-space: normal; }
th:first-child, td:first-child { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 10rem; }
tr.lost td:last-child { font-weight: bold; color: #a03000; }
li { margin: .15rem 0; overflow-wrap: anywhere; } img { max-width: 100%; height: auto; }
.faint { color: #666; } details { margin-top: 1rem; }
"""


def as_html(report: Report, figures: Mapping[str, bytes]) -> str:
    """Return the page.

    Args:
        report: the report.
        figures: name, one of CAPTIONS -> PNG bytes.
    """
    n_ok, n_planned = sum(row.n_ok for row in report.rows), sum(row.n_planned for row in report.rows)
    parts = [
        f"<h1>{escape(report.study)}</h1>",
        f'<p class="faint">{escape(report.task)} \u00b7 {n_ok} of {n_planned} {runs(report.folds)} ok</p>',
        _table(*headline_cells(report), [row.n_ok < row.n_planned for row in report.rows]),
        _list(report.notes),
        *_answer(report),
        *_classes(report),
        *_failures(report),
        *(
            [f"<h2>Checks: findings</h2>{_list([str(finding) for finding in report.findings])}"]
            if report.findings
            else []
        ),
        *(
            [f"<h2>Checks: cautions</h2>{_list([str(caution) for caution in report.cautions])}"]
            if report.cautions
            else []
        ),
    ]
    for name, image in figures.items():
        title, alt = CAPTIONS.get(name, (name.removesuffix(".png"), f"Figure of the study's answer: {name}"))
        source = base64.b64encode(image).decode()
        parts.append(f'<h2>{title}</h2>\n<img alt="{escape(alt)}" src="data:image/png;base64,{source}">')
    if report.methods:
        parts.append(f"<h2>For a methods section</h2>\n<p>{escape(report.methods)}</p>")
    parts += [
        "<details><summary>All metrics: mean (SD) over seeds</summary>",
        _table(*_all_metrics(report)),
        "</details>",
    ]
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(report.study)}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _answer(report: Report) -> list[str]:
    if not report.answer:
        return []
    parts = [
        "<h2>The answer</h2>",
        *(f"<p><strong>{escape(sentence)}</strong></p>" for sentence in report.answer.sentences),
    ]
    for table in report.answer.tables:
        parts += [f"<h3>{escape(table.title)}</h3>", _table(list(table.head), [list(row) for row in table.rows])]
        parts += [f'<p class="faint">{escape(table.note)}</p>'] if table.note else []
    return parts


def _classes(report: Report) -> list[str]:
    label = dict(zip((row.config_id for row in report.rows), names(report), strict=True))
    if not report.classes:
        return []
    # Of a large grid nobody reads all: closed until asked for.
    parts = [
        f"<h2>Classes</h2><details{' open' * (len(report.classes) <= _OPEN)}><summary>of each configuration</summary>"
    ]
    for config_id, found in report.classes.items():
        for table in class_tables(label[config_id], found, report.level):
            parts += [f"<h3>{escape(table.title)}</h3>", _table(list(table.head), [list(row) for row in table.rows])]
            parts.append(f'<p class="faint">{escape(table.note)}</p>')
    return [*parts, "</details>"]


def _failures(report: Report) -> list[str]:
    if not report.failures:
        return []
    return [f"<details open><summary>{len(report.failures)} failed</summary>{_list(grouped(report, _MOST))}</details>"]


def _all_metrics(report: Report) -> tuple[list[str], list[list[str]]]:
    every = list(dict.fromkeys(name for row in report.rows for name in row.metrics))
    scales = {name: scale_of(report, name) for name in every}
    rows = []
    for row, label in zip(report.rows, names(report), strict=True):
        cells = [label]
        for name in every:
            interval, scale = row.metrics[name].interval, scales[name]
            cells.append(f"{scale.number(interval.value)} ({scale.number(interval.sd)})" if interval.n_seeds else "-")
        rows.append(cells)
    return ["configuration", *(scales[name].heading for name in every)], rows


def _table(head: list[str], rows: list[list[str]], lost: list[bool] | None = None) -> str:
    lines = ["<tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in head) + "</tr>"]
    for at, row in enumerate(rows):
        mark = ' class="lost"' if lost and lost[at] else ""
        lines.append(f"<tr{mark}>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>")
    return '<div class="scroll"><table>\n' + "\n".join(lines) + "\n</table></div>"


def _list(sentences: tuple[str, ...] | list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences) + "</ul>"
