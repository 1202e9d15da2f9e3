"""Which configurations a figure shows when there are more than it can hold."""

import numpy as np

from sweep.metrics.catalogue import metric_called
from sweep.report.summary import Report


def spread(report: Report, most: int) -> list[int]:
    """Return at most `most` rows that have a seed: all, or some from the best to the worst, in the plan's order.

    Ranked by the mean of the first headline metric (for verification EER on dev, so that test ranks nothing).
    """
    name = with_values(report)[0]
    shown = [at for at, row in enumerate(report.rows) if row.metrics[name].interval.n_seeds]
    if len(shown) <= most:
        return shown
    sign = -1 if metric_called(name).higher_is_better else 1
    ranked = sorted(shown, key=lambda at: sign * report.rows[at].metrics[name].interval.value)
    return sorted(ranked[place] for place in np.linspace(0, len(ranked) - 1, most).round().astype(int))


def with_values(report: Report) -> list[str]:
    """Return the headline metrics that a seed has; all of them where none has any."""
    names = [name for name in report.headline if any(row.metrics[name].interval.n_seeds for row in report.rows)]
    return names or list(report.headline)


def said(report: Report, shown: list[int]) -> str:
    """Return what a figure says of its choice, "" when it shows every configuration."""
    if len(shown) == len(report.rows):
        return ""
    title = metric_called(with_values(report)[0]).title
    return f"{len(shown)} of {len(report.rows)} configurations, from the best to the worst mean {title}"
