"""`sweep report RESULTS`: the table, the intervals and the figures of stored results."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sweep.commands.output import note, say, say_json
from sweep.errors import InputError, nearest

if TYPE_CHECKING:
    from sweep.store.places import Place


def report(
    results: Annotated[
        str, typer.Argument(help="A folder of results, a study file, or a study's name under results/.")
    ],
    level: Annotated[float, typer.Option(help="Nominal coverage of the intervals.")] = 0.95,
    modules: Annotated[
        list[Path] | None, typer.Option(help="A folder of your modules, with the study's answer.")
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(help="Show this metric too, as fmr100 or min_dcf; computed from the scores where not stored."),
    ] = None,
    group: Annotated[
        str | None,
        typer.Option(help="Sample column with groups of people: FMR and FNMR of each group.", metavar="COLUMN"),
    ] = None,
    figures: Annotated[
        str, typer.Option(help="Figures beside the page: svg, or png, pdf (for a column of a paper), or png,pdf.")
    ] = "svg",
    formats: Annotated[
        str, typer.Option("--format", help="Files to write, of html, csv, md, tex, json; several with commas.")
    ] = "html,csv,md,tex",
    browse: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    trust: Annotated[bool, typer.Option("--trust", help="Call an answer from other packages or folders too.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Print the table of a study's stored trials, and write table, figures and page into RESULTS/report/."""
    from sweep import report as door
    from sweep.report.writing import FORMATS, kinds_of
    from sweep.store import store
    from sweep.study.trust import Trust

    trusted = Trust(tuple(str(folder.absolute()) for folder in modules or ()), everything=trust)
    kinds, wanted = kinds_of(figures), kinds_of(formats, tuple(FORMATS), "--format")
    if browse and "html" not in wanted:
        raise InputError(f"Expected html among --format to open the page. Received: {formats}.")
    loaded = store.load(folder_of(results))
    written = door.write(loaded, level, trust=trusted, metrics=metric or (), figures=kinds, formats=wanted, group=group)
    if json:
        say_json(door.as_json(written))
    else:
        say(door.as_text(written, terminal=sys.stdout.isatty()), styled=True)
    if browse:
        _open(next((file for file in written.files if file.name == "index.html"), None))


def _open(page: "Place | None") -> None:
    import webbrowser

    if not isinstance(page, Path):
        note("sweep: no page was written on this machine, so none is opened")
    elif not webbrowser.open(page.absolute().as_uri()):
        note(f"sweep: no browser could be started; the page is {page}")


def folder_of(results: str, under: Path = Path("results")) -> "Place":
    """Return the folder that RESULTS means: a path or an address, a study file's, or that of a study under `under`.

    Raises:
        InputError: none of them, with the nearest that exists.
    """
    if results.endswith((".yaml", ".yml")) and Path(results).is_file():
        from sweep.store.places import place
        from sweep.study.study import Study

        study = Study.load(results)
        return place(study.results) / study.study
    if "://" in results:
        from sweep.store.places import place

        return place(results)
    from sweep.store.paths import path_of

    path = path_of(results)
    for folder in (path, under / path):
        if (folder / "study.json").is_file():
            return folder
    places = [path.parent, *([path] if path.is_dir() else []), under]
    known = {str(found.parent): found.parent.name for place in places for found in sorted(place.glob("*/study.json"))}
    by_name = {name: folder for folder, name in known.items()}
    said = nearest(str(path), known) or nearest(path.name, by_name)
    if not said and known:
        said = f" There {'is' if len(known) == 1 else 'are'} {', '.join(list(known)[:5])}."
    raise InputError(
        f"Expected a folder of results with study.json in it, or a study's name under {under}/. Received: {results}."
        + (said or " `sweep run STUDY` makes one.")
    )
