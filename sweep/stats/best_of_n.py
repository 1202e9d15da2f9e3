"""The expected best of n seeds, so that "our best run" is seen for what it is."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sweep.metrics.special_functions import special
from sweep.stats.seeds import seed_values


@dataclass(frozen=True)
class ExpectedBest:
    """The expected best of n seeds, for n = 1 ... S, on this test set.

    value: in the unit of the metric, of n = 1 first. gain_sd: how far each is from the mean, in SD over seeds, >= 0.
    """

    value: tuple[float, ...]
    gain_sd: tuple[float, ...]


def expected_best(values: ArrayLike, *, higher_is_better: bool) -> ExpectedBest:
    """Return the expected best of n of the given seeds, drawn without replacement, which is unbiased.

    values: (S,) finite. Raises InputError otherwise.

    References: Dodge et al., EMNLP 2019; Tang et al., ACL 2020 (the unbiased estimator).

    >>> from sweep import stats
    >>> best = stats.expected_best([0.10, 0.12, 0.14], higher_is_better=False)
    >>> [round(value, 3) for value in best.value]
    [0.12, 0.107, 0.1]
    """
    array = seed_values(values)
    ordered = np.sort(array if higher_is_better else -array)
    s = ordered.size
    n, rank = np.arange(1, s + 1), np.arange(1, s + 1)
    # P(the best of n is the one of that rank) = C(rank - 1, n - 1) / C(S, n).
    smaller, others = rank[None, :] - 1, n[:, None] - 1
    chance = np.where(others <= smaller, special.binom(smaller, others), 0.0) / special.binom(s, n[:, None])
    best = chance @ ordered
    sd = float(array.std(ddof=1)) if s > 1 else math.nan
    gain = (best - ordered.mean()) / sd if sd > 0 else np.full(s, np.nan)
    return ExpectedBest(tuple((best if higher_is_better else -best).tolist()), tuple(gain.tolist()))


def best_of_normal(n: int) -> float:
    """Return how many SD the best of n seeds is better than the mean, were seeds normal: 1.16, 1.54, 2.04 at 5, 10, 30.

    Reference: Tippett, Biometrika 17, 1925.

    >>> from sweep import stats
    >>> round(stats.best_of_normal(10), 2)
    1.54
    """
    # Trapezoidal rule: exact to rounding for a smooth density that is 0 at both ends (Trefethen and Weideman 2014).
    x = np.linspace(-10, 10, 2001)
    density = n * np.exp(-x * x / 2) * special.ndtr(x) ** (n - 1) / math.sqrt(2 * math.pi)
    return float((x * density).sum() * (x[1] - x[0]))
