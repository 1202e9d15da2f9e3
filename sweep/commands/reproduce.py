"""`sweep reproduce BUNDLE`: run the trials of a bundle again here, and compare them to the bit."""

from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sweep.commands.output import note, say, say_json
from sweep.errors import InputError

if TYPE_CHECKING:
    from sweep.explain.verification import Verification


def reproduce(
    bundle: Annotated[Path, typer.Argument(help="The archive that `sweep bundle` made.")],
    trials: Annotated[str, typer.Option(help='How many trials, spread over the plan, or "all".')] = "all",
    trust: Annotated[
        bool, typer.Option("--trust", help="Run the code in the bundle. Read it first: it may do all that you may.")
    ] = False,
    into: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="A new folder to unpack into; else BUNDLE-reproduced.")
    ] = None,
    data_root: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the data lie that are not in the bundle.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Run the trials of a bundle again, and say if the results are reproduced, or where they part and why."""
    from sweep.bundle.reproducing import make_ready
    from sweep.explain.verify import verify

    if trials != "all" and not (trials.isdecimal() and int(trials) > 0):
        raise InputError(f'Expected --trials as a number from 1, or "all". Received: {trials}.')
    ready = make_ready(bundle, into=into, data_root=data_root, trust=trust, hear=_hear)
    if ready.standing:
        _hear(ready.standing)
    with chdir(ready.code):
        found = verify(
            ready.results,
            trials=None if trials == "all" else int(trials),
            modules=ready.modules,
            trust=trust,
            hear=_hear,
        )
    if json:
        packages = [{"package": name, "bundle": a, "here": b} for name, a, b in ready.packages]
        say_json(
            {"bundle": str(bundle), "folder": str(ready.folder), "reproduced": found.holds, "packages": packages}
            | found.as_json()
        )
    else:
        say("\n".join(verdict_lines(found)))
    if not found.holds:
        raise typer.Exit(1)


def verdict_lines(found: "Verification") -> list[str]:
    """Return the verdict in the first line, and what of `sweep verify` stands behind it."""
    n, n_equal = len(found.trials), sum(one.equal for one in found.trials)
    many = f"{n_equal} of {n} trial{'s' * (n != 1)} equal to the bit"
    if found.equal:
        first = f"results reproduced: {many}"
    elif found.holds:
        first = f"results reproduced: {many}, the others equivalent on another kind of processor"
    elif found.elsewhere is not None and found.elsewhere.equivalent is None:
        first = f"no verdict on another kind of processor, where bits cannot agree: {many}, too few to tell the others"
    else:
        first = f"results not reproduced: {many}"
    _, *said = found.as_text().splitlines()
    if found.equal:
        said = [line for line in said if not line.endswith(": equal")]
    return [first, f"Compared: {found.compared}. The bundle has {found.n_stored} trials that can be run again.", *said]


def _hear(text: str) -> None:
    note(f"sweep: {text}")
