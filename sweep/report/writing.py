"""The report as files beside the results: tables, methods paragraph, index.html and the figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from textwrap import fill

from sweep.errors import InputError, nearest
from sweep.errors.plain_json import json_text
from sweep.report.groups_text import groups_csv
from sweep.report.labels import labels_of
from sweep.report.latex import as_latex
from sweep.report.page import Shown, as_html
from sweep.report.provenance import provenance
from sweep.report.sliding import sliding
from sweep.report.summarising import reporting, summarise
from sweep.report.summary import Report
from sweep.report.tables import as_csv, as_markdown
from sweep.report.vector import drawing
from sweep.report.verdict import opening
from sweep.store.places import Place, make_folder, replace_file
from sweep.store.store import Results
from sweep.study.trust import NOBODY_ELSE, Trust

FIGURES = ("svg", "png", "pdf")
FORMATS = {"html": "index.html", "csv": "table.csv", "md": "table.md", "tex": "table.tex", "json": "report.json"}
USUAL = ("html", "csv", "md", "tex")
DRAWN = ("seeds", "forest", "variance", "confusion", "losses", "det", "roc", "scores", "decisions")
NAMES = (
    "table.csv",
    "table.md",
    "table.tex",
    "groups.csv",
    "methods.txt",
    "index.html",
    "report.json",
    *(f"{name}.{kind}" for kind in FIGURES for name in DRAWN),
)  # and those of the study's own answer
TABLES = ("trials.parquet", "scores.parquet", "epochs.parquet", "environments.parquet")


def kinds_of(said: str, known: Sequence[str] = FIGURES, of: str = "figures") -> tuple[str, ...]:
    """Return the kinds of figures, or of another of the report's files, that a person asked for, as "png,pdf".

    Raises:
        InputError: another word.
    """
    kinds = tuple(dict.fromkeys(word.strip().lower() for word in said.split(",")))
    for word in kinds:
        if word not in known:
            raise InputError(
                f"Expected {of} as {', '.join(known)}, or several with commas. Received: {word or 'nothing'}."
                + nearest(word, known)
            )
    return kinds


def write(
    results: Results,
    level: float = 0.95,
    *,
    trust: Trust = NOBODY_ELSE,
    metrics: Sequence[str] = (),
    figures: Sequence[str] = ("svg",),
    formats: Sequence[str] = USUAL,
    group: str | None = None,
) -> Report:
    """Write RESULTS/report/ and return the report with its `files`.

    A folder that cannot be written costs the files alone: the report then says so in its notes.

    Args:
        results: what `sweep.store.store.load` returns.
        level: nominal coverage of the intervals.
        trust, metrics, group: as in `summarise`.
        figures: of FIGURES, which of them are written as files; the page has its own.
        formats: of FORMATS, which are written.

    Raises:
        InputError: a level outside (0, 1), an unknown metric, or an `answer` that is not trusted; nothing is written
            then.
    """
    report, contents = made(results, level, trust=trust, metrics=metrics, figures=figures, formats=formats, group=group)
    folder = results.path / "report"
    if isinstance(folder, Path) and folder.is_symlink():
        said = f"{folder} leads to {folder.resolve()}: the report is printed only, nothing is written there."
        return replace(report, notes=(*report.notes, said))
    try:
        files = _store(folder, contents)
    except OSError as error:
        said = f"{folder} could not be written ({error.strerror or error}): the report is printed only."
        return replace(report, notes=(*report.notes, said))
    return replace(report, files=files)


def made(
    results: Results,
    level: float = 0.95,
    *,
    trust: Trust = NOBODY_ELSE,
    metrics: Sequence[str] = (),
    figures: Sequence[str] = ("svg",),
    formats: Sequence[str] = USUAL,
    group: str | None = None,
    live: tuple[str, str] | None = None,
) -> tuple[Report, dict[str, bytes]]:
    """Return the report and the content of each of its files by name; nothing is written. Arguments as in `write`.

    live: see `sweep.report.page.Shown`.
    """
    with reporting(results, metrics):
        report = summarise(results, level, trust=trust, metrics=metrics, group=group)
        return report, contents_of(report, results, figures, formats, live)


def contents_of(
    report: Report,
    results: Results,
    figures: Sequence[str],
    formats: Sequence[str],
    live: tuple[str, str] | None = None,
) -> dict[str, bytes]:
    """Return the content of each file by its name; arguments as in `made`."""
    drawn = drawing.drawn_from(report, results)
    made: dict[str, Callable[[], str]] = {
        "csv": lambda: as_csv(report),
        "md": lambda: as_markdown(report),
        "tex": lambda: as_latex(report),
        "json": lambda: json_text(report.as_dict()) + "\n",
    }
    contents = {
        **{FORMATS[kind]: make().encode() for kind, make in made.items() if kind in formats},
        **(
            {"groups.csv": groups_csv(report.groups, labels_of(report)).encode()}
            if report.groups and "csv" in formats
            else {}
        ),
        **({"methods.txt": f"{fill(report.methods, 100)}\n".encode()} if report.methods else {}),
    }
    if "svg" in figures:
        contents |= {f"{name}.svg": figure.file().encode() for name, figure in drawn.figures.items()}
    for kind in figures:
        if kind != "svg":
            from sweep.report.plotted import plot  # Matplotlib takes most of a second to import

            contents |= plot(report, results, kind)
    own = report.answer.figures if report.answer else {}
    if "html" not in formats:
        return {**contents, **own}
    run, trials = provenance(report, results)
    shown = Shown(
        opening=opening(report, results),
        figures=drawn.figures,
        sliding=sliding(report, results, drawn.scores),
        run=run,
        trials=trials,
        files=[*contents],
        tables=[name if live else f"../{name}" for name in TABLES if (results.path / name).exists()],
        live=live,
    )
    return {"index.html": as_html(report, shown).encode(), **contents, **own}


def _store(folder: Place, contents: Mapping[str, bytes]) -> tuple[Place, ...]:
    make_folder(folder)
    for name, content in contents.items():
        replace_file(folder / name, partial(_pour, content))
    for name in NAMES:  # what an earlier report drew and this one cannot would be taken for current
        if name not in contents:
            (folder / name).unlink(missing_ok=True)
    return tuple(folder / name for name in (*NAMES, *(set(contents) - set(NAMES))) if name in contents)


def _pour(content: bytes, file: object) -> None:
    file.write(content)  # type: ignore[attr-defined]
