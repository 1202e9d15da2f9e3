"""`sweep studies`: the studies shipped in the package, and the file of one, to copy and change."""

from typing import Annotated

import typer

from sweep.commands.output import say, say_json


def studies(
    name: Annotated[str | None, typer.Argument(help="Print the file of this study.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """List the built-in studies, or print the file of one: `sweep studies demo > mine.yaml`."""
    from sweep.errors import InputError, nearest
    from sweep.study.plan import configurations
    from sweep.study.study import Study, built_in_studies

    files = built_in_studies()
    if name is not None:
        if name not in files:
            raise InputError(
                f"Expected a built-in study: {', '.join(files)}. Received: {name}.{nearest(name, list(files))}"
            )
        text = files[name].read_text(encoding="utf-8")
        say_json({"study": name, "file": text}) if json else say(text.rstrip())
        return
    listed = []
    for one in files:
        study = Study.load(one)
        n_configurations, n_seeds = len(configurations(study)), len(study.seed_list)
        counts = {"configurations": n_configurations, "seeds": n_seeds, "trials": n_configurations * n_seeds}
        listed.append({"study": one, "task": study.task, **counts, "about": study.about})
    if json:
        say_json({"studies": listed})
        return
    width = max(len(file) for file in files)
    for row in listed:
        say(f"{row['study']:{width}}  {row['task']:14}  {row['trials']:3} trials  {row['about']}")
    say("\n`sweep run NAME` runs one, `sweep plan NAME` says what it costs, `sweep studies NAME` prints its file.")
