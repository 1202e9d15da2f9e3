"""Obuchowski-Rockette-Hillis: seeds are the readers, subjects the cases of a multi-reader multi-case design."""

import math
from dataclasses import dataclass

from sweep.stats.rate_limits import t_limits
from sweep.stats.scored_trials import FloatArray
from sweep.stats.student import t_two_sided


@dataclass(frozen=True)
class Components:
    """What a metric varies with, in squared units of the metric.

    n_seeds: S. ms: variance over seeds on this test set. cov2: covariance between seeds when the subjects are
    resampled. var_err: variance of one seed when the subjects are resampled. NaN where one seed leaves them unknown.
    `seed`, `test_set` and `interaction` are moment estimates and may come out negative: `as_dict` gives 0 and the raw
    value.
    """

    n_seeds: int
    ms: float
    cov2: float
    var_err: float

    @property
    def seed(self) -> float:
        """Variance of the seed's own effect: MS - Var_err + Cov2."""
        return self.ms - self.var_err + self.cov2

    @property
    def test_set(self) -> float:
        """Variance that all seeds share when the subjects change: Cov2."""
        return self.cov2

    @property
    def interaction(self) -> float:
        """Variance of seed x test set: Var_err - Cov2."""
        return self.var_err - self.cov2

    def shares(self) -> dict[str, float]:
        """Return each source's share of the variance of one run on a new test set, negative estimates taken as 0."""
        parts = {
            "seed": max(self.seed, 0.0),
            "test set": max(self.test_set, 0.0),
            "seed x test set": max(self.interaction, 0.0),
        }
        total = sum(parts.values())
        return {name: part / total if total > 0 else math.nan for name, part in parts.items()}

    def as_dict(self) -> dict[str, float]:
        """Return the variances with 0 for a negative one, their raw values, and what they were computed from."""
        raw = {"seed": self.seed, "test_set": self.test_set, "seed_x_test_set": self.interaction}
        clipped = {name: max(value, 0.0) if not math.isnan(value) else value for name, value in raw.items()}
        return {
            **clipped,
            **{f"{name}_raw": value for name, value in raw.items()},
            "ms": self.ms,
            "cov2": self.cov2,
            "var_err": self.var_err,
        }


@dataclass(frozen=True)
class Uncertainty:
    """An estimate with standard error and degrees of freedom (infinity: the normal law)."""

    value: float
    se: float
    df: float

    def interval(self, level: float, *, rate: bool = False) -> tuple[float, float]:
        """Return the limits of the t-interval; of a rate on the logit scale."""
        return t_limits(self.value, self.se, self.df, level, rate=rate)

    def p(self, against: float = 0.0) -> float:
        """Return the two-sided p-value of the hypothesis that the true value is `against`; NaN where se is 0."""
        if math.isnan(self.se) or self.se == 0:
            return math.nan
        return t_two_sided((self.value - against) / self.se, self.df)


def components(theta: FloatArray, deviations: FloatArray) -> Components:
    """Return the variance components of one configuration.

    theta: (S,) the metric of every seed. deviations: (B, S) with deviations' deviations the covariance of the seeds
    when the subjects are resampled.

    Reference: Hillis, Statistics in Medicine 26, 2007, section 3.
    """
    n = theta.size
    own = float((deviations**2).sum() / n)
    if n < 2:
        return Components(n, math.nan, math.nan, own)
    return Components(n, float(theta.var(ddof=1)), _between(deviations, deviations), own)


def single(theta: FloatArray, deviations: FloatArray, few_units: int = 0) -> Uncertainty:
    """Return the mean over seeds with its uncertainty for other seeds and other subjects.

    Var = MS / S + max(Cov2, 0); df = (MS + S max(Cov2, 0))^2 / (MS^2 / (S - 1)).
    few_units: where not 0, the number of subjects, so few that Cov2 itself is uncertain: its part then has
    few_units - 1 degrees of freedom (Satterthwaite 1946), which Hillis's df takes as known.

    Reference: Hillis 2007, equation 14 and the single-modality case of Hillis, Statistics in Medicine 33, 2014.
    """
    made_of = components(theta, deviations)
    return _combined(float(theta.mean()), [(made_of.ms / theta.size, theta.size - 1)], made_of.cov2, few_units)


def paired_difference(
    a: FloatArray, b: FloatArray, deviations_a: FloatArray, deviations_b: FloatArray, few_units: int = 0
) -> Uncertainty:
    """Return mean(a) - mean(b) for seeds that both share: readers crossed with modalities.

    a, b: (S,) aligned by seed. deviations: (B, S). The equations of `single` on the differences, which are Hillis 2007,
    equations 14 and 15: SE^2 = 2 / S (MS(TR) + S max(Cov2 - Cov3, 0)).
    """
    return single(a - b, deviations_a - deviations_b, few_units)


def difference(
    a: FloatArray, b: FloatArray, deviations_a: FloatArray, deviations_b: FloatArray, few_units: int = 0
) -> Uncertainty:
    """Return mean(a) - mean(b) for independent seeds on shared subjects: ORH-Welch.

    V = MS_A / S_A + MS_B / S_B + max(Cov2_A + Cov2_B - 2 Cov3, 0), with Welch's degrees of freedom for the first two.

    a: (S_A,), b: (S_B,). deviations: (B, S_A) and (B, S_B), of the same replicates.

    References: Hillis 2007 (readers nested in modalities); Welch, Biometrika 34, 1947.
    """
    value = float(a.mean() - b.mean())
    if min(a.size, b.size) < 2:
        return Uncertainty(value, math.nan, math.nan)
    cov3 = float(deviations_a.mean(axis=1) @ deviations_b.mean(axis=1))
    shared = _between(deviations_a, deviations_a) + _between(deviations_b, deviations_b) - 2 * cov3
    parts = [(float(x.var(ddof=1)) / x.size, x.size - 1) for x in (a, b)]
    return _combined(value, parts, shared, few_units)


def _combined(value: float, parts: list[tuple[float, int]], shared: float, few_units: int) -> Uncertainty:
    """Return the sum of independent variances (variance, df) and of the one that the seeds share."""
    if math.isnan(shared):
        return Uncertainty(value, math.nan, math.nan)
    shared = max(shared, 0.0)
    total = sum(part for part, _ in parts) + shared
    uncertain = sum(part**2 / df for part, df in parts)
    if few_units > 1:
        uncertain += shared**2 / (few_units - 1)
    return Uncertainty(value, math.sqrt(total), total**2 / uncertain if uncertain > 0 else math.inf)


def _between(x: FloatArray, y: FloatArray) -> float:
    """Return the mean covariance of two different seeds; x, y: (B, S), the same seeds in the same order."""
    n = x.shape[1]
    return float((x.sum(axis=1) @ y.sum(axis=1) - (x * y).sum()) / (n * (n - 1)))
