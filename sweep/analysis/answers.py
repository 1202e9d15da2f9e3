"""The public answers for a study: `sweep.estimate`, `sweep.compare` and `sweep.against`, from its stored trials."""

import numpy as np

from sweep import stats
from sweep.analysis.configurations import config_named, shares_a_factor
from sweep.analysis.folds import gathered
from sweep.analysis.measured_study import measure_one_look
from sweep.analysis.published import Errors, Paper, against_measured
from sweep.errors import InputError
from sweep.stats import Against, Comparison, Estimate
from sweep.stats.measured_trials import Measured
from sweep.store import store
from sweep.store.places import Place
from sweep.store.store import Results


def estimate(
    results: Results | str | Place,
    metric: str | None = None,
    config: str | None = None,
    *,
    level: float = 0.95,
    method: str = "orh",
    rng: np.random.Generator | None = None,
) -> Estimate:
    """Return a metric of one configuration with its intervals for new subjects and for this test set.

    Args:
        results: what `load` returned, or a study's folder.
        metric: "hter", "eer", "accuracy", "auc", "mse", any of the trials' metrics, or one that their scores give, as
            "fmr100" or "min_dcf"; of a further test set B "B.hter"; None: the task's first.
        config: a config_id or label; None where the study has one configuration.
        level: nominal coverage of each interval.
        method: a word of `sweep.stats.interval_methods.METHODS`: "orh", "orh plain", "crossed bootstrap" ...
        rng: for the bootstrap; None draws from seed 0, so that the same trials give the same answer.

    Raises:
        InputError: no such metric or configuration, or no trial that is ok.

    >>> import sweep
    >>> found = sweep.estimate("results/reference", "hter", "dropout=0")
    >>> round(found.this_test_set.value, 4), found.new_subjects.n_subjects
    (0.1102, 36)
    """
    results, rng = _loaded(results), rng or np.random.default_rng(0)
    measured = measure_one_look(results, metric, rng=rng)
    name = None if config is None else config_named(results, config)
    found = stats.estimates(measured, level=level, method=method, rng=rng)
    if name is None and len(found) > 1:
        labels = ", ".join(said["label"] for said in results.study["configurations"].values())
        raise InputError(f"Expected the configuration to estimate: {labels}. Received: none. Give config=...")
    for one in found:
        if name in (None, one.config):
            return one
    raise InputError(f"Expected a configuration with a trial that is ok. Received: {config}, of which none is.")


def estimates(
    results: Results | str | Place,
    metric: str | None = None,
    *,
    level: float = 0.95,
    method: str = "orh",
    rng: np.random.Generator | None = None,
) -> tuple[Estimate, ...]:
    """Return the estimate of every configuration that has a trial; arguments and errors as in `estimate`."""
    rng = rng or np.random.default_rng(0)
    measured = measure_one_look(_loaded(results), metric, rng=rng)
    return stats.estimates(measured, level=level, method=method, rng=rng)


def compare(
    results: Results | str | Place,
    metric: str | None = None,
    *,
    reference: str | None = None,
    paired: bool | None = None,
    level: float = 0.95,
    rng: np.random.Generator | None = None,
) -> tuple[Comparison, ...]:
    """Return all pairs of configurations compared, or each with the reference, adjusted by Holm.

    Args:
        results, metric, level, rng: as in `estimate`.
        reference: config_id or label.
        paired: whether equal seeds are paired; None: where the study says so, see `shares_a_factor`.

    Raises:
        InputError: as `estimate`; fewer than two configurations; pairing asked for where the study does not allow it.

    >>> import sweep
    >>> (found,) = sweep.compare("results/reference", "hter")
    >>> found.better
    ''
    """
    results = _loaded(results)
    measured = measure_one_look(results, metric, rng=rng or np.random.default_rng(0))
    return compare_measured(results, measured, reference=reference, paired=paired, level=level)


def compare_measured(
    results: Results, measured: Measured, *, reference: str | None, paired: bool | None, level: float
) -> tuple[Comparison, ...]:
    """Return what `compare` does, of a metric that is measured already."""
    if paired is None:
        paired = shares_a_factor(results)
    elif paired and not shares_a_factor(results):
        raise InputError(
            "Expected a study that holds a stream still beside the split, or lets the split follow the seed, to pair "
            "by seed. Received: neither; its seeds are independent draws."
        )
    name = None if reference is None else config_named(results, reference)
    return stats.compare(measured, name, paired=paired, level=level)


def against(
    results: Results | str | Place,
    metric: str,
    published: float,
    *,
    config: str | None = None,
    n_published: float | None = None,
    best_of: int = 1,
    n_seeds: int = 1,
    sd: float | None = None,
    errors: Errors | None = None,
    seed_sd: float | tuple[float, float] | None = None,
    level: float = 0.95,
    rng: np.random.Generator | None = None,
) -> Against:
    """Return whether runs of a configuration could have given a published number.

    With two configurations or more the seed SD is pooled over them. For another test set of n_published samples, what
    our own test set adds is estimated from its subjects, and scaled by the sizes. One trial alone is judged by the test
    sets; where they do not explain the number, it is said how many runs would tell.

    Args:
        results, metric, level, rng: as in `estimate`.
        published: the number, a fraction where the metric is one.
        config: config_id or label; None: the configuration whose mean is nearest to the number.
        n_published: samples of the paper's test set; None: it is ours.
        best_of: the number is the best of so many runs.
        n_seeds, sd: the number is the mean of so many runs, with this SD, if the paper gives it.
        errors: ((false accepts, impostors), (false rejects, genuine)) on the paper's test set, for the HTER: what its
            test set adds follows from these counts.
        seed_sd: the SD of a run, where it is known, or (SD, degrees of freedom), instead of that of our seeds.

    Raises:
        InputError: as `estimate`, or a published number that is no rate.

    >>> import sweep
    >>> found = sweep.against("results/reference", "hter", 0.08)
    >>> found.low < 0.08 < found.high
    True
    """
    results = _loaded(results)
    measured = measure_one_look(results, metric, rng=rng or np.random.default_rng(0))
    paper = Paper(published, best_of, n_seeds, sd, n_published, errors)
    return against_measured(results, measured, paper, config=config, seed_sd=seed_sd, level=level)


def _loaded(results: Results | str | Place) -> Results:
    return gathered(results if isinstance(results, Results) else store.load(results))
