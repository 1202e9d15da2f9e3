"""A number of a paper against the trials of a study: what the paper says, and the spread of our runs and test set."""

from dataclasses import dataclass, replace

import numpy as np

from sweep import stats
from sweep.analysis.configurations import config_named
from sweep.analysis.folds import gathered
from sweep.analysis.measured_study import measure_study
from sweep.errors import InputError
from sweep.stats import Against
from sweep.stats.measured_trials import Measured
from sweep.stats.new_subjects import within
from sweep.store import store
from sweep.store.places import Place
from sweep.store.store import Results

Errors = tuple[tuple[float, float], tuple[float, float]]
_ROUNDED = 0.006  # by which a rate in a paper may differ from its counts: half a per cent, rounded


@dataclass(frozen=True)
class Paper:
    """What a paper says.

    published: the number, None where it follows from `errors`. best_of, n_seeds, sd: see `sweep.stats.Reported`.
    n: samples of its test set, None: it is ours. errors: ((false accepts, impostors), (false rejects, genuine)).
    """

    published: float | None
    best_of: int = 1
    n_seeds: int = 1
    sd: float | None = None
    n: float | None = None
    errors: Errors | None = None

    def number(self, metric: str, unit: float = 1.0) -> float:
        """Return the number in its unit: 1 of fractions, 100 of per cent.

        Raises:
            InputError: counts for another metric than HTER, or that give another number than the paper's.
        """
        if self.errors is None:
            if self.published is None:
                raise InputError("Expected a published number, or its counts of errors. Received: neither.")
            return self.published
        if metric != "hter":
            raise InputError(f"Expected counts of errors for hter alone. Received: them for {metric}.")
        for what, (wrong, n) in zip(("false accepts", "false rejects"), self.errors, strict=True):
            if not 0 <= wrong <= n or not n > 0:
                raise InputError(f"Expected {what} from 0 to the number of tries. Received: {wrong:g} of {n:g}.")
        rate = unit * sum(wrong / n for wrong, n in self.errors) / 2
        if self.published is not None and abs(rate - self.published) > unit * _ROUNDED:
            raise InputError(
                f"Expected counts that give the published hter={self.published:g}. Received: counts that give "
                f"{rate:.4g}. Look at both; or give the counts alone."
            )
        return rate if self.published is None else self.published

    def variance(self) -> float | None:
        """Return what the paper's test set adds to its HTER by its counts, as if tries were independent; or None."""
        if self.errors is None:
            return None
        return sum(stats.rate_variance(wrong / n, n) for wrong, n in self.errors) / 4


def against_measured(
    results: Results,
    measured: Measured,
    paper: Paper,
    *,
    config: str | None,
    seed_sd: float | tuple[float, float] | None = None,
    level: float,
) -> Against:
    """Return what `sweep.against` does, of a metric that is measured already."""
    published = paper.number(measured.measure.name)
    if measured.measure.rate and not 0 <= published <= 1:
        raise InputError(
            f"Expected a published {measured.measure.name} from 0 to 1. Received: {published:g}. Give a fraction: 3.1 "
            "% is 0.031."
        )
    every = stats.estimates(measured, level=level)
    if config is None:
        one = min(every, key=lambda found: abs(found.new_subjects.value - published))
    else:
        wanted = config_named(results, config)
        found_of = {found.config: found for found in every}
        if wanted not in found_of:
            raise InputError(f"Expected a configuration with a trial that is ok. Received: {config}, of which none is.")
        one = found_of[wanted]
    sizes, variance = {}, 0.0
    if paper.n is not None or paper.errors is not None:
        if measured.why_not:
            raise InputError(f"Expected scores to judge another test set. Received: none; {measured.why_not}.")
        variance = _of_test_set(measured, one)
        sizes = {} if paper.n is None else {"n_published": paper.n, "n_test": float(measured.n_samples)}
    found = stats.against(
        one.values,
        published,
        level=level,
        pooled=known_sd(seed_sd) or _pooled(every),
        test_set_variance=variance,
        best_of=paper.best_of,
        n_seeds=paper.n_seeds,
        sd=paper.sd,
        higher_is_better=measured.measure.direction == "higher",
        published_variance=paper.variance(),
        rate=measured.measure.rate,
        **sizes,
    )
    low, high = within(measured, found.low, found.high)
    return replace(
        with_source(found, seed_sd),
        low=low,
        high=high,
        config=one.config,
        n_failed=one.new_subjects.n_failed,
        n_subjects=measured.n_units,
    )


def known_sd(seed_sd: float | tuple[float, float] | None) -> tuple[float, float] | None:
    """Return (SD, degrees of freedom) of a seed SD that is known."""
    if seed_sd is None:
        return None
    sd, df = seed_sd if isinstance(seed_sd, tuple) else (float(seed_sd), np.inf)
    if not sd >= 0 or not np.isfinite(sd) or not df > 0:
        raise InputError(f"Expected an SD of the seeds from 0. Received: {sd:g}, with {df:g} degrees of freedom.")
    return sd, df


def with_source(found: Against, seed_sd: float | tuple[float, float] | None) -> Against:
    """Return the answer with words that say where a known seed SD is from."""
    if seed_sd is None:
        return found
    given = "as given" if not isinstance(seed_sd, tuple) else "that of other results, as named"
    return replace(found, assumes=found.assumes.replace("that of all configurations pooled", given))


def sd_of_results(folder: Place, metric: str | None) -> tuple[float, float]:
    """Return (SD, degrees of freedom) of a run, pooled over the configurations of a study.

    Raises:
        InputError: no configuration has two seeds, or the study has no such metric.
    """
    measured = measure_study(gathered(store.load(folder)), metric, rng=np.random.default_rng(0))
    every = stats.estimates(measured)
    return stats.pooled_sd(*_variances(every))


def _pooled(every: tuple[stats.Estimate, ...]) -> tuple[float, float] | None:
    """Return the seed SD pooled over configurations; None where fewer than two of them show one."""
    variances, df = _variances(every)
    return stats.pooled_sd(variances, df) if sum(one > 0 for one in df) > 1 else None


def _variances(every: tuple[stats.Estimate, ...]) -> tuple[list[float], list[int]]:
    """Return the variance over seeds of each configuration, and its degrees of freedom."""
    here = [found.this_test_set for found in every]
    return [one.sd**2 for one in here], [one.n_seeds - 1 for one in here]


def _of_test_set(measured: Measured, one: stats.Estimate) -> float:
    """Return what our test set adds to the mean over seeds: Cov2, or with one seed the variance of its replicates."""
    trials = measured.trials_of(one.config)
    if len(trials) > 1:
        return max(one.components.cov2, 0.0)
    return float(np.nanvar(measured.replicates[:, trials[0]], ddof=1))
