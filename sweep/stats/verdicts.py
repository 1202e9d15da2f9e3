"""What a comparison says, in words."""

import math

from sweep.stats.comparison import Comparison
from sweep.stats.interval import Interval


def verdict(one: Comparison) -> str:
    """Return the outcome in one to three sentences: better, worse or not told apart, and what would tell."""
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


def _outcome(one: Comparison, gap: Interval, *, on_new: bool) -> str:
    """Return one sentence on the difference for new subjects, or on this test set."""
    better, p = (one.better, one.p_new_subjects_holm) if on_new else (one.better_here, one.p_this_test_set_holm)
    covers = f"for {gap.covers}" if on_new else f"on {gap.covers}"
    if gap.value == 0 and gap.se == 0:
        return f"{one.a} and {one.b} are not told apart: the same {one.metric}."
    direction = "higher" if gap.value > 0 else "lower"
    size = f"{one.metric} {direction} by {abs(gap.value):.4g}"
    if gap.se == 0:
        return f"{one.a} and {one.b} differ {covers}: {size} in every seed. Without variation there is no test."
    adjusted = f", Holm over {one.n_comparisons}" if one.n_comparisons > 1 else ""
    limits = f"{100 * gap.level:g} % interval {gap.low:.4g} to {gap.high:.4g}, p {_p(p)}{adjusted}"
    if not better:
        alone = "; the interval is not adjusted and excludes 0" if gap.low > 0 or gap.high < 0 else ""
        return f"{one.a} and {one.b} are not told apart {covers}: {size} ({limits}{alone})."
    return f"{one.a} is {'better' if better == one.a else 'worse'} than {one.b} {covers}: {size} ({limits})."


def _what_would_tell(one: Comparison) -> str:
    need, unit = one.tellable, one.new_subjects.covers.removeprefix("new ")
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
