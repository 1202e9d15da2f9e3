"""`sweep verify RESULTS`: run stored trials again and compare them to the bit."""

from pathlib import Path
from typing import Annotated

import typer

from sweep.commands.output import note, say, say_json
from sweep.commands.report import folder_of
from sweep.errors import InputError


def verify(
    results: Annotated[
        str, typer.Argument(help="A folder of results, a study file, or a study's name under results/.")
    ],
    trials: Annotated[str, typer.Option(help='How many trials, spread over the plan, or "all".')] = "2",
    threads: Annotated[
        int | None, typer.Option(min=1, help="Number of threads, instead of the study's, to see its effect.")
    ] = None,
    modules: Annotated[
        list[Path] | None, typer.Option(help="A folder of the study's modules; may be repeated.")
    ] = None,
    address: Annotated[str | None, typer.Option(help="Address of a Ray cluster that runs the trials.")] = None,
    trust: Annotated[bool, typer.Option("--trust", help="Call functions from other packages or folders too.")] = False,
    margin: Annotated[
        float, typer.Option(help="On another kind of processor: what difference counts as none, in SD over seeds.")
    ] = 0.5,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Run stored trials again, and say if every bit is equal, or what the first difference and its cause are."""
    from sweep.explain.verify import verify as verify_results

    if trials != "all" and not (trials.isdecimal() and int(trials) > 0):
        raise InputError(f'Expected --trials as a number from 1, or "all". Received: {trials}.')
    found = verify_results(
        folder_of(results),
        trials=None if trials == "all" else int(trials),
        threads=threads,
        modules=tuple(str(folder.absolute()) for folder in modules or ()),
        address=address,
        trust=trust,
        margin=margin,
        hear=lambda text: note(f"sweep: {text}"),
    )
    if json:
        say_json(found.as_json())
    else:
        say(found.as_text())
    if not found.holds:
        raise typer.Exit(1)
