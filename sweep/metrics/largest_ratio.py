"""The largest ratio of an error rate between two groups, with limits that follow from simultaneous intervals."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

_MOST = 1000  # a ratio beyond it is written as more


class Limited(Protocol):
    """A rate with limits: value, low, high, as fractions; n_units: people that it is of, 0 where none are named."""

    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def n_units(self) -> int: ...


@dataclass(frozen=True)
class Limits:
    """A rate with its limits, see `Limited`."""

    value: float
    low: float
    high: float
    n_units: int


@dataclass(frozen=True)
class LargestRatio:
    """The rate of the group with most errors over that of the group with fewest.

    value: of the estimates, None where the lower one is 0. low, high: limits of the largest ratio between any two
    groups, at the confidence of the simultaneous intervals; high is None where none exists. most, fewest: the groups.
    note: why a number is missing.
    """

    value: float | None
    low: float
    high: float | None
    most: str
    fewest: str
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return every field."""
        return asdict(self)

    def __str__(self) -> str:
        """Return one sentence."""
        value = "not defined" if self.value is None else f"{self.value:.2f}"
        high = None if self.high is None else f"{self.high:.2f}" if self.high < _MOST else f"more than {_MOST}"
        limits = f"{self.low:.2f} to {high}" if high else f"at least {self.low:.2f}"
        told = f" {self.note}" if self.note else ""
        return f"largest ratio between groups {value} ({self.most} to {self.fewest}), interval {limits}.{told}"


def largest_ratio(every: Mapping[str, Limited], unit: str = "subject") -> LargestRatio | None:
    """Return the largest ratio between two groups with its interval; None with fewer than two groups.

    A group of one person, of which nothing is known beyond him, is left out.

    While every interval holds its rate, the logarithm of the largest ratio lies between the largest
    log low_i - log high_j over all pairs of groups and the largest log high_i - log low_j: so it does at the confidence
    at which all intervals hold together, whatever the groups share. No choice of a pair has to be paid for.

    Args:
        every: group -> its rate with a simultaneous interval.
        unit: what was taken for independent, in words.

    Reference: Miller, Simultaneous Statistical Inference, 1981 (projections of a simultaneous region).
    """
    rates = {name: rate for name, rate in every.items() if rate.n_units != 1}
    if len(rates) < 2:
        return None
    most = max(rates, key=lambda name: (rates[name].value, rates[name].low))
    fewest = min((name for name in rates if name != most), key=lambda name: (rates[name].value, rates[name].high))
    top, bottom = rates[most].value, rates[fewest].value
    pairs = [(a, b) for a in rates for b in rates if a != b]
    # In logarithms, as a ratio and its inverse are as far from 1.
    low = max(_log(rates[a].low) - _log(rates[b].high) for a, b in pairs)
    high = max(_log(rates[a].high) - _log(rates[b].low) for a, b in pairs)
    free = [name for name, rate in rates.items() if not rate.value]
    note = ""
    if len(free) == len(rates):
        note = "No group has an error."
    elif free:
        note = f"No error in {_few(free)}: no upper limit."
    elif math.isinf(high):
        note = "A rate may be 0: no upper limit."
    if alone := [name for name in every if name not in rates]:
        note = f"{note} Left out, with one {unit}: {_few(alone)}.".strip()
    return LargestRatio(
        value=top / bottom if bottom > 0 else None,
        low=math.exp(max(low, 0.0)),
        high=None if math.isinf(high) else math.exp(high),
        most=most,
        fewest=fewest,
        note=note,
    )


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _log(rate: float) -> float:
    return math.log(rate) if rate > 0 else -math.inf
