"""`sweep status [STUDY]`: where the studies stand that were submitted from this machine."""

from dataclasses import asdict
from typing import Annotated

import typer

from sweep.commands.output import note, say, say_json
from sweep.errors import InputError


def status(
    study: Annotated[str | None, typer.Argument(help="A study's name or file; default: all studies.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every submission, not only each study's last.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Show submitted studies: pending, running, succeeded or failed, and how many planned trials are stored."""
    from sweep.study.study import Study
    from sweep.submit.status import statuses

    name = study
    if study is not None and study.endswith((".yaml", ".yml")):
        name = Study.load(study).study
    found = statuses(name, everything=everything)
    if study is not None and not found:
        raise InputError(f"Expected a study that was submitted from this machine. Received: {study}.")
    if json:
        say_json({"submissions": [asdict(one) for one in found]})
        return
    for one in found:
        trials = "" if one.n_planned is None else f"  {one.n_stored} of {one.n_planned} trials"
        trials += " so far (it stops by itself)" if one.stops and trials else ""
        say(f"{one.study}  {one.submission_id}  {one.state}{trials}  {one.at}  {one.results}")
        if one.why:
            note(f"sweep: {one.why}")
    if not found:
        note("sweep: nothing was submitted from this machine")
