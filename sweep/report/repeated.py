"""Intervals of a study that stopped by itself: wide enough to hold at whichever look it stopped."""

import math
from dataclasses import replace

from sweep.analysis.standing import Decision, Standing
from sweep.metrics.catalogue import metric_called
from sweep.report.summary import MetricOverSeeds, Report, Row
from sweep.stats.interval import NEW_SUBJECTS, Interval, Kind
from sweep.stats.rate_limits import t_limits

REPEATED = "repeated"
_BY_T = (Kind.ORH, Kind.STUDENT, Kind.MODERATED)


def with_repeated(report: Report, standing: Standing) -> Report:
    """Return the report with repeated confidence intervals in the place of those of one look.

    A look's limit is read as a level: the interval of a single look at that level is the repeated interval (Jennison
    and Turnbull 2000, chapter 9). After Stein's two stages it has the t of the first stage.
    """
    last = standing.last()
    rows = tuple(_row(row, standing, last.get(row.config_id)) for row in report.rows)
    return replace(report, rows=rows, decisions=standing)


def _row(row: Row, standing: Standing, decision: Decision | None) -> Row:
    level = standing.levels.get(row.config_id)
    if level is None:
        return row
    found = {}
    for name, metric in row.metrics.items():
        rate = metric_called(name).rate
        here = repeated(metric.interval, level, rate=rate)
        new = repeated(metric.new_subjects, level, rate=rate) if metric.new_subjects else None
        found[name] = replace(metric, interval=here, new_subjects=new)
    name = standing.metric.name
    if decision is not None and not standing.stop.races and name in found:
        found[name] = _promised(found[name], standing, decision)
    return replace(row, metrics=found)


def repeated(interval: Interval, level: float, *, rate: bool) -> Interval:
    """Return an interval at the level of its look, named as such; exact limits of a count stay as they are."""
    if interval.kind not in _BY_T or math.isnan(interval.se) or math.isnan(interval.df):
        return interval
    low, high = t_limits(interval.value, interval.se, interval.df, level, rate=rate)
    low, high = min(low, interval.low), max(high, interval.high)
    return replace(interval, low=low, high=high, method=f"{interval.method}, {REPEATED}")


def _promised(metric: MetricOverSeeds, standing: Standing, decision: Decision) -> MetricOverSeeds:
    """Return the metric with the interval whose half-width was promised, of the seeds that it was promised for."""
    of_new = standing.covers == NEW_SUBJECTS
    base = metric.new_subjects if of_new else metric.interval
    if base is None:
        return metric
    own = replace(base, value=decision.estimate, low=decision.low, high=decision.high, method=f"Stein, {REPEATED}")
    return replace(metric, new_subjects=own) if of_new else replace(metric, interval=own)
