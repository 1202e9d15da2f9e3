"""`sweep status [STUDY]`: where the studies stand that were submitted from this machine."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from sweep.commands.output import note, say, say_json, stopped
from sweep.errors import InputError

if TYPE_CHECKING:
    from sweep.submit.status import Status

_WATCH_SECONDS = 10.0


def status(
    study: Annotated[str | None, typer.Argument(help="A study's name or file; default: all studies.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every submission, not only each study's last.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Show it anew every ten seconds until all have ended.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Show submitted studies: pending, running, succeeded or failed, and how many planned trials are stored."""
    from sweep.study.study import Study
    from sweep.submit.status import statuses

    name = study
    if study is not None and study.endswith((".yaml", ".yml")):
        name = Study.load(study).study
    if watch and json:
        raise InputError("Expected --watch or --json. Received: both; --json is one answer.")
    found = statuses(name, everything=everything)
    if study is not None and not found:
        raise InputError(f"Expected a study that was submitted from this machine. Received: {study}.")
    if json:
        say_json({"submissions": [asdict(one) for one in found]})
        return
    shown = _show(found, ())
    while watch and not all(one.ended for one in found):
        try:
            time.sleep(_WATCH_SECONDS)
        except KeyboardInterrupt:
            stopped()
        found = statuses(name, everything=everything)
        shown = _show(found, shown)
    if not found:
        note("sweep: nothing was submitted from this machine")


def _show(found: "Sequence[Status]", before: Sequence[str]) -> list[str]:
    """Print a line for each submission that was not printed before, and return all lines."""
    lines = []
    for one in found:
        trials = "" if one.n_planned is None else f"  {one.n_stored} of {one.n_planned} trials"
        trials += " so far (it stops by itself)" if one.stops and trials else ""
        lines.append(f"{one.study}  {one.submission_id}  {one.state}{trials}  {one.at}  {one.results}")
        if lines[-1] not in before:
            say(lines[-1])
            if one.why:
                note(f"sweep: {one.why}")
    return lines
