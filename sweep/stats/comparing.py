"""Is one configuration better than another? Differences for new subjects and for this test set, with a verdict."""

import math
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError
from sweep.errors.display import Several
from sweep.stats.comparison import Comparison
from sweep.stats.dominance import probability_above
from sweep.stats.interval import Interval, Kind, check_level
from sweep.stats.measured_trials import Measured
from sweep.stats.multiplicity import holm
from sweep.stats.new_subjects import cases_note, few_units, join
from sweep.stats.orh import Uncertainty, components, difference, paired_difference
from sweep.stats.sample_size import tellable
from sweep.stats.seeds import ONE_SEED


def compare(
    measured: Measured, reference: str | None = None, *, paired: bool = False, level: float = 0.95
) -> tuple[Comparison, ...]:
    """Return the comparison of all pairs of configurations, or of each with a reference, Holm-adjusted together.

    Args:
        measured: what `measure` returned.
        reference: the configuration that each other one is compared with; None: all pairs.
        paired: whether equal seeds of two configurations share a factor, so that differences are taken seed by seed
            (aligned by seed, over the seeds that both have).
        level: nominal coverage of each interval; 1 - level is the false alarm rate over all comparisons together.

    Raises:
        InputError: fewer than two configurations, an unknown reference, or no shared seed where paired.

    >>> import numpy as np
    >>> from sweep import stats
    >>> rng = np.random.default_rng(0)
    >>> scores = stats.simulate(stats.Design(), 5, rng, shifts=(0.0, 1.0))
    >>> measured = stats.measure(scores, "hter", rng=rng)
    >>> (found,) = stats.compare(measured)
    >>> found.better
    'B'
    """
    level = check_level(level)
    names = measured.configs
    if len(names) < 2:
        raise InputError(
            f"Expected at least two configurations to compare. Received: {len(names)}. Give the study a grid, or "
            "compare with a published number (--published)."
        )
    if reference is not None:
        measured.trials_of(reference)
        pairs = [(name, reference) for name in names if name != reference]
    else:
        pairs = list(combinations(names, 2))
    found = [_compare(measured, a, b, paired, level, len(pairs)) for a, b in pairs]
    new, here = holm([one.p_new_subjects for one in found]), holm([one.p_this_test_set for one in found])
    return Several(
        replace(one, p_new_subjects_holm=float(p), p_this_test_set_holm=float(q))
        for one, p, q in zip(found, new, here, strict=True)
    )


def _compare(measured: Measured, a: str, b: str, paired: bool, level: float, n_comparisons: int) -> Comparison:
    rows_a, rows_b = _rows(measured, a, b, paired)
    x, y = measured.value[rows_a], measured.value[rows_b]
    dx, dy = measured.deviations[:, rows_a], measured.deviations[:, rows_b]
    few = few_units(measured)
    differ = paired_difference if paired else difference
    # Without deviations the same equations are the paired t-test and Welch's.
    new, here = differ(x, y, dx, dy, few), differ(x, y, np.zeros_like(dx), np.zeros_like(dy))
    if measured.why_not:
        new = Uncertainty(new.value, math.nan, math.nan)
    design, over_seeds = ("seeds paired", "paired t over seeds") if paired else ("ORH-Welch", "Welch over seeds")
    few_seeds = ONE_SEED if min(x.size, y.size) < 2 else ""
    made_of = {f"a_{k}": v for k, v in components(x, dx).as_dict().items()}
    made_of |= {f"b_{k}": v for k, v in components(y, dy).as_dict().items()}
    failed = measured.n_failed.get(a, 0) + measured.n_failed.get(b, 0)
    common: dict[str, Any] = {"n_seeds": int(x.size + y.size), "n_failed": failed, "level": level}
    common |= {"rate": measured.measure.rate}
    return Comparison(
        a=a,
        b=b,
        metric=measured.measure.name,
        new_subjects=_interval(
            new,
            "none" if measured.why_not else f"Obuchowski-Rockette-Hillis, {design}, {measured.method}",
            f"new {measured.unit}s",
            kind=Kind.NONE if measured.why_not else Kind.ORH,
            unit=measured.unit,
            n_subjects=measured.n_units,
            note=join(measured.why_not, few_seeds, cases_note(measured)),
            components={} if measured.why_not else made_of,
            **common,
        ),
        this_test_set=_interval(here, over_seeds, measured.covers_here, kind=Kind.STUDENT, note=few_seeds, **common),
        p_new_subjects=_p(new),
        p_this_test_set=_p(here),
        probability=probability_above(x, y, level),
        paired=paired,
        higher_is_better=measured.measure.higher_is_better,
        tellable=tellable(
            new, here, (components(x, dx), components(y, dy)), measured.n_units, (1 - level) / n_comparisons
        ),
        n_comparisons=n_comparisons,
    )


def _rows(measured: Measured, a: str, b: str, paired: bool) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    rows_a, rows_b = measured.trials_of(a), measured.trials_of(b)
    if not paired:
        return rows_a, rows_b
    shared = np.intersect1d(measured.seed[rows_a], measured.seed[rows_b])
    if not shared.size:
        raise InputError(f"Expected seeds that {a} and {b} share, to pair them. Received: none in common.")
    keep = [rows[np.isin(measured.seed[rows], shared)] for rows in (rows_a, rows_b)]
    return keep[0], keep[1]


def _interval(answer: Uncertainty, method: str, covers: str, *, level: float, rate: bool, **counts: Any) -> Interval:
    low, high = answer.interval(level)
    if rate:  # two rates differ by at most 1
        low, high = float(max(low, -1.0)), float(min(high, 1.0))
    return Interval(answer.value, low, high, level, method, covers, se=answer.se, df=answer.df, **counts)


def _p(answer: Uncertainty) -> float:
    """Return the p-value; 1 where nothing varies and nothing differs."""
    return 1.0 if answer.se == 0 and answer.value == 0 else answer.p()
