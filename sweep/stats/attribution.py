"""Which source of randomness moves a metric: variance components from runs on an orthogonal array.

Every source (initialisation, order, dropout, ...) takes L levels. L**2 runs on an orthogonal array of strength 2 meet
every pair of levels of two sources once, so that each source's mean square is free of the others:
sigma_i^2 = (MS_i - MS_E) / L. One source at a time would charge interactions and noise to every source.

References: Rao 1947 (orthogonal arrays), Bose 1938 (their construction), Satterthwaite 1946, Weerahandi 1993
(generalized confidence intervals), Bouthillier et al. 2021 (the sources).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sweep.errors import InputError
from sweep.stats.interval import check_level
from sweep.stats.outlying_seeds import seeds_apart

LEVELS = (5, 7, 11)
DRAWS = 40_000  # of the generalized pivot; the limits then move by less than 1 % from draw to draw


@dataclass(frozen=True)
class Source:
    """One source's part in the variance of a metric.

    sd, low, high: standard deviation that the source alone causes, with its interval, in the unit of the metric.
    raw_variance: the unbiased estimate, which may be negative where sd is 0. share: of the sum of all variances.
    p: of the F test that the source does nothing; NaN for the rest.
    """

    name: str
    sd: float
    low: float
    high: float
    raw_variance: float
    share: float
    p: float = math.nan


@dataclass(frozen=True)
class Attribution:
    """The variance of a metric over runs, shared out among its sources.

    sources: in the order asked. rest: interactions of the sources and whatever no source controls. mean, sd: of all
    runs. n_runs, n_levels, level, df_rest: counts and nominal coverage. apart: places of runs that stand apart from the
    others, which the intervals do not allow for. method: with its source.
    """

    sources: tuple[Source, ...]
    rest: Source
    mean: float
    sd: float
    n_runs: int
    n_levels: int
    level: float
    df_rest: int
    apart: tuple[int, ...] = ()
    method: str = field(default="orthogonal array, generalized interval (Weerahandi 1993)")

    def as_dict(self) -> dict[str, Any]:
        """Return every field by name, for JSON."""
        return {**vars(self), "sources": [vars(source) for source in self.sources], "rest": vars(self.rest)}


def orthogonal_array(n_levels: int, n_sources: int) -> NDArray[np.int64]:
    """Return the (L**2, n_sources) array OA(L**2, n_sources, L, 2): any two columns meet every pair of levels once.

    Args:
        n_levels: L, a prime: 5, 7 or 11.
        n_sources: columns, at most L, so that something is left to estimate the rest from.

    Raises:
        InputError: another number of levels, or too many sources for it.
    """
    if n_levels not in LEVELS:
        raise InputError(f"Expected a number of levels of {', '.join(map(str, LEVELS))}. Received: {n_levels}.")
    if not 1 <= n_sources <= n_levels:
        raise InputError(f"Expected 1 to {n_levels} sources for {n_levels} levels. Received: {n_sources}.")
    a, b = np.divmod(np.arange(n_levels**2), n_levels)
    columns = [a, *((slope * a + b) % n_levels for slope in range(n_sources - 1))]
    return np.stack(columns, axis=1).astype(np.int64)


def attribute(
    values: ArrayLike, array: ArrayLike, names: Sequence[str], *, rng: np.random.Generator, level: float = 0.95
) -> Attribution:
    """Return how the variance of a metric over the runs of an orthogonal array is shared out among its sources.

    Args:
        values: (L**2,) a metric for each run; finite.
        array: (L**2, k) levels of each source in each run, as `orthogonal_array` returns them.
        names: (k,) the sources.
        rng: for the pivot's draws.
        level: nominal coverage of each interval.

    Raises:
        InputError: shapes that do not fit, a run without a value, an array that is not balanced.
    """
    level = check_level(level)
    y, design = np.asarray(values, np.float64), np.asarray(array, np.int64)
    if y.ndim != 1 or design.shape != (len(y), len(names)):
        raise InputError(f"Expected a value for each run. Received: values {y.shape}, array {design.shape}.")
    if not np.isfinite(y).all():
        raise InputError(
            f"Expected a value of every run: without balance the sources mix. Received: {int((~np.isfinite(y)).sum())} "
            "missing. Run the failed trials again."
        )
    n_levels = math.isqrt(len(y))
    if any((np.bincount(column, minlength=n_levels) != n_levels).any() for column in design.T) or n_levels**2 != len(y):
        raise InputError(f"Expected every level {n_levels} times. Received: another design.")
    mean = float(y.mean())
    squares = {
        name: n_levels * float(((np.bincount(column, y) / n_levels - mean) ** 2).sum())
        for name, column in zip(names, design.T, strict=True)
    }
    df, df_rest = n_levels - 1, len(y) - 1 - len(names) * (n_levels - 1)
    total = float(((y - mean) ** 2).sum())
    rest = max(total - sum(squares.values()), 0.0)
    # Sums of equal numbers leave rounding behind, which is neither a rest nor a source that acts.
    least = 1e-12 * total + len(y) * (8 * np.finfo(np.float64).eps * float(np.abs(y).max())) ** 2
    rest = rest if rest > least else 0.0
    squares = {name: square if square > least else 0.0 for name, square in squares.items()}
    found = _components(squares, df, rest, df_rest, n_levels, mean, float(y.std(ddof=1)), level, rng)
    return replace(found, apart=seeds_apart(y))


def _components(
    squares: Mapping[str, float],
    df: int,
    rest: float,
    df_rest: int,
    n_levels: int,
    mean: float,
    sd: float,
    level: float,
    rng: np.random.Generator,
) -> Attribution:
    """Return the attribution from sums of squares; pivot of Weerahandi 1993, R = (SS_i / U_i - SS_E / U_E) / L."""
    from scipy import stats  # a second of every command's start, if it stood above

    ms_rest = rest / df_rest
    tails = [(1 - level) / 2, (1 + level) / 2]
    drawn_rest = rest / rng.chisquare(df_rest, DRAWS)
    raw = {name: (ss / df - ms_rest) / n_levels for name, ss in squares.items()}
    variances = {name: max(value, 0.0) for name, value in raw.items()}
    whole = sum(variances.values()) + ms_rest
    found = []
    for name, ss in squares.items():
        pivot = (ss / rng.chisquare(df, DRAWS) - drawn_rest) / n_levels
        low, high = np.sqrt(np.maximum(np.quantile(pivot, tails), 0.0))
        p = float(stats.f.sf(ss / df / ms_rest, df, df_rest)) if ms_rest else float(ss == 0)
        share = variances[name] / whole if whole else 0.0
        found.append(Source(name, math.sqrt(variances[name]), float(low), float(high), raw[name], share, p))
    low, high = (math.sqrt(rest / quantile) for quantile in stats.chi2.ppf(tails[::-1], df_rest))
    last = Source("rest", math.sqrt(ms_rest), low, high, ms_rest, ms_rest / whole if whole else 0.0)
    return Attribution(tuple(found), last, mean, sd, n_levels**2, n_levels, level, df_rest)
