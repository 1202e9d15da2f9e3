"""How a metric is written: its title, per cent or its own unit, and as many digits as its spread deserves."""

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from sweep.metrics.catalogue import metric_called
from sweep.report.summary import MetricOverSeeds, Report


@dataclass(frozen=True)
class Scale:
    """The writing of one metric: multiply by `factor`, round to `decimals`; unit is "%" or ""."""

    title: str
    factor: float
    decimals: int
    unit: str

    @property
    def heading(self) -> str:
        """Title and unit."""
        return f"{self.title} (%)" if self.unit else self.title

    def number(self, value: float) -> str:
        """Return the value as text, "-" for NaN."""
        if math.isnan(value):
            return "-"
        scaled = value * self.factor
        if self.decimals > 6 or abs(scaled) >= 1e7:
            return f"{scaled:.3g}"
        text = f"{scaled:.{self.decimals}f}"
        return text.removeprefix("-") if float(text) == 0 else text

    def limits(self, low: float, high: float) -> str:
        """Return "[low, high]"."""
        return f"[{self.number(low)}, {self.number(high)}]"

    def estimate(self, metric: MetricOverSeeds) -> str:
        """Return mean and interval, or the mean alone and why: one seed, none."""
        interval = metric.interval
        if not interval.n_seeds:
            return interval.note
        if math.isnan(interval.low):
            return f"{self.number(interval.value)} (one seed)"
        return f"{self.number(interval.value)} {self.limits(interval.low, interval.high)}"


def scale_of(report: Report, name: str) -> Scale:
    """Return how a metric is written in all rows of a report."""
    row = metric_called(name)
    per_cent = row.unit == "%"
    factor = 100.0 if per_cent else 1.0
    metrics = [row.metrics[name] for row in report.rows if name in row.metrics]
    decimals = _decimals(factor, metrics)
    return Scale(row.heading, factor, max(decimals, 1) if per_cent else decimals, row.unit)


def _decimals(factor: float, metrics: Iterable[MetricOverSeeds]) -> int:
    """Return the decimals that show two digits of the middle SD; without one, four digits of the largest mean."""
    metrics = list(metrics)
    spreads = [factor * metric.interval.sd for metric in metrics if metric.interval.sd > 0]
    if spreads:
        return max(0, 1 - math.floor(math.log10(statistics.median(spreads))))
    means = [abs(factor * metric.interval.value) for metric in metrics if abs(metric.interval.value) > 0]
    return max(0, 2 - math.floor(math.log10(max(means)))) if means else 1
