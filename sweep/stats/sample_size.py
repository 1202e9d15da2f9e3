"""How many more seeds or subjects would tell two configurations apart, if they differ as much as they seem to."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from sweep.stats.orh import Components, Uncertainty
from sweep.stats.student import t_quantile

POWER = 0.8
MOST = 1000  # seeds a configuration; beyond that the answer is that seeds do not help
LARGEST = 1e5  # times as many subjects as there are


@dataclass(frozen=True)
class Tellable:
    """What it would take to tell two configurations apart with 80 % power, were the true difference the observed one.

    seeds: seeds a configuration for new subjects, None where no number of seeds is enough. seeds_here: the same for
    this test set alone. subjects: subjects in the test set with the present seeds (dev grown alike), None where no
    number is enough. n_seeds, n_subjects: what there is.
    """

    n_seeds: int
    n_subjects: int
    seeds: int | None
    seeds_here: int | None
    subjects: int | None

    def as_dict(self) -> dict[str, int | None]:
        """Return every field by name, for JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def tellable(
    new: Uncertainty, here: Uncertainty, made_of: tuple[Components, Components], n_subjects: int, alpha: float
) -> Tellable:
    """Return how many seeds or subjects would tell.

    The observed difference is itself uncertain, so that these are orders of magnitude.

    Args:
        new, here: the difference for new subjects and for this test set, with standard errors.
        made_of: the components of both configurations.
        n_subjects: subjects of the test set.
        alpha: level of the test, divided by the number of comparisons.
    """
    n_seeds = min(one.n_seeds for one in made_of)
    gap = abs(new.value)
    if gap == 0 or math.isnan(new.se):
        return Tellable(n_seeds, n_subjects, None, None, None)
    over_seeds = here.se**2 * n_seeds  # variance of the difference of single runs on this test set
    shared = max(new.se**2 - here.se**2, 0.0)
    wobble = sum(min(max(one.interaction, 0.0), one.ms) for one in made_of)  # falls with more subjects
    still = max(over_seeds - wobble, 0.0)

    def told(seeds: int, growth: float, on_new: bool) -> bool:
        by_seeds = (still + wobble / growth) / seeds
        total = by_seeds + (shared / growth if on_new else 0.0)
        df = 2 * (seeds - 1) * (total / by_seeds) ** 2 if by_seeds > 0 else math.inf
        return gap >= (t_quantile(1 - alpha / 2, df) + t_quantile(POWER, df)) * math.sqrt(total)

    def least(on_new: bool) -> int | None:
        if not told(MOST, 1.0, on_new):
            return None
        low, high = 1, MOST
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if told(middle, 1.0, on_new) else (middle, high)
        return high

    subjects = None
    if n_seeds >= 2 and told(n_seeds, LARGEST, True):
        subjects = math.ceil(n_subjects * _least_growth(lambda growth: told(n_seeds, growth, True)))
    return Tellable(n_seeds, n_subjects, least(True), least(False), subjects)


def _least_growth(enough: Callable[[float], bool]) -> float:
    low, high = 1 / LARGEST, LARGEST
    for _ in range(40):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
