"""`sweep collect NAME`: score files or a table of runs become a folder of results."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sweep.commands.metrics import Decimal, Form, columns_given
from sweep.commands.output import note, say, say_json
from sweep.errors import InputError


def collect(
    name: Annotated[str, typer.Argument(help="The name of the results: a folder of this name under --results.")],
    scores: Annotated[
        str | None,
        typer.Option(help="Pattern of score files, as 'scores/{system}/seed{seed}/{split}.txt'.", metavar="PATTERN"),
    ] = None,
    table: Annotated[Path | None, typer.Option(help="Table of runs, CSV or Parquet: a row a run.")] = None,
    seed: Annotated[str, typer.Option(help="With --table: the column of the seeds.")] = "seed",
    by: Annotated[
        str | None, typer.Option(help="With --table: columns that tell configurations apart, as model,lr=config/lr.")
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(help="With --table: a metric and its column, as hter=eval/hter. May be repeated."),
    ] = None,
    per_cent: Annotated[bool, typer.Option("--per-cent", help="With --table: rates are in per cent.")] = False,
    task: Annotated[str | None, typer.Option(help="With --table: verification, classification or regression.")] = None,
    results: Annotated[str, typer.Option(help="Folder of results, or address of an object store.")] = "results/",
    form: Annotated[Form, typer.Option("--format", help="How the score files are written.")] = "auto",
    distances: Annotated[bool, typer.Option("--distances", help="Lower scores are more genuine.")] = False,
    column: Annotated[
        list[str] | None,
        typer.Option(help="PURPOSE=COLUMN of the score files, as in score=cosine. May be repeated."),
    ] = None,
    genuine_label: Annotated[
        str | None, typer.Option("--genuine-label", help="The label that means genuine, where words do not say it.")
    ] = None,
    decimal: Annotated[Decimal, typer.Option(help="What a comma in numbers is: decimals or thousands.")] = "auto",
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Turn score files, or a table of runs, into results for report, compare and plan; nothing is trained."""
    from sweep.collection.collect import collect as door

    if (scores is None) == (table is None):
        raise InputError(
            f"Expected --scores PATTERN or --table FILE. Received: {'neither' if scores is None else 'both'}."
        )
    if scores is not None:
        if "{" not in scores:
            raise InputError(
                f"Expected a pattern with {{seed}} and {{split}}, as 'scores/{{system}}/seed{{seed}}/{{split}}.txt'. "
                f"Received: {scores}. Put it in quotes."
            )
        if by or metric or per_cent or task:
            raise InputError("Expected --by, --metric, --per-cent and --task with --table. Received: --scores.")
        reading: dict[str, Any] = {
            "form": form,
            "columns": columns_given(column or []),
            "distances": distances,
            "genuine": genuine_label,
            "decimal": decimal,
        }
        found = door(scores, name, results=results, reading=reading)
    else:
        files: dict[str, object] = {"--format": form != "auto", "--distances": distances, "--column": column}
        files |= {"--genuine-label": genuine_label, "--decimal": decimal != "auto"}
        if idle := [option for option, said in files.items() if said]:
            raise InputError(f"Expected {idle[0]} with --scores. Received: --table. Leave it away.")
        if not metric:
            raise InputError("Expected --metric NAME=COLUMN with --table, as hter=eval/hter. Received: none.")
        found = door(
            str(table),
            name,
            seed=seed,
            by=_named(by or "", "--by"),
            metrics=_named(",".join(metric), "--metric"),
            per_cent=per_cent,
            task=task,  # type: ignore[arg-type]
            results=results,
        )
    if json:
        say_json(found.as_dict())
        return
    for caution in found.cautions:
        note(f"caution: {caution}")
    say(found.as_text())


def _named(text: str, option: str) -> dict[str, str]:
    """Return name -> column of "model,lr=config/lr"."""
    named = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, column = part.partition("=")
        if not name or (equals and not column):
            raise InputError(f"Expected {option} NAME or NAME=COLUMN. Received: {part!r}.")
        if name in named:
            raise InputError(f"Expected {option} {name} once. Received: it twice.")
        named[name] = column or name
    return named
