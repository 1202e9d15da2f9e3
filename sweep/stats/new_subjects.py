"""The interval for new subjects: what other seeds would show on other subjects."""

import math
from collections.abc import Iterator

import numpy as np

from sweep.stats.interval import Interval, Kind
from sweep.stats.interval_methods import Seen, method_named
from sweep.stats.measured_trials import Measured
from sweep.stats.orh import Uncertainty, components, single
from sweep.stats.scored_trials import FloatArray
from sweep.stats.seeds import ONE_SEED, TWO_SEEDS

FEW_UNITS = 20
SAME = 1e-12  # values nearer than this differ by rounding


def new_subjects(
    measured: Measured, config: str, *, level: float, method: str = "orh", rng: np.random.Generator | None = None
) -> Interval:
    """Return the mean over seeds of one configuration with its interval for other seeds on other subjects.

    Arguments as in `estimate`. NaN limits and a note where there is one seed or one subject; a wide interval and a note
    below 20 subjects; Clopper-Pearson over subjects where no seed shows any error, and as the least limit where few
    subjects carry half of the errors and fail more often than not.

    Raises:
        InputError: an unknown method, or a missing rng.
    """
    way = method_named(method)
    rows = measured.trials_of(config)
    theta, n, unit = measured.value[rows], measured.n_units, measured.unit
    made_of = components(theta, measured.deviations[:, rows])
    answer = _answer(measured, theta, measured.deviations[:, rows])
    seen = Seen(answer, measured.replicates[:, rows], unit, measured.method, measured.on_logit)
    name, kind, why = way.named(seen), way.kind, ""
    low, high = math.nan, math.nan
    who = measured.carriers.get(config)
    if measured.why_not:
        name, kind, why = "none", Kind.NONE, measured.why_not
    elif theta.size < 2 or measured.fewest_units < 2:
        why = ONE_SEED if theta.size < 2 else f"one {unit} shows no spread; test on at least {FEW_UNITS}"
    elif measured.measure.rate and way.exact_at_edge and answer.value in (0.0, 1.0):
        # Found by the errors, not by se: a threshold drawn again makes errors where the study has none.
        low, high = answer.interval(level, rate=measured.on_logit)
        edge = ((1 - level) / 2) ** (1 / n)
        low, high = (0.0, max(1 - edge, high)) if answer.value == 0 else (min(edge, low), 1.0)
        name, kind = f"Clopper-Pearson over {unit}s", Kind.CLOPPER_PEARSON
        why = f"{n} {unit}s without exception; the interval is theirs, seeds do not narrow it"
    else:
        low, high = way.limits(seen, level, rng)
        if theta.size < way.fewest_seeds:
            why = f"fewer than {way.fewest_seeds} seeds: a bootstrap over seeds is too narrow"
        elif kind is Kind.ORH and answer.se == 0:
            why = "no seed and no subject changes the metric"
    if math.isnan(low):
        answer = Uncertainty(answer.value, math.nan, math.nan)
    if who is not None and not math.isnan(low):
        low, high = who.widened(low, high, level, higher_is_better=measured.measure.higher_is_better)
        why = join(why, who.note(unit, measured.measure.name))
    low, high = within(measured, low, high)
    n_failed = measured.n_failed.get(config, 0)
    cautions = tuple(filter(None, (why, TWO_SEEDS if theta.size == 2 else "", cases_note(measured), *_plain(measured))))
    return Interval(
        value=answer.value,
        low=low,
        high=high,
        level=level,
        method=name,
        covers=way.covers.format(unit=unit),
        n_seeds=theta.size,
        sd=float(theta.std(ddof=1)) if theta.size > 1 else math.nan,
        n_failed=n_failed,
        n_subjects=n,
        n_dev_subjects=measured.n_dev_units,
        se=answer.se,
        df=answer.df,
        note=join(*cautions, lost(n_failed)),
        components={} if measured.why_not else made_of.as_dict(),
        kind=kind,
        unit=unit,
        cautions=cautions,
    )


def _answer(measured: Measured, theta: FloatArray, deviations: FloatArray) -> Uncertainty:
    """Return the mean with its uncertainty; where no seed differs, which says little of a few, that of these runs.

    With MS = 0 nothing is left of the formula where Cov2 is not above 0 either, although the subjects move each run.
    """
    few = few_units(measured)
    found = single(theta, deviations, few_units=few)
    if theta.size < 2 or np.ptp(theta) > SAME:
        return found
    moved = deviations.mean(axis=1)
    se = max(math.sqrt(float(moved @ moved)), 0.0 if found.se < SAME else found.se)
    return Uncertainty(found.value, se, few - 1 if few > 1 else math.inf)


def few_units(measured: Measured) -> int:
    """Return the number of subjects where they are so few that they make the interval uncertain, else 0."""
    return measured.fewest_units if measured.fewest_units < FEW_UNITS else 0


def cases_note(measured: Measured) -> str:
    """Return what to say where the cases are no subjects, or few."""
    n, unit = measured.fewest_units, measured.unit
    where = " in dev" if n < measured.n_units else ""
    return join(
        f"the data name no subjects: every {unit} counts as a case" if unit != "subject" else "",
        f"only {n} {unit}s{where}: below {FEW_UNITS} the interval is rough" if 1 < n < FEW_UNITS else "",
    )


def _plain(measured: Measured) -> Iterator[str]:
    """Yield what the samples are too few for, as a part of a note."""
    for caution in measured.cautions:
        yield caution.rstrip(".")


def within(measured: Measured, low: float, high: float) -> tuple[float, float]:
    """Return the limits of a rate cut to [0, 1], and others as they are."""
    if not measured.measure.rate or math.isnan(low):
        return low, high
    return max(low, 0.0), min(high, 1.0)


def lost(n_failed: int) -> str:
    """Return what to say of seeds that failed."""
    words = "1 seed failed and is" if n_failed == 1 else f"{n_failed} seeds failed and are"
    return f"{words} not in it" if n_failed else ""


def join(*notes: str) -> str:
    """Return the notes that say something, in one line."""
    return "; ".join(note for note in notes if note)
