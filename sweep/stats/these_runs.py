"""The interval for these very runs on new subjects: the seeds fixed, the subjects not."""

import math

from sweep.stats.interval import Interval, check_level
from sweep.stats.measured_trials import Measured
from sweep.stats.new_subjects import cases_note, join
from sweep.stats.rate_limits import t_limits


def these_runs(measured: Measured, config: str, *, level: float = 0.95) -> Interval:
    """Return the mean over seeds with the interval for new subjects and no other seed; one seed is enough.

    Var = Cov2 + (Var_err - Cov2) / S, the variance of the mean when the subjects are resampled; normal limits,
    of a rate on the logit scale.

    Raises:
        InputError: no such configuration, or a level outside (0, 1).

    Reference: Hillis, Obuchowski and Berbaum, Academic Radiology 18, 2011 (fixed readers, random cases).
    """
    rows = measured.trials_of(config)
    value = float(measured.value[rows].mean())
    moved = measured.deviations[:, rows].mean(axis=1)
    se = math.sqrt(float(moved @ moved))
    low, high = t_limits(value, se, math.inf, check_level(level), rate=measured.on_logit)
    return Interval(
        value=value,
        low=low,
        high=high,
        level=level,
        method=f"normal, {measured.method}",
        covers=f"new {measured.unit}s, these runs only",
        n_seeds=rows.size,
        n_subjects=measured.n_units,
        se=se,
        df=math.inf,
        note=join("no resample changes the metric" if se == 0 else "", cases_note(measured)),
    )
