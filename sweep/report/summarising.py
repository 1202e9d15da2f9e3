"""From the store to the report's numbers."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from sweep.analysis.asked_metrics import check_metric, with_metric
from sweep.analysis.classes import class_reports
from sweep.analysis.current import current
from sweep.analysis.decisions import standing_of
from sweep.analysis.folds import gathered, n_folds
from sweep.analysis.further_tests import names_of_tests
from sweep.analysis.groups import study_groups
from sweep.analysis.once import asked_once
from sweep.analysis.over_seeds import failures_of, rows_of
from sweep.analysis.standing import Standing
from sweep.checks import divided
from sweep.checks.results import findings_of, still_arms
from sweep.errors import InputError
from sweep.metrics.catalogue import headline
from sweep.report.decisions_text import methods_of, notes_of
from sweep.report.intervals import with_intervals
from sweep.report.methods_text import methods_text
from sweep.report.notes import notes
from sweep.report.repeated import with_repeated
from sweep.report.study_answer import answer_of
from sweep.report.summary import Report
from sweep.stats.interval import check_level
from sweep.store.store import Results
from sweep.study.trust import NOBODY_ELSE, Trust


def summarise(
    results: Results,
    level: float = 0.95,
    *,
    trust: Trust = NOBODY_ELSE,
    metrics: Sequence[str] = (),
    group: str | None = None,
) -> Report:
    """Return the report of the current plan's trials; nothing is written.

    Args:
        results: what `sweep.store.store.load` returns.
        level: nominal coverage of the intervals; a study that stopped by itself has that of its looks.
        trust: whose `answer` is called beside Seed Sweep's own and those of the current folder.
        metrics: shown beside the task's own, each with both intervals, see `sweep.estimate`.
        group: sample column whose groups are judged; None takes `group`, where the scores have it.

    Raises:
        InputError: a level outside (0, 1), an unknown metric or column, or an `answer` that is not trusted.
    """
    level = check_level(level)
    with reporting(results, metrics):
        return _summary(results, level, trust, metrics, group)


def reporting(results: Results, metrics: Sequence[str] = ()) -> AbstractContextManager[None]:
    """Return a block within which what a report needs several times is worked out once; one within another is one."""
    return asked_once(together=(*headline(results.study["task"]), *metrics))


def _summary(results: Results, level: float, trust: Trust, metrics: Sequence[str], group: str | None = None) -> Report:
    answer = answer_of(results, level, trust)  # first, since it may be refused
    standing, without = _standing(results)
    level = standing.stop.level if standing is not None and standing.decisions else level
    results = gathered(results)
    task = results.study["task"]
    shown = tuple(dict.fromkeys((*headline(task), *metrics)))
    for name in metrics:
        check_metric(results, name)
        for one in (name, *(f"{test}.{name}" for test in names_of_tests(results) if "." not in name)):
            results = with_metric(results, one)
    now = current(results)
    findings, cautions = divided(
        findings_of(
            now.ok,
            {key: said["label"] for key, said in results.study["configurations"].items()},
            still_arms(results.study),
        )
    )
    report = Report(
        study=results.study["study"],
        task=task,
        path=results.path,
        level=level,
        headline=shown,
        rows=rows_of(now, results.study["configurations"], shown, level),
        failures=failures_of(now, results.study["configurations"]),
        findings=tuple(findings),
        cautions=tuple(cautions),
        folds=n_folds(results),
        tests=names_of_tests(results),
    )
    report = with_intervals(report, results)
    report = with_repeated(report, standing) if standing is not None else report
    stopped = notes_of(standing) if standing is not None else without
    report = replace(report, notes=(*notes(report, now, results), *stopped, *report.notes))
    return replace(
        report,
        methods=" ".join(filter(None, [methods_text(report, results), *methods_of(standing)])),
        answer=answer,
        classes=class_reports(results, level),
        groups=study_groups(results, group, level),
    )


def _standing(results: Results) -> tuple[Standing | None, list[str]]:
    """Return where a study stands that stops by itself, or why its decisions cannot be told."""
    try:
        return standing_of(results), []
    except InputError as error:
        return None, [f"No decisions: {error}"]
