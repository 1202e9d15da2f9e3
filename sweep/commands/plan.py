"""`sweep plan STUDY`: the trials that a study means, those that are stored, and what the rest costs."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sweep.commands.named_value import named_value
from sweep.commands.output import say, say_json
from sweep.errors import InputError

if TYPE_CHECKING:
    from sweep.store.places import Place


def plan(
    study: Annotated[str, typer.Argument(help="A study file, or the name of a built-in study.")],
    seeds: Annotated[int | None, typer.Option(min=1, help="Number of seeds, instead of the study's.")] = None,
    results: Annotated[str | None, typer.Option(help="Folder of results, instead of the study's.")] = None,
    precision: Annotated[
        str | None,
        typer.Option(metavar="METRIC=NUMBER", help="Say how many seeds give this half-width: hter=0.005."),
    ] = None,
    sd: Annotated[float | None, typer.Option(help="With --precision: an SD over seeds, instead of a pilot.")] = None,
    level: Annotated[float, typer.Option(help="With --precision: nominal coverage of the interval.")] = 0.95,
    measure: Annotated[bool, typer.Option("--measure", help="Train a few steps to measure time and memory.")] = False,
    accept_code: Annotated[
        bool, typer.Option("--accept-code", help="Count stored trials of other code too, like run --accept-code.")
    ] = False,
    until: Annotated[
        str | None,
        typer.Option(metavar="decided|METRIC=NUMBER", help="Add seeds until it is decided, or so precise: eer=0.005."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Show the trials of a study and the time for those that are not stored, or the seeds for a precision."""
    if precision is not None:
        _precision(study, results, precision, sd, level, json)
        return
    from sweep.forecast.cost import cost

    found = cost(study, seeds=seeds, results=results, measure=measure, accept_code=accept_code, until=until)
    if json:
        say_json(found.as_json())
    else:
        say(found.as_text())


def _precision(study: str, results: str | None, precision: str, sd: float | None, level: float, json: bool) -> None:
    metric, half_width = named_value(precision, "--precision")
    answer: Any
    if sd is not None:
        from sweep.report.precision_of_sd import precision_of_sd

        answer = precision_of_sd(metric, half_width, sd, level)
    else:
        from sweep.report.precision import plan_precision

        answer = plan_precision(_pilot(study, results), metric, half_width, level=level)
    if json:
        say_json(answer.as_dict())
    else:
        say(answer.as_text())


def _pilot(study: str, results: str | None) -> "Place":
    """Return the folder of a study's results; a folder of results, or its name, may stand for the study."""
    from pathlib import Path

    from sweep.store.places import place
    from sweep.study.study_text import built_in_studies

    if "://" in study or (place(study) / "study.json").is_file():
        return place(study)
    named = place(results or "results/") / study
    if not Path(study).is_file() and study not in built_in_studies() and (named / "study.json").is_file():
        return named
    from sweep.running.opening import resolve, results_folder

    folder = results_folder(resolve(study, seeds=None, results=results))
    if not (folder / "study.json").is_file():
        raise InputError(
            f"Expected the results of a pilot in {folder}. Received: none. Run `sweep run {study} --seeds 10` first, "
            "or give the SD over seeds with --sd."
        )
    return folder
