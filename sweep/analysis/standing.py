"""Where a study stands that stops by itself: what was decided so far, what is needed next, and the verdict."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sweep.metrics.metric import Metric
from sweep.stats.racing import Ending
from sweep.study.stop import Stop

COLUMNS = ("look", "config_id", "n", "estimate", "low", "high", "information", "alpha_spent", "decision", "reason")


@dataclass(frozen=True)
class Decision:
    """What one look decided of one configuration, a row of decisions.parquet.

    look: from 1. n: seeds so far. estimate, low, high: mean and repeated confidence interval. information: share of the
    information that `most` seeds would give, of the difference from the leader (of the leader: from the nearest rival).
    alpha_spent: error that the comparison has spent by now. decision: one word or two. reason: in numbers.
    """

    look: int
    config_id: str
    n: int
    estimate: float
    low: float
    high: float
    information: float
    alpha_spent: float
    decision: str
    reason: str


@dataclass(frozen=True)
class Standing:
    """Where the study stands.

    decisions: of all looks. wanted: config_id -> seeds that it needs for its next look; empty where the study is over.
    verdict: a sentence, "" while it goes on. winner: config_id, "" where there is none. left: config_ids that nobody
    was better than. likely: config_ids that are surely there after the next look too, the likeliest first.
    levels: config_id -> level of an interval of one look that is as wide as its repeated interval. failed: why the
    study cannot go on, "" where it can. notes: sentences beside the verdict.
    """

    stop: Stop
    metric: Metric
    covers: str
    decisions: tuple[Decision, ...] = ()
    wanted: Mapping[str, int] = field(default_factory=dict)
    verdict: str = ""
    winner: str = ""
    left: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    levels: Mapping[str, float] = field(default_factory=dict)
    ending: Ending = Ending.GOES_ON
    failed: str = ""
    notes: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        """Return whether the study has its verdict."""
        return bool(self.verdict)

    def last(self) -> dict[str, Decision]:
        """Return the last decision of each configuration."""
        return {one.config_id: one for one in self.decisions}

    def as_dict(self) -> dict[str, Any]:
        """Return the standing as one object for JSON."""
        return {
            "until": self.stop.until,
            "metric": self.metric.name,
            "covers": self.covers,
            "level": self.stop.level,
            "verdict": self.verdict or None,
            "winner": self.winner or None,
            "left": list(self.left),
            "notes": list(self.notes),
            "looks": [asdict(one) for one in self.decisions],
        }


def amount(metric: Metric, value: float) -> str:
    """Return a value of a metric as people write it."""
    if not math.isfinite(value):
        return "-"
    return f"{100 * value:.2f} %" if metric.unit == "%" else f"{value:.4g}"


def difference(metric: Metric, value: float) -> str:
    """Return a difference of two values as people write it: of per cents in points."""
    return f"{100 * value:.2f} points" if metric.unit == "%" and math.isfinite(value) else amount(metric, value)


def within_metric(metric: Metric, low: float, high: float) -> tuple[float, float]:
    """Return limits, of a rate cut to [0, 1]."""
    return (max(low, 0.0), min(high, 1.0)) if metric.rate else (low, high)
