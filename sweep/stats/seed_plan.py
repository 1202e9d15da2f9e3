"""What a precision costs: seeds for this test set and for new subjects, and what only more subjects could buy."""

import math
from dataclasses import dataclass, replace
from typing import Any

from sweep.stats.interval import check_level
from sweep.stats.planning import (
    least,
    sd_interval,
    seeds_for_half_width,
    seeds_for_power,
    seeds_in_two_stages,
    seeds_with_assurance,
)
from sweep.stats.student import t_quantile


@dataclass(frozen=True)
class Plan:
    """The seeds that a half-width needs, in the unit of the metric.

    seeds: a configuration, so that the interval for this test set is expected to be so narrow. seeds_assured: so that
    it is, with 90 % probability, over pilots and fresh seeds. seeds_upper: as `seeds`, were the SD at the upper limit
    of its own 80 % interval.
    seeds_two_stage: Stein's rule, which keeps its coverage although the pilot chose the number, and
    half_width_two_stage: what his interval then reaches on each side of the mean of all these seeds; with a pilot only.
    seeds_power: an arm, to see a difference of `half_width` with 80 % power.
    seeds_new_subjects: for the interval for new subjects, None where no number of seeds is enough.
    floor: the half-width that no number of seeds goes below; only more subjects do. n_subjects: of the pilot.
    cov2: what the floor comes from. shared: whether it is the mean over configurations, the own estimate being below 0.
    subjects: that the pilot's number of seeds needs, subjects_floor: below which no number of seeds is enough.
    """

    half_width: float
    level: float
    sd: float
    sd_low: float
    sd_high: float
    n_pilot: int
    seeds: int
    seeds_assured: int
    seeds_upper: int | None
    seeds_two_stage: int | None
    seeds_power: int
    n_subjects: int = 0
    floor: float = math.nan
    half_width_now: float = math.nan
    seeds_new_subjects: int | None = None
    subjects: int | None = None
    subjects_floor: int | None = None
    half_width_two_stage: float = math.nan
    cov2: float = math.nan
    shared: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return every field by name, for JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def plan_seeds(
    half_width: float,
    sd: float,
    n_pilot: int = 0,
    *,
    level: float = 0.95,
    cov2: float = math.nan,
    n_subjects: int = 0,
    shared_cov2: float = math.nan,
) -> Plan:
    """Return what a half-width needs, from the SD over the seeds of a pilot or from a given SD.

    Args:
        half_width: wanted, in the unit of the metric.
        sd: over seeds on one test set. n_pilot: seeds that it comes from, 0 for a given SD.
        level: nominal coverage.
        cov2: what the test set adds to the mean, from the pilot's `components`; NaN where unknown.
        n_subjects: of the pilot's test set.
        shared_cov2: mean of cov2 over all configurations of the study, which stands in where cov2 itself is below 0:
            the people are the same in all of them. NaN where unknown.

    Raises:
        InputError: a half-width not above 0, or an SD that is not a number >= 0.

    >>> from sweep import stats
    >>> plan = stats.plan_seeds(0.005, 0.01, 5)
    >>> plan.seeds
    18
    """
    low, high = sd_interval(sd, n_pilot - 1) if n_pilot > 1 else (math.nan, math.nan)
    upper = sd_interval(sd, n_pilot - 1, 0.8)[1] if n_pilot > 1 else math.nan
    found = Plan(
        half_width=half_width,
        level=check_level(level),
        sd=sd,
        sd_low=low,
        sd_high=high,
        n_pilot=n_pilot,
        seeds=seeds_for_half_width(half_width, sd, level),
        seeds_assured=seeds_with_assurance(half_width, sd, level, n_pilot=n_pilot),
        seeds_upper=seeds_for_half_width(half_width, upper, level) if n_pilot > 1 else None,
        seeds_two_stage=seeds_in_two_stages(half_width, sd, n_pilot, level) if n_pilot > 1 else None,
        seeds_power=seeds_for_power(half_width, sd, level),
    )
    if found.seeds_two_stage:
        reach = t_quantile(0.5 + level / 2, n_pilot - 1) * sd / math.sqrt(found.seeds_two_stage)
        found = replace(found, half_width_two_stage=reach)
    if math.isnan(cov2) or n_subjects < 1:
        return found
    shared = cov2 <= 0 < shared_cov2
    found = replace(found, shared=shared, cov2=shared_cov2 if shared else max(cov2, 0.0))
    return _with_subjects(found, found.cov2, n_subjects)


def _with_subjects(plan: Plan, cov2: float, n_subjects: int) -> Plan:
    """Return the plan with what holds for new subjects; MS is taken not to fall with them, a little pessimistic."""
    ms, z = plan.sd**2, t_quantile(0.5 + plan.level / 2, math.inf)

    def width(n: int, growth: float) -> float:
        variance = ms / n + cov2 / growth
        df = (n - 1) * (variance / (ms / n)) ** 2 if ms > 0 else math.inf
        return t_quantile(0.5 + plan.level / 2, df) * math.sqrt(variance)

    floor = z * math.sqrt(cov2)
    seeds = least(lambda n: width(n, 1.0) <= plan.half_width, 1.0) if floor < plan.half_width else None
    subjects = None
    if plan.n_pilot > 1 and width(plan.n_pilot, math.inf) < plan.half_width:
        subjects = least(lambda n: width(plan.n_pilot, n / n_subjects) <= plan.half_width, 1.0)
    return replace(
        plan,
        n_subjects=n_subjects,
        floor=floor,
        half_width_now=width(plan.n_pilot, 1.0) if plan.n_pilot > 1 else math.nan,
        seeds_new_subjects=seeds,
        subjects=subjects,
        subjects_floor=math.ceil(n_subjects * (floor / plan.half_width) ** 2),
    )
