"""From the store to the report's numbers."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sweep.analysis.classes import class_reports
from sweep.analysis.current import Current, current
from sweep.checks import divided
from sweep.checks.results import findings_of, still_arms
from sweep.metrics.catalogue import headline, metric_called
from sweep.report.answer import answer_of
from sweep.report.intervals import with_intervals
from sweep.report.methods_text import methods_text
from sweep.report.notes import notes
from sweep.report.summary import Failure, MetricOverSeeds, Report, Row
from sweep.stats import THIS_TEST_SET, Interval, t_interval
from sweep.stats.interval import OTHER_SPLITS, Kind, check_level
from sweep.stats.seeds import T_OVER_SEEDS
from sweep.store.store import Results
from sweep.study.trust import NOBODY_ELSE, Trust


def summarise(results: Results, level: float = 0.95, *, trust: Trust = NOBODY_ELSE) -> Report:
    """Return the report of the current plan's trials; nothing is written.

    Args:
        results: what `sweep.store.store.load` returns.
        level: nominal coverage of the intervals.
        trust: whose `answer` is called beside Seed Sweep's own and those of the current folder.

    Raises:
        InputError: a level outside (0, 1), or an `answer` that is not trusted.
    """
    level = check_level(level)
    answer = answer_of(results, level, trust)  # first, since it may be refused
    now = current(results)
    task = results.study["task"]
    shown = headline(task)
    names = _metric_names(now.ok, shown)
    ok = {str(key): rows for key, rows in now.ok.groupby("config_id", sort=False)} if len(now.ok) else {}
    planned = now.plan["config_id"].value_counts().to_dict()
    failed = now.failed["config_id"].value_counts().to_dict() if len(now.failed) else {}
    rows = []
    for config_id, said in results.study["configurations"].items():
        seeds = ok.get(config_id, now.ok.iloc[:0])
        rows.append(
            Row(
                config_id=config_id,
                label=said["label"],
                hp=said["hp"],
                n_planned=int(planned.get(config_id, 0)),
                n_ok=len(seeds),
                n_failed=int(failed.get(config_id, 0)),
                metrics={name: _over_seeds(seeds, name, level, int(failed.get(config_id, 0))) for name in names},
            )
        )
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
        rows=tuple(rows),
        failures=_failures(now, results.study["configurations"]),
        findings=tuple(findings),
        cautions=tuple(cautions),
    )
    report = with_intervals(report, results)
    report = replace(report, notes=(*notes(report, now, results), *report.notes))
    return replace(
        report,
        methods=methods_text(report, results),
        answer=answer,
        classes=class_reports(results, level),
    )


def _metric_names(ok: pd.DataFrame, headline: tuple[str, ...]) -> list[str]:
    stored = [name.removeprefix("metric.") for name in ok.columns if name.startswith("metric.")]
    return [*headline, *(name for name in stored if name not in headline)]


def _over_seeds(seeds: pd.DataFrame, name: str, level: float, n_failed: int) -> MetricOverSeeds:
    """Return one metric over the seeds of one configuration; the place of the interval for new subjects."""
    column = f"metric.{name}"
    every = seeds[column].to_numpy(float) if column in seeds else np.full(len(seeds), np.nan)
    values = every[np.isfinite(every)]
    n_undefined = len(every) - len(values)
    if values.size:
        interval = replace(
            t_interval(values, level, rate=metric_called(name).rate), n_failed=n_failed, covers=_covers(seeds)
        )
    else:
        why = "no value in any seed" if len(every) else "no seed finished"
        interval = Interval(
            math.nan,
            math.nan,
            math.nan,
            level,
            T_OVER_SEEDS,
            _covers(seeds),
            0,
            n_failed=n_failed,
            note=why,
            kind=Kind.STUDENT,
        )
    return MetricOverSeeds(values, interval, n_undefined)


def _covers(seeds: pd.DataFrame) -> str:
    """Return what an interval over these seeds covers: seeds with other data were tested on other samples."""
    return THIS_TEST_SET if not len(seeds) or seeds["data_id"].nunique() <= 1 else OTHER_SPLITS


def _failures(now: Current, configurations: dict[str, Any]) -> tuple[Failure, ...]:
    found = []
    for row in now.failed.to_dict("records"):
        lines = str(row["error"] or "").strip().splitlines()
        label = configurations[row["config_id"]]["label"]
        error = lines[0] if lines else "no error was recorded"
        found.append(Failure(row["trial_id"], label, int(row["seed"]), error))
    return tuple(found)
