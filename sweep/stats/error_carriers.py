"""Who carries the errors: the fewest subjects with half of them, and what that means for the upper limit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweep.metrics.wrong_samples import ErrorsOf
from sweep.stats.failure_rate import clopper_pearson
from sweep.stats.scored_trials import FloatArray, TrialScores

FEW = 5  # subjects; where so few carry half of the errors they are named
SHARE = 4  # at most one subject in so many is few: of eight subjects, four always carry half
MOSTLY = 0.5  # of its attempts of one class a carrier fails on average: it is not chance that made it one
ENOUGH = 20  # subjects; of fewer, only few make an error at low rates whoever they are
LIGHT = 0.2  # subjects that fail always; where all errors weigh less, the set may lack the kind that makes most of them


@dataclass(frozen=True)
class Carriers:
    """The fewest subjects that carry half of the errors of a configuration, over all its seeds.

    names: worst first. n: subjects of the set. failing: the share of their attempts of the class that fails them more,
    on average over them. weight: all errors, in subjects that fail always.
    """

    names: tuple[str, ...]
    n: int
    failing: float
    weight: float

    @property
    def few(self) -> bool:
        """Return whether they are so few that chance alone would rarely gather half of the errors on them."""
        return 0 < len(self.names) <= min(FEW, self.n // SHARE)

    def note(self, unit: str, metric: str) -> str:
        """Return who and how many, "" where they are not few; unit: what a case is, in words."""
        if not self.few:
            return ""
        verb = "carries" if len(self.names) == 1 else "carry"
        said = f"{len(self.names)} of {self.n} {unit}s {verb} half of the errors in {metric}: {', '.join(self.names)}"
        return said + (f" (the worse limit is at least Clopper and Pearson's over {unit}s)" if self.binding else "")

    @property
    def binding(self) -> bool:
        """Return whether the number of such subjects, not of their errors, is what the set tells of.

        It is where they fail more often than not, or where all errors weigh less than one such subject would: then sets
        differ by how many such subjects they happen to hold.
        """
        light = self.weight < LIGHT and self.n >= ENOUGH
        return self.few and (self.failing >= MOSTLY or light)

    def widened(self, low: float, high: float, level: float, *, higher_is_better: bool) -> tuple[float, float]:
        """Return the limits of a rate, the worse one at least Clopper-Pearson's over the n subjects.

        Carriers that fail more often than not count as one subject each, others by what all errors weigh.
        """
        if not self.binding:
            return low, high
        count = float(len(self.names)) if self.failing >= MOSTLY else self.weight
        worst = clopper_pearson(count, self.n, level)[1]
        return (min(low, 1 - worst), high) if higher_is_better else (low, max(high, worst))


def carriers(scores: TrialScores, rows: NDArray[np.intp], errors_of: ErrorsOf) -> Carriers:
    """Return who carries half of the errors of the trials `rows`; of a pair of subjects each carries half."""
    carried, n_units = np.zeros(scores.units.size), 0
    wrong, tried = np.zeros((2, 2, scores.units.size))
    for trial in rows.tolist():
        errors = errors_of(scores.of_trial(trial))
        unit = errors.split.column
        carried += _by_case(scores, unit, errors.weight)
        for c, of_class in enumerate((errors.split.label == 1, errors.split.label != 1)):
            wrong[c] += _by_case(scores, unit, (of_class & (errors.weight > 0)).astype(np.float64))
            tried[c] += _by_case(scores, unit, of_class.astype(np.float64))
        n_units = int(np.count_nonzero(tried.sum(axis=0)))
    order = np.argsort(-carried, kind="stable")
    reached = np.cumsum(carried[order])
    if not reached[-1] > 0:
        return Carriers((), n_units, 0.0, 0.0)
    worst = order[: int(np.searchsorted(reached, reached[-1] / 2 * (1 - 1e-12))) + 1]
    rates = np.divide(wrong, tried, out=np.zeros_like(wrong), where=tried > 0)
    failing = float(rates.max(axis=0)[worst].mean())
    names = tuple(scores.units[worst[: FEW + 1]].tolist())
    return Carriers(names, n_units, failing, float(reached[-1]) / rows.size * n_units)


def _by_case(scores: TrialScores, unit: NDArray[np.intp], weight: FloatArray) -> FloatArray:
    halved = np.where(np.arange(scores.n_columns) < scores.units.size, 1.0, 0.5)
    found: FloatArray = scores.by_case((np.bincount(unit, weight, minlength=scores.n_columns) * halved)[None])[0]
    return found
