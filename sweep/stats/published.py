"""Is a paper's single number reachable? A prediction interval for one more run, set against the number."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sweep.errors import InputError
from sweep.stats.interval import check_level
from sweep.stats.seeds import seed_values
from sweep.stats.student import t_quantile, t_two_sided


@dataclass(frozen=True)
class Against:
    """A published number against what one more run would give.

    value: the mean over our seeds. low, high: the prediction interval for the run of the paper. p: two-sided, of a
    number as far away or further. covers, assumes: in words. sd, df: of the seeds, and the degrees of freedom of the
    whole. run_variance, test_set_variance: what the interval was made from. config, n_failed, n_subjects: of the study.
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

    @property
    def consistent(self) -> bool:
        """Return whether the published number lies within the prediction interval; True where there is none."""
        return not (self.published < self.low or self.published > self.high)

    def as_dict(self) -> dict[str, Any]:
        """Return every field by name, and the verdict, for JSON."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        components = {"run": self.run_variance, "test_sets": self.test_set_variance}
        return fields | {"components": components, "consistent": self.consistent, "verdict": str(self)}

    def __str__(self) -> str:
        """Return the verdict in words, with its assumption."""
        if math.isnan(self.low):
            return f"{self.published:g} against {self.value:.4g}: no verdict. {self.note}"
        word = "consistent with" if self.consistent else "not what to expect from"
        return (
            f"{self.published:g} is {word} these {self.n_seeds} seeds: one run {self.covers} falls in "
            f"[{self.low:.4g}, {self.high:.4g}] with {100 * self.level:g} % (p = {self.p:.2g}). "
            f"Assumes: {self.assumes}."
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
) -> Against:
    """Return whether one run as ours could have given the published number.

    mean +- t SD sqrt(1 + 1 / S) on the same test set. For a different one, the variances of both test sets are added
    and the degrees of freedom are Satterthwaite's.

    Args:
        values: (S,) the metric of our seeds.
        published: the number, in the same unit.
        level: nominal coverage.
        pooled: (SD, df) of the seeds pooled over several configurations, instead of the SD of `values`.
        test_set_variance: what our own test set adds to the mean over seeds (Cov2, or p (1 - p) / n for a rate).
        n_published: size of the paper's test set, where it is another one; its variance is then
            test_set_variance * n_test / n_published.
        n_test: size of our own test set, in the same unit as n_published.

    Raises:
        InputError: no seed, a published number that is not finite, or a size without the other.

    References: Hahn, Technometrics 11, 1969 (prediction interval); Satterthwaite, Biometrics Bulletin 2, 1946.

    >>> from sweep import stats
    >>> hter = [0.101, 0.095, 0.110, 0.098, 0.104]
    >>> found = stats.against(hter, 0.08)
    >>> round(found.low, 3), round(found.high, 3), round(found.p, 3)
    (0.084, 0.119, 0.027)
    """
    array, level = seed_values(values), check_level(level)
    if not math.isfinite(published):
        raise InputError(f"Expected a finite published number. Received: {published}.")
    n, mean = array.size, float(array.mean())
    if pooled is not None:
        (sd, df), source = pooled, "the seed SD is that of all configurations pooled"
    else:
        sd, df, source = (float(array.std(ddof=1)) if n > 1 else math.nan), n - 1.0, "the seed SD is that of our seeds"
    run, sets = sd**2 * (1 + 1 / n), 0.0
    covers, method = "on the same test set", "prediction interval for one run"
    if n_published is not None:
        if not n_published > 0 or n_test is None or not n_test > 0:
            raise InputError(
                f"Expected both test sets' sizes above 0. Received: n_published={n_published}, n_test={n_test}."
            )
        sets = test_set_variance * (1 + n_test / n_published)
        covers, method = f"on another test set of {n_published:g}", "prediction interval for one run, other test set"
        source += ", and the other test set is drawn like ours"
    total = run + sets
    note = "One seed shows no spread: run at least two, or give a pooled SD." if math.isnan(sd) else ""
    df_total = df * (total / run) ** 2 if run > 0 else math.inf
    half, p = math.nan, math.nan
    if not note:
        half = t_quantile(0.5 + level / 2, df_total) * math.sqrt(total) if total > 0 else 0.0
        gap = abs(published - mean)
        p = t_two_sided(gap / math.sqrt(total), df_total) if total > 0 else float(gap == 0)
        note = "every seed gave the same value" if sd == 0 else ""
    return Against(
        published=float(published),
        value=mean,
        low=mean - half,
        high=mean + half,
        level=level,
        p=p,
        method=method,
        covers=covers,
        assumes=f"the paper's run is drawn like ours, and runs vary normally; {source}",
        n_seeds=n,
        sd=sd,
        df=df_total,
        run_variance=run,
        test_set_variance=sets,
        note=note,
    )


def pooled_sd(variances: ArrayLike, df: ArrayLike) -> tuple[float, float]:
    """Return (SD, df) of the seeds pooled over configurations; variances: (G,), df: (G,) seeds - 1 of each.

    Raises:
        InputError: no configuration with two seeds.

    >>> from sweep import stats
    >>> round(stats.pooled_sd([0.0001, 0.0002], [4, 4])[0], 4)
    0.0122
    """
    s2, d = np.broadcast_arrays(np.asarray(variances, np.float64), np.asarray(df, np.float64))
    known = d > 0
    if not known.any():
        raise InputError("Expected a configuration with at least two seeds, to pool its SD. Received: none.")
    total = float(d[known].sum())
    return math.sqrt(float((s2[known] * d[known]).sum()) / total), total


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
