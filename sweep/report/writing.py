"""The report as files beside the results: tables, methods paragraph, index.html and the figures."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from textwrap import fill

from sweep.analysis.current import current, epochs_of, test_scores
from sweep.analysis.folds import gathered
from sweep.report.labels import names
from sweep.report.latex import as_latex
from sweep.report.summarising import summarise
from sweep.report.summary import Report
from sweep.report.tables import as_csv, as_markdown
from sweep.store.places import Place, make_folder, replace_file
from sweep.store.store import Results
from sweep.study.trust import NOBODY_ELSE, Trust

NAMES = (
    "table.csv",
    "table.md",
    "table.tex",
    "methods.txt",
    "index.html",
    "seeds.png",
    "forest.png",
    "variance.png",
    "confusion.png",
    "losses.png",
    "det.png",
)  # and those of the study's own answer


def write(results: Results, level: float = 0.95, *, trust: Trust = NOBODY_ELSE, metrics: Sequence[str] = ()) -> Report:
    """Write RESULTS/report/ and return the report with its `files`.

    A folder that cannot be written costs the files alone: the report then says so in its notes.

    Args:
        results: what `sweep.store.store.load` returns.
        level: nominal coverage of the intervals.
        trust, metrics: as in `summarise`.

    Raises:
        InputError: a level outside (0, 1), an unknown metric, or an `answer` that is not trusted; nothing is written
            then.
    """
    from sweep.report.page import as_html

    report = summarise(results, level, trust=trust, metrics=metrics)
    figures = draw(report, results)
    contents = {
        "table.csv": as_csv(report).encode(),
        "table.md": as_markdown(report).encode(),
        "table.tex": as_latex(report).encode(),
        **({"methods.txt": f"{fill(report.methods, 100)}\n".encode()} if report.methods else {}),
        "index.html": as_html(report, figures).encode(),
        **figures,
    }
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


def draw(report: Report, results: Results) -> dict[str, bytes]:
    """Return the figures that the results allow: file name -> PNG."""
    # Matplotlib takes most of a second to import, and `summarise` alone does not need it.
    from sweep.report.confusion import confusion_figure
    from sweep.report.det import det_figure
    from sweep.report.figure_style import png
    from sweep.report.forest import forest_figure
    from sweep.report.losses import losses_figure
    from sweep.report.seeds import seeds_figure
    from sweep.report.variance import variance_figure

    results = gathered(results)
    ok = current(results).ok
    drawn = {
        "seeds.png": seeds_figure(report),
        "forest.png": forest_figure(report),
        "variance.png": variance_figure(report),
        "losses.png": losses_figure(report, epochs_of(results, ok)),
    }
    if report.classes:
        label = dict(zip((row.config_id for row in report.rows), names(report), strict=True))
        drawn["confusion.png"] = confusion_figure({label[key]: one for key, one in report.classes.items()})
    if report.task == "verification":
        drawn["det.png"] = det_figure(report, ok, test_scores(results, ok))
    own = report.answer.figures if report.answer else {}
    return {name: png(figure) for name, figure in drawn.items() if figure is not None} | own


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
