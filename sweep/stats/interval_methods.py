"""The ways to an interval for new subjects, a row each: who asks for one by its word finds its source and function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sweep.errors import InputError, nearest
from sweep.stats.crossed_bootstrap import crossed_limits
from sweep.stats.interval import Kind
from sweep.stats.orh import Uncertainty
from sweep.stats.rate_limits import ON_LOGIT
from sweep.stats.scored_trials import FloatArray
from sweep.stats.two_level import two_level_limits


@dataclass(frozen=True)
class Seen:
    """What an interval for new subjects is made from.

    answer: the mean over seeds with its standard error. replicates: (B, S) every seed with the subjects resampled.
    unit: what a case is. resampled: how cases were resampled, in words. rate: whether limits of a rate are asked for.
    """

    answer: Uncertainty
    replicates: FloatArray
    unit: str
    resampled: str
    rate: bool


Limits = Callable[[Seen, float, np.random.Generator | None], tuple[float, float]]


@dataclass(frozen=True)
class IntervalMethod:
    """A way to an interval.

    word: how a person asks for it. title: what `Interval.method` says, {unit} and {resampled} filled in. citation: its
    source. kind: what it is to code. covers: what it covers, {unit} filled in. limits: the function. on_logit: whether
    limits of a rate are on the logit scale. exact_at_edge: whether a rate of 0 or 1 has Clopper-Pearson's instead.
    fewest_seeds: below that it is too narrow.
    """

    word: str
    title: str
    citation: str
    kind: Kind
    limits: Limits
    covers: str = "new {unit}s"
    on_logit: bool = False
    exact_at_edge: bool = True
    fewest_seeds: int = 2

    def named(self, seen: Seen) -> str:
        """Return the title with its words filled in."""
        title = self.title.format(unit=seen.unit, resampled=seen.resampled)
        return f"{title}, {ON_LOGIT}" if self.on_logit and seen.rate else title


def _orh(seen: Seen, level: float, rng: np.random.Generator | None) -> tuple[float, float]:
    return seen.answer.interval(level, rate=seen.rate)


def _orh_plain(seen: Seen, level: float, rng: np.random.Generator | None) -> tuple[float, float]:
    return seen.answer.interval(level)


def _crossed(seen: Seen, level: float, rng: np.random.Generator | None) -> tuple[float, float]:
    return crossed_limits(seen.replicates, level, given(rng, "crossed bootstrap"))


def _two_level(seen: Seen, level: float, rng: np.random.Generator | None) -> tuple[float, float]:
    return two_level_limits(seen.replicates, level, given(rng, "two-level bootstrap"))


def given(rng: np.random.Generator | None, word: str) -> np.random.Generator:
    """Return the generator that a method draws from.

    Raises:
        InputError: none was given.
    """
    if rng is None:
        raise InputError(f"Expected rng for the {word}. Received: none. Give np.random.default_rng(0).")
    return rng


_ROWS = (
    IntervalMethod(
        word="orh",
        title="Obuchowski-Rockette-Hillis, {resampled}",
        citation="Hillis, Statistics in Medicine 26, 2007; limits of a rate on the logit scale",
        kind=Kind.ORH,
        limits=_orh,
        on_logit=True,
    ),
    IntervalMethod(
        word="orh plain",
        title="Obuchowski-Rockette-Hillis, {resampled}",
        citation="Hillis, Statistics in Medicine 26, 2007",
        kind=Kind.ORH,
        limits=_orh_plain,
        exact_at_edge=False,
    ),
    IntervalMethod(
        word="crossed bootstrap",
        title="crossed bootstrap of seeds and {unit}s, percentile",
        citation="Owen, Annals of Applied Statistics 1, 2007 (pigeonhole bootstrap)",
        kind=Kind.BOOTSTRAP,
        limits=_crossed,
        fewest_seeds=5,
    ),
    IntervalMethod(
        word="two-level bootstrap",
        title="two-level bootstrap of seeds and {unit}s, percentile",
        citation="Rao and Wu, JASA 83, 1988, at both levels",
        kind=Kind.BOOTSTRAP,
        limits=_two_level,
        fewest_seeds=5,
    ),
)
METHODS: Mapping[str, IntervalMethod] = {row.word: row for row in _ROWS}


def method_named(word: str) -> IntervalMethod:
    """Return the row of a method; a dash is as good as a blank, as on the command line.

    Raises:
        InputError: no such method; the nearest is named.
    """
    rows = {_plain(row.word): row for row in METHODS.values()}
    if _plain(word) not in rows:
        raise InputError(
            f"Expected method {', '.join(map(repr, METHODS))}. Received: {word}.{nearest(str(word), list(METHODS))}"
        )
    return rows[_plain(word)]


def _plain(word: str) -> str:
    return word.replace("-", " ")
