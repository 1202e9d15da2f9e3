"""What a race sees of its configurations, and how exact means and their differences are: seeds and subjects apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sweep.stats.moderated import FEWEST, moderated_variance
from sweep.stats.scored_trials import FloatArray


@dataclass(frozen=True)
class Seen:
    """What a look sees of C configurations; smaller values are better.

    mean: (C,) over the seeds. n: (C,) how many seeds. over_seeds: (C, C) covariance over seeds on this test set, off
    the diagonal 0 unless equal seeds are paired. over_subjects: (C, C) covariance between seeds when the subjects are
    resampled; 0 for this test set alone. n_subjects: subjects behind it, 0 where it is 0.
    """

    mean: FloatArray
    n: FloatArray
    over_seeds: FloatArray
    over_subjects: FloatArray
    n_subjects: int = 0


@dataclass(frozen=True)
class Spread:
    """Variance over seeds of single runs, with its degrees of freedom, and variance over subjects."""

    seeds: float
    df: float
    subjects: float
    n_subjects: int

    def error(self, n: float) -> tuple[float, float]:
        """Return standard error and degrees of freedom of the mean over n seeds (Satterthwaite 1946)."""
        by_seeds = self.seeds / n
        total = by_seeds + self.subjects
        uncertain = by_seeds**2 / self.df + (self.subjects**2 / (self.n_subjects - 1) if self.n_subjects > 1 else 0.0)
        return math.sqrt(total), total**2 / uncertain if uncertain > 0 else math.inf

    def fractions(self, looks: Sequence[int], most: int) -> tuple[float, ...]:
        """Return the share of the information of `most` seeds that each look has; in thousandths, at least one."""
        whole = self.subjects + self.seeds / most
        each = (whole / (self.subjects + self.seeds / n) if self.seeds > 0 else 1.0 for n in looks)
        return tuple(min(max(round(one, 3), 0.001), 1.0) for one in each)


class Spreads:
    """The variances of means and of differences; from five configurations on those over seeds share what they know."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        own = np.diag(seen.over_seeds)
        self._ms, self._df = own.copy(), np.maximum(seen.n - 1, 0.0)
        self._paired = bool((seen.over_seeds != np.diag(own)).any())
        if own.size >= FEWEST and int((own > 0).sum()) >= FEWEST and not self._paired:
            found = moderated_variance(own, self._df)
            # One that is noisier than the others keeps its own variance, where they differ by more than chance.
            self._ms = found.variance if math.isinf(found.prior_df) else np.maximum(found.variance, own)
            self._df = found.df

    def of_gap(self, one: int, leader: int) -> Spread:
        """Return the spread of the difference of two configurations."""
        seen, subjects = self._seen, self._seen.over_subjects
        shared = float(subjects[one, one] + subjects[leader, leader] - 2 * subjects[one, leader])
        parts = self._ms[[one, leader]]
        seeds = float(parts.sum())
        if self._paired:
            seeds = max(seeds - 2 * float(seen.over_seeds[one, leader]), 0.0)
            df = float(self._df[one])
        else:
            known = self._df[[one, leader]]
            df = seeds**2 / float((parts**2 / known).sum()) if seeds > 0 else math.inf
        return Spread(seeds, df, max(shared, 0.0), seen.n_subjects)

    def of_mean(self, one: int) -> Spread:
        """Return the spread of one configuration's mean, from its own seeds alone."""
        seen = self._seen
        own = float(seen.over_seeds[one, one])
        return Spread(own, float(seen.n[one] - 1), max(float(seen.over_subjects[one, one]), 0.0), seen.n_subjects)
