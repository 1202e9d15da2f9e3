"""Two configurations compared: the shape of the answer, and what it says in words."""

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

    def __str__(self) -> str:
        """Return the verdict."""
        return verdict(self)

    def _better(self, answer: Interval, p: float) -> str:
        if not p <= self.alpha:
            return ""
        return self.a if (answer.value > 0) == self.higher_is_better else self.b

    def as_dict(self) -> dict[str, Any]:
        """Return every field by name, for JSON; the interval for new subjects has its keys on top."""
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


def verdict(one: Comparison) -> str:
    """Return the outcome in one to three sentences: better, worse or not told apart, and what would tell.

    >>> import numpy as np
    >>> from sweep import stats
    >>> rng = np.random.default_rng(0)
    >>> scores = stats.simulate(stats.Design(), 5, rng, shifts=(0.0, 1.0))
    >>> measured = stats.measure(scores, "hter", rng=rng)
    >>> (found,) = stats.compare(measured)
    >>> "is better than" in stats.verdict(found) or "is worse than" in stats.verdict(found)
    True
    """
    gap = one.new_subjects
    if math.isnan(gap.low):
        here = "" if math.isnan(one.this_test_set.low) else f" {_outcome(one, one.this_test_set, on_new=False)}"
        return f"{one.a} and {one.b}: no verdict for {gap.covers}: {gap.note}.{here}"
    said = _outcome(one, gap, on_new=True)
    if one.better or gap.value == 0:
        return said
    if one.better_here:
        word = "better" if one.better_here == one.a else "worse"
        said += f" On {one.this_test_set.covers} alone {one.a} is {word} (p {_p(one.p_this_test_set_holm)})."
    return f"{said} {_what_would_tell(one)}"


def _outcome(comparison: Comparison, gap: Interval, *, on_new: bool) -> str:
    """Return one sentence on the difference for new subjects, or on this test set."""
    better, p = (
        (comparison.better, comparison.p_new_subjects_holm)
        if on_new
        else (comparison.better_here, comparison.p_this_test_set_holm)
    )
    a, b = comparison.a, comparison.b
    covers = f"for {gap.covers}" if on_new else f"on {gap.covers}"
    if gap.value == 0 and gap.se == 0:
        return f"{a} and {b} are not told apart: the same {comparison.metric}."
    direction = "higher" if gap.value > 0 else "lower"
    size = f"{comparison.metric} {direction} by {abs(gap.value):.4g}"
    if gap.se == 0:
        return f"{a} and {b} differ {covers}: {size} in every seed. Without variation there is no test."
    adjusted = f", Holm over {comparison.n_comparisons}" if comparison.n_comparisons > 1 else ""
    limits = f"{100 * gap.level:g} % interval {gap.low:.4g} to {gap.high:.4g}, p {_p(p)}{adjusted}"
    if not better:
        alone = "; the interval is not adjusted and excludes 0" if gap.low > 0 or gap.high < 0 else ""
        return f"{a} and {b} are not told apart {covers}: {size} ({limits}{alone})."
    return f"{a} is {'better' if better == a else 'worse'} than {b} {covers}: {size} ({limits})."


def _what_would_tell(comparison: Comparison) -> str:
    need, unit = comparison.tellable, comparison.new_subjects.cases
    ways = []
    if need.seeds is not None and need.seeds > need.n_seeds:
        ways.append(f"{need.seeds - need.n_seeds} more seeds each ({need.seeds} in all)")
    if need.subjects is not None and need.subjects > need.n_subjects:
        ways.append(f"{need.subjects - need.n_subjects} more {unit} ({need.subjects} in all)")
    if ways:
        ending = "" if need.seeds is not None else f" More seeds alone would not, because there are too few {unit}."
        return f"{_IF} {' or '.join(ways)} would show it with 80 % power.{ending}"
    if need.seeds is None and need.subjects is None:
        return f"{_IF} only more seeds and more {unit} together would show it."
    return f"{_IF} these seeds would have shown it with 80 % power, so it may be smaller."


_IF = "If the true difference is as large as the estimate,"


def _p(p: float) -> str:
    return "< .001" if p < 0.001 else f"= {p:.3f}".replace("0.", ".", 1)
