"""Two configurations compared: the shape of the answer."""

import math
from dataclasses import dataclass
from typing import Any

from sweep.stats.interval import Interval
from sweep.stats.sample_size import Tellable


@dataclass(frozen=True)
class Comparison:
    """Two configurations compared: differences are A - B in the unit of the metric.

    new_subjects: what other seeds on other subjects would show. this_test_set: other seeds on the same test set.
    p_*: two-sided, and p_*_holm the same adjusted for all comparisons made together. probability: P(A > B) for one run
    of each. paired: whether seeds were paired. better: the name of the better one for new subjects, "" if not told
    apart. tellable: how many more seeds or subjects would tell.
    """

    a: str
    b: str
    metric: str
    new_subjects: Interval
    this_test_set: Interval
    p_new_subjects: float
    p_this_test_set: float
    probability: Interval
    paired: bool
    higher_is_better: bool
    tellable: Tellable
    p_new_subjects_holm: float = math.nan
    p_this_test_set_holm: float = math.nan
    n_comparisons: int = 1

    @property
    def alpha(self) -> float:
        """Return the level of a false alarm, over all comparisons made together."""
        return 1 - self.new_subjects.level

    @property
    def probability_a_better(self) -> float:
        """Return how likely one run of A is the better one, ties counted half: P(A > B) or 1 - P(A > B)."""
        return self.probability.value if self.higher_is_better else 1 - self.probability.value

    @property
    def better(self) -> str:
        """Return the name of the better configuration for new subjects, "" if not told apart."""
        return self._better(self.new_subjects, self.p_new_subjects_holm)

    @property
    def better_here(self) -> str:
        """Return the name of the better configuration on this test set, "" if not told apart."""
        return self._better(self.this_test_set, self.p_this_test_set_holm)

    def _better(self, answer: Interval, p: float) -> str:
        if not p <= self.alpha:
            return ""
        return self.a if (answer.value > 0) == self.higher_is_better else self.b

    def as_dict(self) -> dict[str, Any]:
        """Return every field by name, for JSON; the interval for new subjects has its keys on top."""
        from sweep.stats.verdicts import verdict

        return {
            "a": self.a,
            "b": self.b,
            "metric": self.metric,
            **self.new_subjects.as_dict(),
            "p": self.p_new_subjects,
            "p_holm": self.p_new_subjects_holm,
            "this_test_set": {
                **self.this_test_set.as_dict(),
                "p": self.p_this_test_set,
                "p_holm": self.p_this_test_set_holm,
            },
            "probability_a_above_b": self.probability.as_dict(),
            "probability_a_better": self.probability_a_better,
            "paired": self.paired,
            "n_comparisons": self.n_comparisons,
            "better": self.better,
            "better_on_this_test_set": self.better_here,
            "tellable": self.tellable.as_dict(),
            "verdict": verdict(self),
        }
