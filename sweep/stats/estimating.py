"""The two intervals of a configuration, always labelled: for this test set, and for new subjects."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError
from sweep.errors.display import Several
from sweep.stats.best_of_n import ExpectedBest, expected_best
from sweep.stats.failure_rate import Failures, failures
from sweep.stats.interval import Interval, Kind, check_level
from sweep.stats.measured_trials import Measured
from sweep.stats.moderated import FEWEST, SHARED, Moderated, moderated_se, moderated_variance
from sweep.stats.new_subjects import join, lost, new_subjects
from sweep.stats.orh import Components, components
from sweep.stats.outlying_seeds import apart_note
from sweep.stats.rate_limits import t_limits
from sweep.stats.seeds import t_interval

_LONELY = "one seed; its spread is taken from the other configurations"


@dataclass(frozen=True)
class Estimate:
    """A metric of one configuration: its two intervals, and what it varies with.

    new_subjects: covers other seeds on other subjects (or videos, or samples, where the data name no subjects).
    this_test_set: covers other seeds on the same test set. values: the metric of every seed, in the order of the seeds.
    failures: the mean with and without failed seeds, median and interquartile mean. best: the expected best of n seeds.
    apart: which seeds stand apart from the others, in a sentence, "" for none.
    """

    config: str
    metric: str
    new_subjects: Interval
    this_test_set: Interval
    components: Components
    values: tuple[float, ...]
    failures: Failures
    best: ExpectedBest
    apart: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the interval for new subjects with its keys on top, and the one for this test set beside it."""
        return {
            "config_id": self.config,
            "metric": self.metric,
            **self.new_subjects.as_dict(),
            "this_test_set": self.this_test_set.as_dict(),
            "shares": self.components.shares() if self.new_subjects.components else {},
            "values": list(self.values),
            "failures": self.failures.as_dict(),
            "expected_best": list(self.best.value),
            "apart": self.apart,
        }

    def __str__(self) -> str:
        """Return two lines, an interval each."""
        name = f"{self.config} {self.metric}".strip()
        return f"{name}: {self.new_subjects}\n{name}: {self.this_test_set}"


def estimate(
    measured: Measured,
    config: str | None = None,
    *,
    level: float = 0.95,
    method: str = "orh",
    rng: np.random.Generator | None = None,
) -> Estimate:
    """Return both intervals of one configuration.

    Args:
        measured: what `measure` returned.
        config: which configuration; None where there is one only.
        level: nominal coverage of each interval.
        method: a word of `sweep.stats.interval_methods.METHODS`: "orh", the formula of Obuchowski, Rockette and Hillis,
            limits of a rate on the logit scale; "orh plain", its symmetric limits; or "crossed bootstrap", percentiles
            over seeds and subjects resampled together (needs `rng`).
        rng: for a bootstrap alone.

    Raises:
        InputError: no such configuration, several and none named, a level outside (0, 1), a missing rng.

    >>> import numpy as np
    >>> from sweep import stats
    >>> rng = np.random.default_rng(0)
    >>> scores = stats.simulate(stats.Design(), 5, rng)
    >>> measured = stats.measure(scores, "hter", rng=rng)
    >>> found = stats.estimate(measured)
    >>> found.new_subjects.low < found.this_test_set.value < found.new_subjects.high
    True
    """
    level = check_level(level)
    if config is None:
        if len(measured.configs) != 1:
            raise InputError(f"Expected the name of a configuration: {', '.join(measured.configs)}. Received: none.")
        config = measured.configs[0]
    rows = measured.trials_of(config)
    made_of = components(measured.value[rows], measured.deviations[:, rows])
    failed = measured.n_failed.get(config, 0)
    here = t_interval(measured.value[rows], level, rate=measured.on_logit)
    return Estimate(
        config=config,
        metric=measured.measure.name,
        new_subjects=new_subjects(measured, config, level=level, method=method, rng=rng),
        this_test_set=replace(
            here,
            n_failed=failed,
            components={"ms": made_of.ms},
            covers=measured.covers_here,
            note=join(here.note, lost(failed)),
        ),
        components=made_of,
        values=tuple(measured.value[rows].tolist()),
        failures=_failures(measured, rows, failed, level),
        apart=apart_note(
            measured.value[rows],
            [f"seed {seed}" for seed in measured.seed[rows].tolist()],
            rate=measured.measure.rate,
            level=level,
        ),
        best=expected_best(measured.value[rows], higher_is_better=measured.measure.higher_is_better),
    )


def _failures(measured: Measured, rows: NDArray[np.intp], failed: int, level: float) -> Failures:
    return failures(measured.value[rows], failed, measured.measure.chance, level, rate=measured.on_logit)


def estimates(
    measured: Measured,
    *,
    level: float = 0.95,
    method: str = "orh",
    rng: np.random.Generator | None = None,
) -> tuple[Estimate, ...]:
    """Return the estimate of every configuration; arguments and errors as in `estimate`.

    With five configurations or more the intervals for this test set use moderated variances (Smyth 2004), and say so.
    """
    found = Several(estimate(measured, name, level=level, method=method, rng=rng) for name in measured.configs)
    variances = np.array([one.this_test_set.sd**2 for one in found])
    df = np.array([one.this_test_set.n_seeds - 1 for one in found])
    if len(found) < FEWEST or np.sum((df > 0) & (variances > 0)) < 2:
        return found
    shared = moderated_variance(variances, df)
    return Several(
        replace(one, this_test_set=_moderated(measured, one.this_test_set, shared, at)) for at, one in enumerate(found)
    )


def _moderated(measured: Measured, plain: Interval, shared: Moderated, at: int) -> Interval:
    df = float(shared.df[at])
    se = moderated_se(plain.sd, plain.n_seeds, shared, at, plain.level)
    low, high = t_limits(plain.value, se, df, plain.level, rate=measured.on_logit)
    note = join(_LONELY, lost(plain.n_failed)) if plain.n_seeds == 1 else plain.note
    return replace(
        plain,
        low=low,
        high=high,
        se=se,
        df=df,
        method=f"moderated {plain.method} (Smyth 2004)",
        note=join(note, SHARED),
        kind=Kind.MODERATED,
        components={
            **plain.components,
            "moderated_variance": float(shared.variance[at]),
            "plain_low": plain.low,
            "plain_high": plain.high,
        },
    )
