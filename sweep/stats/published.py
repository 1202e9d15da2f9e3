"""Is a paper's number reachable? Where such a number falls, were its runs drawn like ours, set against it."""

import math
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import ArrayLike

from sweep.errors import InputError
from sweep.stats.interval import check_level
from sweep.stats.reported import Ours, Predicted, Reported, predict, runs_that_tell
from sweep.stats.seeds import seed_values
from sweep.stats.student import t_quantile, t_two_sided

_SHARE = 1 / 3  # of the distance: the seed SD that is assumed to say how many runs would tell


@dataclass(frozen=True)
class Against:
    """A published number against what runs as ours would give.

    value: the mean over our seeds. low, high: where such a number falls; NaN where one run of ours does not tell.
    p: two-sided, of a number as far away or further. covers, assumes: in words. sd, df: of the seeds, and the degrees
    of freedom of the whole. run_variance, test_set_variance: what the interval was made from. config, n_failed,
    n_subjects: of the study. reported: what the number is, such as "the best of 5 runs". runs_needed, sd_needed: where
    one run of ours does not tell, how many would, and from which SD of the seeds on they explain the number; 0 and NaN
    elsewhere.
    """

    published: float
    value: float
    low: float
    high: float
    level: float
    p: float
    method: str
    covers: str
    assumes: str
    n_seeds: int
    sd: float
    df: float
    run_variance: float
    test_set_variance: float
    note: str = ""
    config: str = ""
    n_failed: int = 0
    n_subjects: int = 0
    reported: str = "one run"
    runs_needed: int = 0
    sd_needed: float = math.nan

    @property
    def consistent(self) -> bool | None:
        """Return whether the published number lies within the prediction interval; None where one run cannot tell."""
        if math.isnan(self.low):
            return None
        return not (self.published < self.low or self.published > self.high)

    def as_dict(self) -> dict[str, Any]:
        """Return every field by name, and the verdict, for JSON."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        components = {"run": self.run_variance, "test_sets": self.test_set_variance}
        return fields | {"components": components, "consistent": self.consistent, "verdict": str(self)}

    def __str__(self) -> str:
        """Return the verdict in words, with its assumption."""
        if math.isnan(self.low):
            return (
                f"{self.published:g} against {self.value:.4g}: one run cannot tell. {self.note} Run the same code "
                f"{self.runs_needed} times in all; or give the SD of the seeds, if you know it (--sd, --sd-from)."
            )
        word = "consistent with" if self.consistent else "not what to expect from"
        runs = f"these {self.n_seeds} seeds" if self.n_seeds > 1 else "this one run"
        chance = f"with {100 * self.level:g} % (p = {self.p:.2g})"
        said = f" {self.note}" if self.n_seeds == 1 and self.note else ""
        return (
            f"{self.published:g} is {word} {runs}: {self.reported} {self.covers} falls in "
            f"[{self.low:.4g}, {self.high:.4g}] {chance}.{said} Assumes: {self.assumes}."
        )


def against(
    values: ArrayLike,
    published: float,
    *,
    level: float = 0.95,
    pooled: tuple[float, float] | None = None,
    test_set_variance: float = 0.0,
    n_published: float | None = None,
    n_test: float | None = None,
    best_of: int = 1,
    n_seeds: int = 1,
    sd: float | None = None,
    higher_is_better: bool = False,
    published_variance: float | None = None,
    rate: bool = False,
) -> Against:
    """Return whether runs as ours could have given the published number.

    One run: mean +- t SD sqrt(1 + 1 / S) on the same test set; the best or the mean of several as in
    `sweep.stats.reported`. For a different test set the variances of both are added. One run of ours, without a known
    SD, is judged by the test sets alone; where they do not explain the number, it is said what would tell.

    Args:
        values: (S,) the metric of our seeds.
        published: the number, in the same unit.
        level: nominal coverage.
        pooled: (SD, df) of the seeds pooled over several configurations, instead of the SD of `values`.
        test_set_variance: what our own test set adds to the mean over seeds (Cov2, or p (1 - p) / n for a rate).
        n_published: size of the paper's test set, where it is another one; its variance is then
            test_set_variance * n_test / n_published.
        n_test: size of our own test set, in the same unit as n_published.
        best_of, n_seeds, sd, higher_is_better: what the number is, see `sweep.stats.reported.Reported`.
        published_variance: what the paper's test set adds, where that is known (from its counts of errors) instead of
            n_published.
        rate: whether all values are fractions from 0 to 1: where the limits would leave [0, 1] they are those of the
            arcsine scale.

    Raises:
        InputError: no seed, a published number that is not finite, or a size without the other; a count below 1.

    References: Hahn, Technometrics 11, 1969 (prediction interval); Satterthwaite, Biometrics Bulletin 2, 1946;
    Anscombe, Biometrika 35, 1948 (the arcsine scale of a rate).

    >>> from sweep import stats
    >>> hter = [0.101, 0.095, 0.110, 0.098, 0.104]
    >>> found = stats.against(hter, 0.08)
    >>> round(found.low, 3), round(found.high, 3), round(found.p, 3)
    (0.084, 0.119, 0.027)
    >>> stats.against(hter, 0.08, best_of=20).consistent
    True
    """
    array, level = seed_values(values), check_level(level)
    reported = Reported(best_of, n_seeds, sd, higher_is_better)
    if not math.isfinite(published):
        raise InputError(f"Expected a finite published number. Received: {published}.")
    n, mean = array.size, float(array.mean())
    if pooled is not None:
        (own, df), source = pooled, "the seed SD is that of all configurations pooled"
    else:
        own, df, source = (float(array.std(ddof=1)) if n > 1 else math.nan), n - 1.0, "the seed SD is that of our seeds"
    sets, covers = 0.0, "on the same test set"
    if n_published is not None or published_variance is not None:
        sets = test_set_variance + _of_paper(test_set_variance, n_published, n_test, published_variance)
        covers = "on another test set" + ("" if n_published is None else f" of {n_published:g}")
        source += ", and the other test set is drawn like ours"
    ours = Ours(mean, n, own, df, sets)
    if math.isnan(own) and reported.sd is None:
        return _by_test_sets(published, ours, reported, level, covers)
    found = predict(reported, ours, published, level)
    if rate and (found.low < 0 or found.high > 1) and 0 < mean < 1:
        found = _on_arcsine(reported, ours, published, level)
    return Against(
        published=float(published),
        value=mean,
        low=found.low,
        high=found.high,
        level=level,
        p=found.p,
        method=found.method + (", other test set" if sets else ""),
        covers=covers,
        assumes=f"the paper's run is drawn like ours, and runs vary normally; {source}",
        n_seeds=n,
        sd=own,
        df=found.df,
        run_variance=found.run,
        test_set_variance=sets,
        note="every seed gave the same value" if own == 0 else "",
        reported=str(reported),
    )


def _of_paper(ours: float, n_published: float | None, n_test: float | None, known: float | None) -> float:
    """Return the variance that the paper's test set adds."""
    if known is not None:
        return known
    if n_published is None or not n_published > 0 or n_test is None or not n_test > 0:
        raise InputError(
            f"Expected both test sets' sizes above 0. Received: n_published={n_published}, n_test={n_test}."
        )
    return ours * n_test / n_published


def _on_arcsine(reported: Reported, ours: Ours, published: float, level: float) -> Predicted:
    """Return the prediction on the scale asin(sqrt(rate)), on which the SD of a rate is about constant."""
    slope = 2 * math.sqrt(ours.mean * (1 - ours.mean))
    there = Ours(math.asin(math.sqrt(ours.mean)), ours.n, ours.sd / slope, ours.df, ours.test_sets / slope**2)
    theirs = replace(reported, sd=None if reported.sd is None else reported.sd / slope)
    found = predict(theirs, there, math.asin(math.sqrt(min(max(published, 0.0), 1.0))), level)
    low, high = (math.sin(min(max(end, 0.0), math.pi / 2)) ** 2 for end in (found.low, found.high))
    return replace(found, low=low, high=high, run=found.run * slope**2, method=f"{found.method}, arcsine scale")


def _by_test_sets(published: float, ours: Ours, reported: Reported, level: float, covers: str) -> Against:
    """Return what one run of ours tells: whether test sets explain the number alone, or else what would tell."""
    gap, z = abs(published - ours.mean), t_quantile(0.5 + level / 2, math.inf)
    half = z * math.sqrt(ours.test_sets)
    explained = gap <= half and (half > 0 or gap == 0)
    p = t_two_sided(gap / math.sqrt(ours.test_sets), math.inf) if ours.test_sets > 0 else float(gap == 0)
    sd_needed = math.sqrt(max(gap**2 / z**2 - ours.test_sets, 0.0) / (1 / reported.n_seeds + 1 / ours.n))
    if explained:
        note = "The test sets explain the difference alone, whatever the seeds do."
    else:
        alone = "Test sets of these sizes do not explain the difference alone. " if half > 0 else ""
        note = f"{alone}Seeds explain it if their SD is {sd_needed:.2g} or more."
    return Against(
        published=float(published),
        value=ours.mean,
        low=ours.mean - half if explained else math.nan,
        high=ours.mean + half if explained else math.nan,
        level=level,
        p=p if explained else math.nan,
        method="test sets alone" if half > 0 else "none: one run, and the same test set",
        covers=covers,
        assumes="the paper's run is drawn like ours; seeds can only widen the interval",
        n_seeds=ours.n,
        sd=ours.sd,
        df=math.inf,
        run_variance=math.nan,
        test_set_variance=ours.test_sets,
        note=note,
        reported=str(reported),
        runs_needed=0 if explained else runs_that_tell(_SHARE, level),
        sd_needed=math.nan if explained else sd_needed,
    )


def rate_variance(rate: float, n: float) -> float:
    """Return p (1 - p) / n, what a test set of n independent samples adds to a rate; rate: a fraction in [0, 1].

    Raises:
        InputError: a rate outside [0, 1], as a rate in per cent is, or n not above 0.

    >>> from sweep import stats
    >>> stats.rate_variance(0.1, 100)
    0.0009000000000000001
    """
    if not 0 <= rate <= 1 or not n > 0:
        raise InputError(
            f"Expected a rate from 0 to 1 and a size above 0. Received: {rate:g} and {n:g}. Give fractions, "
            "or say that the values are in per cent."
        )
    return rate * (1 - rate) / n
