"""`sweep export RESULTS --to TRACKER`: stored trials as runs of another tracker."""

from pathlib import Path
from typing import Annotated

import typer

from sweep.commands.output import say, say_json
from sweep.commands.report import folder_of


def export(
    results: Annotated[
        str, typer.Argument(help="A folder of results, a study file, or a study's name under results/.")
    ],
    to: Annotated[str, typer.Option(help="csv, mlflow, tensorboard or wandb (offline: nothing is sent).")],
    into: Annotated[Path | None, typer.Option(help="Folder to write to, in place of RESULTS/export/TRACKER.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Write every stored trial as a run of another tracker: its settings, metrics, epochs and digests."""
    from sweep.export.trackers import export as hand_over

    found = hand_over(folder_of(results), to, into)
    if json:
        say_json(found.as_dict())
        return
    there = f", {found.n_there} were there already" if found.n_there else ""
    failed = f" {found.n_failed} of them failed and have no metrics." if found.n_failed else ""
    say(f"{found.n_written} trials written to {found.into}{there}.{failed}\nLook at them: {found.opened_by}")
