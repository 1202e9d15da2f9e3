"""`sweep explain`: which source of randomness moves a study, or why a script gives other results every time."""

from functools import partial
from typing import Annotated

import typer

from sweep.commands.output import note, say, say_json, stopped
from sweep.errors import InputError


def explain(
    study: Annotated[str | None, typer.Argument(help="A study file, or the name of a built-in study.")] = None,
    script: Annotated[str | None, typer.Option(help='Your own training: FILE.py or "package.module:function".')] = None,
    config: Annotated[str | None, typer.Option(help="The configuration to explain, by its label.")] = None,
    levels: Annotated[int, typer.Option(help="Levels of each source: 5 (25 runs) or 7 (49 runs).")] = 5,
    results: Annotated[str | None, typer.Option(help="Folder of results, instead of the study's.")] = None,
    address: Annotated[str | None, typer.Option(help="Address of a running Ray cluster.")] = None,
    slots: Annotated[int | None, typer.Option(min=1, help="Processors to use on this machine.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Say which source of randomness makes the runs of a study differ, or what changes the result of a script."""
    if (study is None) == (script is None):
        raise InputError("Expected a study, or --script FILE.py. Received: " + ("both." if study else "neither."))
    if script is not None:
        from sweep.explain.script import explain_script

        answer = explain_script(script, hear=lambda text: note(f"sweep: {text}"))
        if json:
            say_json(answer.as_json())
        else:
            say(answer.as_text())
        if not answer.repeats or answer.found:
            raise typer.Exit(1)
        return
    from sweep.explain.sources import explain_study
    from sweep.explain.sources_figure import sources_png
    from sweep.explain.sources_text import as_text
    from sweep.store.places import make_folder, replace_file

    assert study is not None  # noqa: S101 (one of the two is given, see above)
    try:
        found = explain_study(study, config=config, levels=levels, results=results, address=address, slots=slots)
    except KeyboardInterrupt:
        stopped("stopped. Finished trials are stored; give the same command to go on.")
    folder = found.folder / "report"
    make_folder(folder)
    replace_file(folder / "sources.png", partial(_pour, sources_png(found)))
    if json:
        say_json(found.as_json())
    else:
        say(as_text(found))


def _pour(content: bytes, file: object) -> None:
    file.write(content)  # type: ignore[attr-defined]
