"""The page: the answer, table, figures and what was run, in one HTML file that needs nothing else, nor a network."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from sweep.report.classes import class_tables
from sweep.report.failures import grouped
from sweep.report.fold_text import runs
from sweep.report.groups_text import group_notes, group_tables
from sweep.report.labels import labels_of, names
from sweep.report.live_script import LIVE, status_line
from sweep.report.live_script import POLICY as ALSO_LIVE
from sweep.report.metric_format import scale_of
from sweep.report.page_script import SCRIPT
from sweep.report.page_style import STYLE
from sweep.report.page_tables import described, listed, pairs, table
from sweep.report.provenance import Rows
from sweep.report.sliding import as_script
from sweep.report.summary import Report
from sweep.report.tables import headline_cells
from sweep.report.test_sets import matrix_tables, meaning
from sweep.report.vector.canvas import Canvas

_OPEN = 4  # configurations whose classes are shown at once
_MOST = 200  # sentences on failures; a study that fails as a whole needs no more
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
_SLIDER = """<section class="slider" id="slider" hidden>
<h3>At another threshold</h3>
<label>configuration <select id="slider-configuration"></select></label>
<label for="slider-threshold">threshold: <output id="slider-value" for="slider-threshold"></output></label>
<input type="range" id="slider-threshold" min="0" max="100" step="1">
<div class="scroll" tabindex="0" role="region" aria-label="rates at the threshold"><table>
<thead><tr><th scope="col">per cent</th><th scope="col">FAR</th><th scope="col">FRR</th><th scope="col">HTER</th></tr>
</thead>
<tbody>{rows}</tbody></table></div>
<p class="faint"><span id="slider-cases"></span>. Mean over the seeds, all at this one threshold, with {level} limits
for other {cases} ({method}). To choose a threshold by test makes its test rates too good.</p>
</section>"""


@dataclass(frozen=True)
class Shown:
    """What a page shows beside the report's own numbers.

    opening: the answer in sentences. figures: name -> SVG. sliding: what `sweep.report.sliding.sliding` returns. run:
    what was run, (what, value). trials: head and rows of the table of trials. files: what lies beside, by name.
    live: where results still grow, what the page shows of them and how many trials ended, see
    `sweep.report.live_page`; None leaves that out.
    """

    opening: Sequence[str] = ()
    figures: Mapping[str, Canvas] = field(default_factory=dict)
    sliding: dict[str, Any] | None = None
    run: Rows = field(default_factory=list)
    trials: tuple[list[str], list[list[str]]] = (["configuration"], [])
    files: Sequence[str] = ()
    tables: Sequence[str] = ()
    live: tuple[str, str] | None = None


def as_html(report: Report, shown: Shown | None = None) -> str:
    """Return the page."""
    shown = shown or Shown()
    body = "\n".join(
        [
            *_head(report, shown),
            *_answer(report),
            *_figures(shown),
            *_own_figures(report),
            *_classes(report),
            *_groups(report),
            *_checks(report),
            *_methods(report),
            "<details><summary>All metrics: mean (SD) over seeds</summary>",
            table(*_all_metrics(report), named="all metrics"),
            "</details>",
            *_run(shown),
        ]
    )
    data = (
        f'<script type="application/json" id="slider-data">{as_script(shown.sliding)}</script>\n'
        if shown.sliding
        else ""
    )
    return document(report.study, f"\n{body}\n", data, live=shown.live is not None)


def document(title: str, body: str, data: str = "", *, live: bool = False) -> str:
    """Return an HTML file: what stands in it, data for its script, and whether it looks for itself anew."""
    policy, script = (_POLICY + ALSO_LIVE, SCRIPT + LIVE) if live else (_POLICY, SCRIPT)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head>\n<body>\n<main>{body}</main>\n{data}<script>{script}</script>\n</body></html>\n"
    )


def _head(report: Report, shown: Shown) -> list[str]:
    n_ok, n_planned = sum(row.n_ok for row in report.rows), sum(row.n_planned for row in report.rows)
    told = [*(report.answer.sentences if report.answer else ()), *shown.opening]
    links = "".join(
        f'<a href="{escape(name)}">{escape(name.rpartition("/")[2])}</a> ' for name in (*shown.files, *shown.tables)
    )
    return [
        f"<h1>{escape(report.study)}</h1>",
        status_line(*shown.live) if shown.live else "",
        f'<p class="faint">{escape(report.task)} \u00b7 {n_ok} of {n_planned} {runs(report.folds)} ok</p>',
        f'<div class="answer">{"".join(f"<p>{escape(sentence)}</p>" for sentence in told)}</div>' if told else "",
        table(*headline_cells(report), lost=[row.n_ok < row.n_planned for row in report.rows], named="the results"),
        *_test_sets(report),
        f'<nav aria-label="files">{links}</nav>' if links else "",
        listed(report.notes),
        *_failures(report),
    ]


def _test_sets(report: Report) -> list[str]:
    if not report.tests:
        return []
    tables = [
        part
        for title, head, rows in matrix_tables(report)
        for part in (f"<h3>{escape(title)}</h3>", table(head, rows, named=title))
    ]
    return ["<h2>Test sets</h2>", *tables, f'<p class="faint">{escape(meaning(report))}</p>']


def _answer(report: Report) -> list[str]:
    if not report.answer or not report.answer.tables:
        return []
    return ["<h2>What the answer rests on</h2>", *(part for one in report.answer.tables for part in described(one))]


def _figures(shown: Shown) -> list[str]:
    parts = []
    last = next((name for name in ("scores", "roc", "det") if name in shown.figures), "")
    for name, figure in shown.figures.items():
        title = escape(figure.title)
        frame = f'<div class="scroll" tabindex="0" role="region" aria-label="figure: {title}">'
        parts.append(f'<figure id="figure-{name}"><h2>{title}</h2>\n{frame}{figure.element()}</div></figure>')
        if name == last and shown.sliding:
            parts.append(_slider(shown.sliding))
    return parts


def _slider(data: dict[str, Any]) -> str:
    splits = [split for split in ("dev", "test") if any(split in one for one in data["configurations"])]
    rows = "".join(
        f'<tr><th scope="row">{split}</th>'
        + "".join(f'<td data-rate="{split} {rate}"></td>' for rate in ("far", "frr", "hter"))
        + "</tr>"
        for split in splits
    )
    cases = data["configurations"][0]["cases"].partition(" ")[2]
    return _SLIDER.format(
        rows=rows, level=f"{100 * data['level']:g} %", method=escape(data["method"]), cases=escape(cases)
    )


def _own_figures(report: Report) -> list[str]:
    parts = []
    for name, image in (report.answer.figures if report.answer else {}).items():
        source = base64.b64encode(image).decode()
        parts.append(
            f"<figure><h2>{escape(name.removesuffix('.png'))}</h2>\n"
            f'<img alt="Figure of the study\'s answer: {escape(name)}" '
            f'src="data:image/png;base64,{source}"></figure>'
        )
    return parts


def _classes(report: Report) -> list[str]:
    label = dict(zip((row.config_id for row in report.rows), names(report), strict=True))
    if not report.classes:
        return []
    # Of a large grid nobody reads all: closed until asked for.
    state = " open" * (len(report.classes) <= _OPEN)
    tables = [one for key, found in report.classes.items() for one in class_tables(label[key], found, report.level)]
    return [
        f"<h2>Classes</h2><details{state}><summary>of each configuration</summary>",
        *(part for one in tables for part in described(one)),
        "</details>",
    ]


def _groups(report: Report) -> list[str]:
    if not report.groups or not report.groups.rows:
        return []
    parts = [part for one in group_tables(report.groups, labels_of(report)) for part in described(one)]
    state = " open" * (len(report.groups.rows) <= _OPEN)
    return [
        f"<h2>Groups of people</h2><details{state}><summary>of each configuration</summary>",
        *parts,
        listed(group_notes(report.groups)),
        "</details>",
    ]


def _failures(report: Report) -> list[str]:
    if not report.failures:
        return []
    return [f"<details open><summary>{len(report.failures)} failed</summary>{listed(grouped(report, _MOST))}</details>"]


def _checks(report: Report) -> list[str]:
    kinds = (("findings", report.findings), ("cautions", report.cautions))
    return [f"<h2>Checks: {word}</h2>{listed([str(one) for one in found])}" for word, found in kinds if found]


def _methods(report: Report) -> list[str]:
    return [f"<h2>For a methods section</h2>\n<p>{escape(report.methods)}</p>"] if report.methods else []


def _run(shown: Shown) -> list[str]:
    if not shown.run:
        return []
    n = len(shown.trials[1])
    return [
        "<h2>What was run</h2>",
        pairs(shown.run),
        f"<details><summary>{n} trial{'s' * (n != 1)} with their digests</summary>",
        table(*shown.trials, named="the trials"),
        "</details>",
    ]


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
