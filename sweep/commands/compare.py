"""`sweep compare`: is one configuration better than another, and is a paper's number reachable?"""

from typing import Annotated, Any

import typer

from sweep.commands.named_value import named_value, named_values
from sweep.commands.output import say, say_json
from sweep.commands.report import folder_of
from sweep.errors import InputError


def compare(
    results: Annotated[
        str | None, typer.Argument(help="A folder of results, or the name of a study under results/.")
    ] = None,
    metric: Annotated[
        str | None, typer.Option(help="hter, eer, fmr100, accuracy, mse ...; default: the first metric of the task.")
    ] = None,
    reference: Annotated[str | None, typer.Option(help="Compare each with this configuration, not all pairs.")] = None,
    published: Annotated[
        str | None, typer.Option(metavar="METRIC=NUMBER", help="A paper's number, such as hter=0.031, to compare with.")
    ] = None,
    published_n: Annotated[
        float | None, typer.Option(min=1, help="Size of the paper's test set, if it is another test set.")
    ] = None,
    config: Annotated[str | None, typer.Option(help="The configuration to compare with the paper's number.")] = None,
    values: Annotated[
        str | None,
        typer.Option(metavar="METRIC=NUMBERS", help="Values of the seeds, instead of RESULTS: hter=0.1,0.12."),
    ] = None,
    n_test: Annotated[float | None, typer.Option(min=1, help="With --values: size of the test set.")] = None,
    per_cent: Annotated[bool, typer.Option("--per-cent", help="With --values: all rates are in per cent.")] = False,
    level: Annotated[float, typer.Option(help="Nominal coverage of the intervals.")] = 0.95,
    method: Annotated[str, typer.Option(help="orh, orh-plain, crossed-bootstrap or two-level-bootstrap.")] = "orh",
    paired: Annotated[
        bool | None, typer.Option("--paired/--independent", help="Pair equal seeds; default: if the study allows it.")
    ] = None,
    test: Annotated[
        str | None, typer.Option(help="Add a test over seeds: welch, mann-whitney, permutation, paired-t, wilcoxon.")
    ] = None,
    rng: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Compare configurations for new subjects and for this test set, or a published number with your seeds."""
    if (results is None) == (values is None):
        both = "neither" if values is None else "both"
        raise InputError(f"Expected a folder of results, or --values METRIC=NUMBERS. Received: {both}.")
    if published_n is not None and published is None:
        raise InputError("Expected --published METRIC=NUMBER with --published-n. Received: --published-n alone.")
    if values is not None:
        answer: Any = _values(values, published, published_n, n_test, per_cent, level)
    else:
        if per_cent or n_test is not None:
            raise InputError("Expected --per-cent and --n-test only with --values. Received: a folder of results.")
        answer = _study(
            str(results), metric, reference, published, published_n, config, level, method, paired, test, rng
        )
    if json:
        say_json(answer.as_dict())
    else:
        say(answer.as_text())


def _study(
    results: str,
    metric: str | None,
    reference: str | None,
    published: str | None,
    published_n: float | None,
    config: str | None,
    level: float,
    method: str,
    paired: bool | None,
    test: str | None,
    rng: int,
) -> Any:
    from sweep.report.compare_study import compare_study

    number = None
    if published is not None:
        name, number = named_value(published, "--published")
        if metric not in (None, name):
            raise InputError(f"Expected one metric. Received: --metric {metric} and --published {name}.")
        metric = name
    return compare_study(
        folder_of(results),
        metric,
        reference=reference,
        published=number,
        n_published=published_n,
        config=config,
        level=level,
        method=method,
        paired=paired,
        test=test,
        seed=rng,
    )


def _values(
    values: str, published: str | None, published_n: float | None, n_test: float | None, per_cent: bool, level: float
) -> Any:
    from sweep.report.compare_values import compare_values

    name, numbers = named_values(values, "--values")
    number = None
    if published is not None:
        other, number = named_value(published, "--published")
        if other != name:
            raise InputError(f"Expected one metric. Received: --values {name} and --published {other}.")
    return compare_values(
        name, numbers, published=number, n_published=published_n, n_test=n_test, per_cent=per_cent, level=level
    )
