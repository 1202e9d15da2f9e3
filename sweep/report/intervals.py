"""The intervals of the headline metrics, for new subjects and for this test set, and what must be said beside them."""

import math
from dataclasses import replace

import numpy as np

from sweep import stats
from sweep.analysis.measured_study import SEED, measure_study
from sweep.errors import InputError
from sweep.metrics.catalogue import metric_called
from sweep.report.joint_notes import said_once
from sweep.report.labels import names
from sweep.report.metric_format import scale_of
from sweep.report.summary import MetricOverSeeds, Report, Row
from sweep.stats import Estimate
from sweep.stats.interval import Kind
from sweep.stats.moderated import FEWEST, SHARED
from sweep.stats.new_subjects import join
from sweep.store.store import Results


def with_intervals(report: Report, results: Results) -> Report:
    """Return the report with the interval for new subjects in each headline metric, of test and of each further test
    set, and with what must be said of it.

    The bootstrap draws from seed 0, so that the same trials give the same report.
    """
    notes: list[str] = []
    for name in dict.fromkeys((*report.headline, *report.on_tests)):
        on = f"{name.partition('.')[0]}: " if name in report.on_tests else ""
        if not any(row.n_ok for row in report.rows):
            return report
        try:
            measured = measure_study(results, name, rng=np.random.default_rng(SEED))
            found = {estimate.config: estimate for estimate in stats.estimates(measured, level=report.level)}
        except InputError as error:
            notes.append(f"{on}No interval for new subjects: {str(error).rstrip('.')}.")
            continue
        labels = dict(zip((row.config_id for row in report.rows), names(report), strict=True))
        # Seeds that failed have sentences of their own.
        cautions = said_once([(labels[key], join(*one.new_subjects.cautions)) for key, one in found.items()])
        cautions = [f"{on}{said}" for said in cautions]
        notes += said_once([(labels[key], f"{name}: {one.apart}" if one.apart else "") for key, one in found.items()])
        notes += cautions
        report = replace(report, rows=tuple(_row(row, name, found.get(row.config_id)) for row in report.rows))
    return replace(
        report,
        notes=(
            *report.notes,
            *dict.fromkeys(notes),
            *_shared(report),
            *_wider(report),
            *_failed(report),
            *_luck(report),
        ),
    )


def _row(row: Row, name: str, found: Estimate | None) -> Row:
    """Return the row with the intervals of one metric in place."""
    if found is None:
        return row
    metric, new = row.metrics[name], found.new_subjects
    here = found.this_test_set if found.this_test_set.kind is Kind.MODERATED else metric.interval
    changed = replace(metric, interval=here, new_subjects=None if math.isnan(new.low) else new)
    return replace(row, metrics={**row.metrics, name: changed})


def _failed(report: Report) -> list[str]:
    """Return for each configuration with failures how often it fails, and its last headline metric with them."""
    said = []
    name = report.headline[-1]
    for row, label in zip(report.rows, names(report), strict=True):
        if not row.n_failed:
            continue
        measure, scale = metric_called(name), scale_of(report, name)
        found = stats.failures(row.metrics[name].values, row.n_failed, measure.chance, report.level, rate=measure.rate)
        text = (
            f"{label}: {row.n_failed} of {found.n_planned} seeds failed, "
            f"{100 * found.rate.low:.0f} to {100 * found.rate.high:.0f} % (Clopper-Pearson)"
        )
        if found.at_chance:
            text += (
                f"; {scale.heading} with failures at chance {scale.number(found.at_chance.value)}, "
                f"median {scale.number(found.median)}"
            )
        said.append(f"{text}.")
    return said


def _shared(report: Report) -> list[str]:
    """Return that the intervals for this test set depend on each other, where they do."""
    return [f"{SHARED[0].upper()}{SHARED[1:]}."] if moderated(report) else []


def _wider(report: Report) -> list[str]:
    """Return why an interval for this test set may be wider than the one for new subjects."""
    every = [row.metrics[name] for row in report.rows for name in report.headline]
    if not any(one.new_subjects and one.interval.half_width > one.new_subjects.half_width * 1.02 for one in every):
        return []
    return [
        "Some intervals for this test set are wider than those for new subjects. The reason: they share their SD "
        "over the grid, and the others use the SD of one configuration. Both SDs are rough with few seeds."
    ]


def _luck(report: Report) -> list[str]:
    """Return how much better than the mean the best of the seeds is by luck alone."""
    n = max(row.n_ok for row in report.rows)
    if n < 3:
        return []
    return [
        f"By luck alone, the best of {n} seeds is expected to be {stats.best_of_normal(n):.2f} SD better than the "
        "mean. Report the mean, not the best seed."
    ]


def moderated(report: Report) -> bool:
    """Return whether the intervals for this test set share their variances over the grid."""
    return len(report.rows) >= FEWEST and any(
        row.metrics[name].interval.kind is Kind.MODERATED for row in report.rows for name in report.headline
    )


def shares(metric: MetricOverSeeds) -> dict[str, float]:
    """Return the share of each source in the variance of one run on a new test set, empty where unknown."""
    parts = metric.new_subjects.components if metric.new_subjects else {}
    kept = {label: parts.get(key, 0.0) for label, key in SOURCES.items()}
    total = sum(kept.values())
    return {label: value / total for label, value in kept.items()} if total > 0 else {}


SOURCES = {"seed": "seed", "test set": "test_set", "seed x test set": "seed_x_test_set"}
