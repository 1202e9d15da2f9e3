"""Seeds until an interval is as narrow as was asked, by a rule that keeps its coverage: Stein's two stages."""

import math
from dataclasses import dataclass

from sweep.errors import InputError
from sweep.stats.interval import check_level
from sweep.stats.planning import MOST
from sweep.stats.student import t_quantile


@dataclass(frozen=True)
class Pilot:
    """What the first seeds show of one configuration.

    variance: over the first n_pilot seeds, never over later ones. subjects: variance of the mean when the subjects
    change, 0 for this test set alone; of as many seeds as there are. n_subjects: behind it, 0 where it is 0.
    """

    variance: float
    n_pilot: int
    subjects: float = 0.0
    n_subjects: int = 0

    def half_width(self, n: float, level: float) -> float:
        """Return the half-width of the interval over n seeds, n not below n_pilot; infinity gives the smallest one.

        The quantile is the mean of both parts' t quantiles, weighted by their variances. It is never too small, as
        that of Satterthwaite's degrees of freedom is where a pilot of five decides (coverage .93).

        Reference: Cochran and Cox, Experimental Designs, 1957, section 4.14.
        """
        parts = [(self.variance / n, self.n_pilot - 1), (self.subjects, max(self.n_subjects - 1, 1))]
        total = sum(part for part, _ in parts)
        if total <= 0:
            return 0.0
        return sum(part * t_quantile(0.5 + level / 2, df) for part, df in parts) / math.sqrt(total)


def seeds_wanted(pilot: Pilot, half_width: float, level: float = 0.95) -> int | None:
    """Return how many seeds in all give the half-width; None where the subjects forbid it, however many there are.

    t sqrt(MS / n + Cov2) <= half_width, where MS is the variance of the pilot alone. For this test set that is
    Stein's rule, exact for normal seeds: the mean does not depend on a variance that later seeds did not enter. The
    variance over subjects may be estimated again with every seed, since subjects do not depend on the seeds' mean.

    Raises:
        InputError: a half-width not above 0, a pilot of one seed, or more than 100,000 seeds.

    Reference: Stein, Annals of Mathematical Statistics 16, 1945.

    >>> from sweep import stats
    >>> stats.seeds_wanted(stats.Pilot(0.01**2, 5), 0.005)
    31
    """
    level = check_level(level)
    if not (math.isfinite(half_width) and half_width > 0):
        raise InputError(f"Expected a half-width above 0, in the unit of the metric. Received: {half_width}.")
    if pilot.n_pilot < 2:
        raise InputError(f"Expected a pilot of at least 2 seeds. Received: {pilot.n_pilot}.")
    if pilot.half_width(math.inf, level) > half_width:
        return None
    low, high = pilot.n_pilot - 1, pilot.n_pilot
    while pilot.half_width(high, level) > half_width:
        low, high = high, 2 * high
        if high > MOST:
            raise InputError(
                f"Expected a half-width that {MOST:,} seeds reach. Received: {half_width:g}. Ask for less."
            )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if pilot.half_width(middle, level) <= half_width else (middle, high)
    return high
