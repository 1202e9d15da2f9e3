"""`sweep metrics`: error rates and intervals of any score files."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sweep.commands.output import note, say, say_json
from sweep.errors import InputError

if TYPE_CHECKING:
    from sweep.metrics.evaluation import Evaluation
    from sweep.metrics.score_set import ScoreSet

# The command line reads these words; the library's own are the same, but would cost its import at start-up.
Form = Literal["auto", "1col", "2col", "3col", "4col", "5col", "csv", "parquet"]
Unit = Literal["score", "video", "subject"]
Decimal = Literal["auto", "point", "comma"]
_MOST_TYPES = 6  # attack types that a person sees; --json has all


def metrics(
    dev: Annotated[Path | None, typer.Option(help="Scores of the development set, which gives the threshold.")] = None,
    test: Annotated[Path | None, typer.Option(help="Scores of the test set, evaluated at that threshold.")] = None,
    form: Annotated[Form, typer.Option("--format", help="Format of the files.")] = "auto",
    genuine: Annotated[Path | None, typer.Option(help="Genuine scores of the development set, one a line.")] = None,
    impostor: Annotated[Path | None, typer.Option(help="Impostor scores of the development set, one a line.")] = None,
    distances: Annotated[
        bool, typer.Option("--distances", help="The scores are distances: lower is more genuine.")
    ] = False,
    unit: Annotated[Unit, typer.Option(help="The unit that the intervals resample.")] = "score",
    confidence: Annotated[float, typer.Option(help="Confidence of the intervals, between 0 and 1.")] = 0.95,
    rng: Annotated[int, typer.Option(help="Seed of the Monte Carlo intervals, 0 or greater.")] = 0,
    column: Annotated[
        list[str] | None,
        typer.Option(help="PURPOSE=COLUMN, by name or number from 1: score=cosine. May be repeated."),
    ] = None,
    genuine_label: Annotated[
        str | None, typer.Option("--genuine-label", help="The label that means genuine, if the labels do not say it.")
    ] = None,
    decimal: Annotated[Decimal, typer.Option(help="Sign before the decimals: point or comma.")] = "auto",
    group: Annotated[
        str | None, typer.Option(help="Column with a group of people: FMR and FNMR of each group.", metavar="COLUMN")
    ] = None,
    trial: Annotated[str | None, typer.Option(help="The trial to read from a study's scores.parquet.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Write one JSON object, with rates as fractions.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Folder for the DET, ROC, EPC and histogram figures.")] = None,
    latex: Annotated[Path | None, typer.Option(help="File for a LaTeX table.")] = None,
) -> None:
    """Print EER and HTER of score files, with intervals, and warn if they cannot be trusted."""
    import numpy as np

    from sweep.metrics.by_group import lines_of
    from sweep.metrics.evaluation import evaluate
    from sweep.metrics.evaluation_json import answer
    from sweep.metrics.groups_of_file import group_rates

    if rng < 0:
        raise InputError(f"Expected --rng 0 or greater. Received: {rng}.")
    wanted = columns_given(column or []) | ({"group": group} if group else {})
    if "group" in wanted and not (test or dev):
        raise InputError("Expected --dev FILE or --test FILE with --group. Received: files of one class without it.")
    of_dev, of_test = _read(dev, test, genuine, impostor, form, wanted, trial, distances, genuine_label, decimal)
    read_as = {"read_as": {n: x.read_as for n, x in (("dev", of_dev), ("test", of_test)) if x and x.read_as}}
    found = evaluate(of_dev, of_test, rng=np.random.default_rng(rng), unit=unit, confidence=confidence)
    written: list[Path] = []
    try:
        if plot:
            from sweep.metrics.figures import write_figures

            drawn = np.random.default_rng(rng)
            written += write_figures(
                plot, of_dev, of_test, rng=drawn, unit=unit, confidence=confidence, distances=distances
            )
        if latex:
            from sweep.metrics.latex import write_table

            written.append(write_table(latex, found))
    except OSError as error:
        raise InputError(f"Expected a place to write to. Received: {error}. Name another.") from error
    groups = group_rates(of_test or of_dev, found.eer.threshold, unit, confidence) if "group" in wanted else None
    if groups and distances:
        groups = replace(groups, threshold=-groups.threshold)
    if json:
        by_group = {"by_group": groups.as_dict()} if groups else {}
        say_json(
            {
                **_in_file_units(answer(found), distances),
                **by_group,
                **read_as,
                "files": [str(path) for path in written],
            }
        )
        return
    for name, words in read_as["read_as"].items():
        note(f"{name} read as: {words}")
    _report(found, of_dev, of_test, distances)
    if groups:
        say(f"groups of {'test' if of_test else 'dev, on which the threshold was chosen'}")
        for line in lines_of(groups):
            say(f"  {line}")
    for path in written:
        note(f"wrote {path}")


def _read(
    dev: Path | None,
    test: Path | None,
    genuine: Path | None,
    impostor: Path | None,
    form: Form,
    columns: dict[str, str],
    trial: str | None,
    distances: bool,
    genuine_label: str | None,
    decimal: Decimal,
) -> "tuple[ScoreSet, ScoreSet | None]":
    from sweep.metrics.column_names import COLUMNS
    from sweep.metrics.score_file import read_scores, read_two_files

    def one(path: Path, split: str) -> "ScoreSet":
        # Groups are of what is judged; in the other file the column matters where it would be taken for the split.
        judged = split == "test" or test is None or columns.get("group") in COLUMNS["split"]
        named = {key: name for key, name in columns.items() if key != "group" or judged}
        if form == "1col":
            raise InputError("Expected --genuine FILE --impostor FILE with --format 1col. Received: --dev or --test.")
        return read_scores(
            path,
            form=form,
            split=split,
            columns=named,
            trial=trial,
            distances=distances,
            genuine=genuine_label,
            decimal=decimal,
        )

    if genuine and impostor and not dev:
        first = read_two_files(
            genuine, impostor, distances=distances, form=form, decimal=decimal, column=columns.get("score")
        )
    elif dev and not (genuine or impostor):
        first = one(dev, "dev")
    else:
        given = [name for name, path in (("--dev", dev), ("--genuine", genuine), ("--impostor", impostor)) if path]
        raise InputError(
            "Expected --dev FILE, or --genuine FILE with --impostor FILE. "
            f"Received: {' and '.join(given) or 'neither'}. The development set gives the threshold."
        )
    return first, one(test, "test") if test else None


def columns_given(given: list[str]) -> dict[str, str]:
    """Return purpose -> column of the options --column; raise InputError where one is no pair, or comes twice."""
    pairs = [item.partition("=") for item in given]
    for item, (purpose, equals, name) in zip(given, pairs, strict=True):
        if not (purpose and equals and name):
            raise InputError(f"Expected --column PURPOSE=NAME, as in score=cosine. Received: '{item}'.")
    purposes = [purpose for purpose, *_ in pairs]
    twice = next((purpose for purpose in purposes if purposes.count(purpose) > 1), None)
    if twice:
        raise InputError(f"Expected one column for the {twice}. Received: {' '.join(given)}. Leave one out.")
    return {purpose: name for purpose, _, name in pairs}


def _in_file_units(plain: dict[str, Any], distances: bool) -> dict[str, Any]:
    """Return the answer with its thresholds on the scale of the file, and the side that is accepted in words."""
    if distances:
        plain["eer_threshold"] = -plain["eer_threshold"]
        if "attacks" in plain:
            plain["attacks"]["threshold"] = -plain["attacks"]["threshold"]
    plain["accept"] = "distance <= eer_threshold" if distances else "score >= eer_threshold"
    return plain


def _report(found: "Evaluation", dev: "ScoreSet", test: "ScoreSet | None", distances: bool) -> None:
    """Write the result for a person: per cent throughout."""
    eer, interval = found.eer, found.interval
    level = f"{100 * interval.confidence:g} %"
    failed = f", {eer.n_failed} without a score" if eer.n_failed else ""
    say(f"dev   {dev.source}: {eer.n_genuine} genuine, {eer.n_impostor} impostor{failed}")
    say(f"  EER         {_percent(eer.value)}   {level} interval {_percent(interval.low)} to {_percent(interval.high)}")
    say(f"              {interval.method}; unit: {_units(interval.unit, interval.n_units)}")
    if found.exact:
        step = f"step EER {_percent(eer.step)}, " if eer.ties else ""
        say(
            f"              for comparison: {step}{_percent(found.exact.low)} to {_percent(found.exact.high)} "
            f"({found.exact.method})"
        )
    accept, threshold = ("distance <=", -eer.threshold) if distances else ("score >=", eer.threshold)
    say(f"  threshold   accept when {accept} {threshold:.6g}")
    point = found.point
    say(
        f"  FNMR at     FMR 1 %: {_percent(point['fmr100'])}   0.1 %: {_percent(point['fmr1000'])}   "
        f"0.01 %: {_percent(point['fmr10000'])}"
    )
    say(
        f"  AUC {point['auc']:.5f}   d' {point['d_prime']:.3f}   "
        f"Cllr {point['cllr']:.4g} bits (least {point['min_cllr']:.4f})"
    )
    if found.hter and found.hter_interval and found.fixed and test:
        _report_test(found, test)
    if found.attacks:
        say("attacks at dev's threshold")
        rates = found.attacks.by_type
        worst = sorted(rates, key=lambda kind: -rates[kind])[:_MOST_TYPES] if len(rates) > _MOST_TYPES else list(rates)
        for kind in worst:
            say(f"  APCER       {_percent(rates[kind])}   {kind[:80]}, {found.attacks.counts[kind]} presentations")
        if len(rates) > len(worst):
            say(f"              and {len(rates) - len(worst)} types more, all lower or equal; --json has them")
        say(f"  BPCER       {_percent(found.attacks.bpcer)}   ACER {_percent(found.attacks.acer)}, worst attack type")
    for caution in found.cautions:
        note(f"caution: {caution}")


def _report_test(found: "Evaluation", test: "ScoreSet") -> None:
    hter, interval, fixed = found.hter, found.hter_interval, found.fixed
    if not (hter and interval and fixed):
        return
    level = f"{100 * interval.confidence:g} %"
    failed = f", {hter.n_failed} without a score" if hter.n_failed else ""
    say(f"test  {test.source}: {hter.n_genuine} genuine, {hter.n_impostor} impostor{failed}")
    say(
        f"  HTER        {_percent(hter.value)}   {level} interval {_percent(interval.low)} to {_percent(interval.high)}"
    )
    say(f"              {interval.method}; unit: {_units(interval.unit, interval.n_units)}")
    say(
        f"              for comparison: {_percent(fixed.low)} to {_percent(fixed.high)} "
        f"({fixed.method}, scores independent)"
    )
    say(
        f"  FAR         {_percent(hter.far)}   {hter.false_accepts} of {hter.n_impostor}      "
        f"FRR {_percent(hter.frr)}   {hter.false_rejects} of {hter.n_genuine}"
    )
    if hter.n_failed:
        say(
            f"              of all attempts: FAR {_percent(hter.far_of_attempts)}, FRR {_percent(hter.frr_of_attempts)}"
        )
    say(f"  EER         {_percent(found.test['eer'])}   on test alone, to compare; AUC {found.test['auc']:.5f}")


def _units(unit: str, n_units: int) -> str:
    return f"{unit}, {n_units} of them"


def _percent(rate: float) -> str:
    return f"{100 * rate:.3f} %"
