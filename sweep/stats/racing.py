"""A race of configurations: after each round of seeds, which are worse than the leader, and whether to go on.

Valid at every look. The difference of two means has information 1 / (subjects + seeds / n), which grows with the seeds
n towards that of the subjects alone; its estimates at successive looks have the canonical joint distribution, so that
the error is spent by the fraction of the information at `most` seeds (Lan and DeMets 1983). The limits for |Z| are
read as p-values, to be met by Student's t (Jennison and Turnbull 2000, section 4.4).
"""

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from sweep.metrics.special_functions import special
from sweep.stats.race_spread import Seen, Spread, Spreads
from sweep.stats.scored_trials import FloatArray
from sweep.stats.spending import boundaries, pocock
from sweep.stats.student import t_quantile, t_two_sided

IN_VAIN = 0.1  # a race stops where the probability that `most` seeds tell any two apart is below it
# Of the error, this share is spent. With few seeds Student's t correlates less between looks than the normal law, by
# which the limits are computed: two equal configurations are then told apart in 5.6 % of races, not in 5 %.
SPENT = 0.85
POWER = 0.8
MOST_TIMES = 10_000  # as many subjects, or seeds, as there are: more is no answer


class Ending(Enum):
    """Why a race ends."""

    GOES_ON = ""
    ONE_LEFT = "one is left"
    EQUIVALENT = "those left are equivalent within the margin"
    IN_VAIN = "more seeds would not tell those left apart"
    MOST = "the most seeds were run"


@dataclass(frozen=True)
class Rule:
    """How a race is run.

    looks: seeds a configuration at each look so far, the present one last. most: seeds at the last look that may come.
    level: 1 - the error of all decisions together. margin: differences that do not matter; NaN: none was stated.
    """

    looks: tuple[int, ...]
    most: int
    level: float = 0.95
    margin: float = math.nan


@dataclass(frozen=True)
class Gap:
    """How much worse a configuration is than the leader, at one look.

    value, low, high: the difference with its repeated confidence interval. p: two-sided. p_limit: what p must not
    exceed at this look. fraction: of the information that `most` seeds would give. spent: error spent by now.
    would_tell: probability that `most` seeds tell the two apart, given what was seen. worse: whether they do now.
    same: whether the two are equivalent within the margin.
    """

    value: float
    low: float
    high: float
    p: float
    p_limit: float
    fraction: float
    spent: float
    would_tell: float
    worse: bool
    same: bool


@dataclass(frozen=True)
class Look:
    """What one look decides.

    leader: the best configuration in the race. gaps: of each other one that was in the race. low, high: (C,) repeated
    confidence intervals of the means, and level: (C,) the level of an interval of one look that is as wide; NaN for
    those out of the race. racing: (C,) who goes on. ending: why the race ends, if it does.
    """

    leader: int
    gaps: dict[int, Gap]
    low: FloatArray
    high: FloatArray
    level: FloatArray
    racing: NDArray[np.bool_]
    ending: Ending


def look(seen: Seen, racing: NDArray[np.bool_], rule: Rule) -> Look:
    """Return the decisions of one look.

    Each one in the race is tested against the leader. The error is shared equally by all pairs in the race
    (Bonferroni): once a configuration has left, the pairs of the others share the whole of it. For a wrong loss among
    those that are equally the best, this is a closed test: as long as none of them was lost, all of them are in the
    race, which has no fewer pairs than they (Shaffer 1986; Maurer and Bretz 2013 for looks).

    Args:
        seen: what there is of all configurations, those out of the race included.
        racing: (C,) who is in the race.
        rule: how the race is run.
    """
    left = np.flatnonzero(racing)
    leader = int(left[np.argmin(seen.mean[left])])
    spreads = Spreads(seen)
    pairs = max(1, left.size * (left.size - 1) // 2)
    gaps = {
        int(one): _gap(float(seen.mean[one] - seen.mean[leader]), spreads.of_gap(int(one), leader), rule, pairs)
        for one in left
        if one != leader
    }
    low, high, level = np.full((3, seen.mean.size), np.nan)
    for one in left:
        _, p_limit, half = _reach(spreads.of_mean(int(one)), rule, SPENT * (1 - rule.level))
        low[one], high[one], level[one] = seen.mean[one] - half, seen.mean[one] + half, 1 - p_limit
    still = racing.copy()
    still[[one for one, gap in gaps.items() if gap.worse]] = False
    return Look(leader, gaps, low, high, level, still, _ending([gap for gap in gaps.values() if not gap.worse], rule))


@dataclass(frozen=True)
class Needed:
    """What would tell two configurations apart: subjects (those that there are, where seeds are enough) and seeds."""

    subjects: int
    seeds: int


def what_would_tell(seen: Seen, one: int, leader: int, rule: Rule, n_pairs: int) -> Needed | None:
    """Return subjects and seeds that would tell, with 80 % power, were the true difference the observed one.

    More subjects with the most seeds, where that is enough; else more seeds with these subjects; else more of both.
    None where there is no difference, or a number is far out of reach.

    one, leader: the configurations. n_pairs: that share the error.
    """
    spread = Spreads(seen).of_gap(one, leader)
    wanted = -float(special.ndtri((1 - rule.level) / n_pairs / 2)) + float(special.ndtri(POWER))
    allowed = (float(seen.mean[one] - seen.mean[leader]) / wanted) ** 2
    if allowed <= 0:
        return None
    subjects, seeds, left = float(seen.n_subjects), float(rule.most), allowed - spread.seeds / rule.most
    if left > 0 and spread.subjects > 0:
        subjects *= max(spread.subjects / left, 1.0)
    elif allowed > spread.subjects:
        seeds = spread.seeds / (allowed - spread.subjects)
    else:
        subjects, seeds = subjects * 2 * spread.subjects / allowed, 2 * spread.seeds / allowed
    if subjects > MOST_TIMES * max(seen.n_subjects, 1) or seeds > MOST_TIMES:
        return None
    return Needed(math.ceil(subjects), math.ceil(seeds))


def _reach(spread: Spread, rule: Rule, alpha: float) -> tuple[tuple[float, ...], float, float]:
    """Return the fractions of the looks, and of the last look the limit for p and the half-width that it means."""
    fractions = spread.fractions(rule.looks, rule.most)
    p_limit = 2 * float(special.ndtr(-boundaries(fractions, alpha, pocock)[-1]))
    se, df = spread.error(rule.looks[-1])
    half = 0.0 if se == 0 else t_quantile(1 - p_limit / 2, df) * se
    return fractions, p_limit, half


def _gap(value: float, spread: Spread, rule: Rule, pairs: int) -> Gap:
    alpha = SPENT * (1 - rule.level) / pairs
    fractions, p_limit, half = _reach(spread, rule, alpha)
    se, df = spread.error(rule.looks[-1])
    p = t_two_sided(value / se, df) if se > 0 else float(value == 0)
    now = fractions[-1]
    last = (
        p_limit
        if now >= 1 or p <= p_limit
        else 2 * float(special.ndtr(-boundaries((*fractions, 1.0), alpha, pocock)[-1]))
    )
    same = False
    if not math.isnan(rule.margin):
        # Two one-sided tests, each with the whole error: the claim needs all pairs to pass (Berger 1982).
        within = _reach(spread, rule, 2 * SPENT * (1 - rule.level))[2]
        same = value + within <= rule.margin
    return Gap(
        value,
        value - half,
        value + half,
        p,
        p_limit,
        now,
        float(pocock(alpha, np.asarray(now))),
        1.0 if p <= p_limit else _would_tell(p, now, last),
        p <= p_limit,
        same,
    )


def _would_tell(p: float, now: float, last: float) -> float:
    """Return the predictive probability that the last look is below its limit (Spiegelhalter et al. 1986)."""
    z, limit = -float(special.ndtri(p / 2)) if p > 0 else math.inf, -float(special.ndtri(last / 2))
    if now >= 1:
        return float(z >= limit)
    return float(special.ndtr((z - limit * math.sqrt(now)) / math.sqrt(1 - now)))


def _ending(left: list[Gap], rule: Rule) -> Ending:
    if not left:
        return Ending.ONE_LEFT
    if all(gap.same for gap in left):
        return Ending.EQUIVALENT
    if rule.looks[-1] >= rule.most:
        return Ending.MOST
    return Ending.IN_VAIN if all(gap.would_tell < IN_VAIN for gap in left) else Ending.GOES_ON
