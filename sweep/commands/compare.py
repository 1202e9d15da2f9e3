"""`sweep compare`: is one configuration better than another, and is a paper's number reachable?"""

from typing import Annotated, Any

import typer

from sweep.commands.named_value import counts_of, named_value, named_values
from sweep.commands.output import say, say_json
from sweep.commands.report import folder_of
from sweep.errors import InputError


def compare(
    results: Annotated[
        str | None, typer.Argument(help="A folder of results, a study file, or a study's name under results/.")
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
    published_best_of: Annotated[
        int, typer.Option(min=1, help="The paper's number is the best of so many runs.", show_default=False)
    ] = 1,
    published_seeds: Annotated[
        int, typer.Option(min=1, help="The paper's number is the mean of so many runs.", show_default=False)
    ] = 1,
    published_sd: Annotated[float | None, typer.Option(help="SD of those runs, if the paper gives it.")] = None,
    published_errors: Annotated[
        str | None,
        typer.Option(metavar="FA/N,FR/N", help="Counts behind the paper's HTER: false accepts and false rejects."),
    ] = None,
    sd: Annotated[float | None, typer.Option(help="SD of a run, if you know it; else that of your seeds.")] = None,
    sd_from: Annotated[str | None, typer.Option(help="RESULTS whose seeds show the SD of a run.")] = None,
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
    said = {
        "--published-n": published_n,
        "--published-best-of": published_best_of if published_best_of != 1 else None,
        "--published-seeds": published_seeds if published_seeds != 1 else None,
        "--published-sd": published_sd,
        "--sd": sd,
        "--sd-from": sd_from,
    }
    alone = next((name for name, value in said.items() if value is not None), "")
    if alone and published is None and published_errors is None:
        raise InputError(f"Expected --published METRIC=NUMBER with {alone}. Received: {alone} alone.")
    paper = _paper(published, published_best_of, published_seeds, published_sd, published_n, published_errors)
    name = published.partition("=")[0].strip() if published is not None else "hter" if published_errors else None
    unit = 100.0 if per_cent else 1.0
    if values is not None:
        seed_sd = _seed_sd(sd, sd_from, name, unit)
        answer: Any = _values(values, name, paper, seed_sd, n_test, per_cent, level)
    else:
        if per_cent or n_test is not None:
            raise InputError("Expected --per-cent and --n-test only with --values. Received: a folder of results.")
        if name is not None and metric not in (None, name):
            raise InputError(f"Expected one metric. Received: --metric {metric} and --published {name}.")
        seed_sd = _seed_sd(sd, sd_from, name, unit)
        answer = _study(
            str(results), name or metric, reference, paper, seed_sd, config, level, method, paired, test, rng
        )
    if json:
        say_json(answer.as_dict())
    else:
        say(answer.as_text())


def _paper(
    published: str | None, best_of: int, seeds: int, sd: float | None, n: float | None, errors: str | None
) -> Any:
    """Return what the options say of a paper, or None."""
    from sweep.analysis.published import Paper

    if published is None and errors is None:
        return None
    number = None if published is None else named_value(published, "--published")[1]
    return Paper(number, best_of, seeds, sd, n, counts_of(errors) if errors is not None else None)


def _seed_sd(sd: float | None, sd_from: str | None, metric: str | None, unit: float) -> Any:
    """Return the known SD of a run, in the unit of the values, or None."""
    if sd_from is None:
        return sd
    if sd is not None:
        raise InputError("Expected --sd or --sd-from. Received: both.")
    from sweep.analysis.published import sd_of_results

    found, df = sd_of_results(folder_of(sd_from), metric)
    return unit * found, df


def _study(
    results: str,
    metric: str | None,
    reference: str | None,
    paper: Any,
    seed_sd: Any,
    config: str | None,
    level: float,
    method: str,
    paired: bool | None,
    test: str | None,
    rng: int,
) -> Any:
    from sweep.report.compare_study import compare_study

    return compare_study(
        folder_of(results),
        metric,
        reference=reference,
        published=paper,
        seed_sd=seed_sd,
        config=config,
        level=level,
        method=method,
        paired=paired,
        test=test,
        seed=rng,
    )


def _values(
    values: str, published: str | None, paper: Any, seed_sd: Any, n_test: float | None, per_cent: bool, level: float
) -> Any:
    from sweep.report.compare_values import compare_values

    name, numbers = named_values(values, "--values")
    if published not in (None, name):
        raise InputError(f"Expected one metric. Received: --values {name} and --published {published}.")
    return compare_values(
        name, numbers, published=paper, seed_sd=seed_sd, n_test=n_test, per_cent=per_cent, level=level
    )
