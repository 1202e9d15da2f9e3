"""`sweep bundle RESULTS`: one archive for others, with all that a study's results rest on."""

from pathlib import Path
from typing import Annotated

import typer

from sweep.commands.output import note, say, say_json
from sweep.commands.report import folder_of


def bundle(
    results: Annotated[str, typer.Argument(help="A folder of results, or the name of a study under results/.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE.zip", help="The archive; else STUDY-bundle.zip.")] = None,
    data: Annotated[
        bool, typer.Option("--data", help="Pack the files that the study names, trained models and kept files, too.")
    ] = False,
    modules: Annotated[
        list[Path] | None, typer.Option(help="A folder of the study's modules; may be repeated.")
    ] = None,
    filled: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="With CITATION.cff, test-report.md or checklist.md as you have filled them in."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an archive that is there.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Write one archive: study, code, results, tables, environment, citation, test report and checklist."""
    from sweep.bundle.making import Finders, make
    from sweep.submit.include import included
    from sweep.submit.parcel import size
    from sweep.submit.parcel_contents import contents

    made = make(
        folder_of(results),
        Finders(contents, included),
        out=out,
        modules=modules or (),
        filled=filled,
        with_data=data,
        force=force,
    )
    if json:
        say_json(made.as_json())
    else:
        say(f"{made.path}: {size(made.n_bytes)}, {len(made.files)} files; {made.standing}.")
        say(f"sha256 {made.sha256}")
    for line in (*made.code, *made.notes):
        note(f"sweep: {line}")
    for line in made.identifies:
        note(f"sweep: tells of people or machines: {line}")
    if made.counts["ok"] < made.counts["planned"]:
        note(f"sweep: the study is not whole: {made.standing}. The bundle says so, too.")
    if not json:
        note(
            f"sweep: next: fill in CITATION.cff, test-report.md and checklist.md, and give --filled FOLDER; "
            f"sweep reproduce {made.path}"
        )
