"""`sweep check STUDY`: the file, the code, the data and every model's build, before a trial is run."""

from typing import Annotated

import typer

from sweep.commands.output import say, say_json


def check(
    study: Annotated[str, typer.Argument(help="A study file, or the name of a built-in study.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Check the study file, its functions, its data for leaks between the splits, and build every model once."""
    from sweep.forecast.inspection import inspect_study

    found = inspect_study(study)
    if json:
        say_json(found.as_json())
    else:
        say(found.as_text())
    if found.findings:
        raise typer.Exit(1)
