"""The first sentences of a page: which configuration is better, and the best one's mean with both intervals."""

from collections.abc import Mapping

import numpy as np

from sweep.analysis.answers import compare_measured
from sweep.analysis.measured_study import SEED, measure_study
from sweep.errors import InputError
from sweep.metrics.catalogue import metric_called
from sweep.report.labels import names
from sweep.report.metric_format import Scale, scale_of
from sweep.report.summary import Report
from sweep.report.text_columns import probability
from sweep.stats import Comparison
from sweep.store.store import Results

MOST = 12  # configurations that are compared: of more, the best with the next


def opening(report: Report, results: Results) -> tuple[str, ...]:
    """Return a sentence on the best configuration with both intervals, and the verdict on it and the next one.

    "Best" is the best mean of the last metric of the table; its interval does not know that it was chosen.
    """
    if report.decisions and report.decisions.verdict:
        return (report.decisions.verdict,)
    name = report.headline[-1]
    known = [row for row in report.rows if row.metrics[name].interval.n_seeds]
    if not known:
        return ("No seed finished: there is no answer yet.",)
    sign = -1 if metric_called(name).higher_is_better else 1
    ranked = sorted(known, key=lambda row: sign * row.metrics[name].interval.value)
    label = dict(zip((row.config_id for row in report.rows), names(report), strict=True))
    best = ranked[0].metrics[name]
    scale, level = scale_of(report, name), f"{100 * report.level:g} %"
    unit, title = f" {scale.unit}" if scale.unit else "", metric_called(name).title or name
    here = best.interval
    parts = []
    if here.low == here.low:
        parts.append(f"{scale.limits(here.low, here.high)}{unit} for another seed on {here.covers}")
    if best.new_subjects:
        parts.append(
            f"{scale.limits(best.new_subjects.low, best.new_subjects.high)}{unit} for {best.new_subjects.covers}"
        )
    limits = f" ({level} intervals: {'; '.join(parts)})" if parts else " (one seed: no interval)"
    lead = f"{label[ranked[0].config_id]} has the best mean: " if len(known) > 1 else ""
    n = f"mean of {here.n_seeds} seed{'s' * (here.n_seeds != 1)}"
    said = f"{lead}{title} {scale.number(here.value)}{unit}, {n}{limits}."
    return (said, *_verdict(report, results, name, [row.config_id for row in ranked], label))


def _verdict(
    report: Report, results: Results, name: str, ranked: list[str], label: Mapping[str, str]
) -> tuple[str, ...]:
    if len(ranked) < 2:
        return ()
    try:
        measured = measure_study(results, name, rng=np.random.default_rng(SEED))
        compared = compare_measured(
            results, measured, reference=ranked[0] if len(ranked) > MOST else None, paired=None, level=report.level
        )
    except InputError as error:
        return (f"No comparison: {str(error).rstrip('.')}.",)
    for one in compared:
        if {one.a, one.b} == set(ranked[:2]):
            return (_told(one, scale_of(report, name), label),)
    return ()


def _told(one: Comparison, scale: Scale, label: Mapping[str, str]) -> str:
    """Return who is better, with the difference and its interval: for new subjects where there is one."""
    gap, p, better = one.new_subjects, one.p_new_subjects_holm, one.better
    if gap.low != gap.low:
        gap, p, better = one.this_test_set, one.p_this_test_set_holm, one.better_here
    a, b = label[one.a], label[one.b]
    if gap.low != gap.low:
        return f"{a} and {b}: no verdict; {gap.note}."
    word = "better than" if better == one.a else "worse than" if better == one.b else "not told apart from"
    unit = " points" if scale.unit else ""
    adjusted = f", Holm over {one.n_comparisons}" if one.n_comparisons > 1 else ""
    return (
        f"{a} is {word} {b} for {gap.covers}: difference {scale.number(gap.value)}{unit} "
        f"{scale.limits(gap.low, gap.high)} ({a} less {b}), p {_sign(probability(p))}{adjusted}."
    )


def _sign(p: str) -> str:
    return p if p.startswith("<") else f"= {p}"
