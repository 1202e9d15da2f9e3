"""A metric of every trial, with its value under every replicate of the subjects: what all answers are made from."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sweep.errors import InputError, nearest
from sweep.metrics.interval import fmr_cautions
from sweep.metrics.metric import Metric
from sweep.metrics.weighted import one_thread
from sweep.stats.error_carriers import Carriers, carriers
from sweep.stats.interval import THIS_TEST_SET
from sweep.stats.measures import MetricFunction, measure_named
from sweep.stats.resampling import Resampling, bootstrap, jackknife
from sweep.stats.scored_trials import FloatArray, TrialScores
from sweep.stats.seeds import seed_values

REPLICATES = 1000
Kind = tuple[bool, str]  # what a replicate must hold: both classes, attacks of a type


@dataclass(frozen=True)
class Measured:
    """A metric of T trials on one test set.

    config, seed, value: (T,). replicates: (B, T) the value with the subjects resampled, the same subjects in every
    trial. deviations: (B, T), whose cross product is the covariance between trials. n_units: subjects of the set that
    the metric is of; unit: "subject", "video" or "sample". n_failed: configuration -> seeds that gave no scores.
    why_not: why there is no interval for new subjects, "" where there is one. covers_here: what an interval over seeds
    covers. n_samples: samples of the set that the metric is of, 0 where they are not known. n_dev_units: subjects of
    dev, where its threshold is used. carriers: configuration -> who carries half of its errors, where samples have
    subjects and the metric counts errors. smooth: whether the resampling is right for smooth metrics alone.
    cautions: what the samples are too few for, whatever their subjects.
    """

    measure: Metric
    config: NDArray[np.str_]
    seed: NDArray[np.int64]
    value: FloatArray
    replicates: FloatArray
    deviations: FloatArray
    n_units: int
    unit: str
    method: str
    n_failed: dict[str, int] = field(default_factory=dict)
    why_not: str = ""
    covers_here: str = THIS_TEST_SET
    n_samples: int = 0
    n_dev_units: int = 0
    carriers: dict[str, Carriers] = field(default_factory=dict)
    smooth: bool = False
    cautions: tuple[str, ...] = ()

    @property
    def fewest_units(self) -> int:
        """Return the subjects of test, or of dev where its threshold is used and it has fewer."""
        return min(self.n_units, self.n_dev_units) if self.n_dev_units else self.n_units

    @property
    def on_logit(self) -> bool:
        """Return whether limits are on the logit scale: of rates, but not with the jackknife, whose method is plain."""
        return self.measure.rate and not self.smooth

    @property
    def configs(self) -> tuple[str, ...]:
        """Return the configurations in the order in which they first appear."""
        return tuple(dict.fromkeys(self.config.tolist()))

    def trials_of(self, config: str) -> NDArray[np.intp]:
        """Return the rows of a configuration in the order of its seeds.

        Raises:
            InputError: no such configuration.
        """
        rows = np.flatnonzero(self.config == config)
        if not rows.size:
            known = ", ".join(self.configs)
            raise InputError(f"Expected a configuration: {known}. Received: {config}.{nearest(config, self.configs)}")
        return rows[np.argsort(self.seed[rows], kind="stable")]


def measure(
    scores: TrialScores,
    metric: str | MetricFunction | Metric,
    *,
    rng: np.random.Generator,
    n_replicates: int = REPLICATES,
    resampling: str = "bootstrap",
    n_failed: dict[str, int] | None = None,
) -> Measured:
    """Return the metric of every trial and of every replicate of its subjects.

    Args:
        scores: the trials' scores on the same samples.
        metric: "hter", "eer", "auc", "accuracy", "mse", "rmse", "mae", a row of the catalogue, or a function (label,
            score) -> number, which is called once a trial and replicate.
        rng: where the bootstrap draws from; the same draws for every trial.
        n_replicates: B; 1000 gives the covariances to some 4 %.
        resampling: "bootstrap", or "jackknife" (no random number; for smooth metrics such as AUC and accuracy only).
        n_failed: configuration -> seeds that gave no scores, to be reported with the answers.

    Raises:
        InputError: an unknown metric, a missing development set, a value that is not finite, or two seeds of the same
            name in one configuration.

    >>> import numpy as np
    >>> from sweep import stats
    >>> rng = np.random.default_rng(0)
    >>> scores = stats.simulate(stats.Design(), 5, rng)
    >>> measured = stats.measure(scores, "hter", rng=rng)
    >>> measured.n_units
    40
    """
    return measure_together(
        scores, (metric,), rng=rng, n_replicates=n_replicates, resampling=resampling, n_failed=n_failed
    )[0]


def measure_together(
    scores: TrialScores,
    metrics: Sequence[str | MetricFunction | Metric],
    *,
    rng: np.random.Generator,
    n_replicates: int = REPLICATES,
    resampling: str = "bootstrap",
    n_failed: dict[str, int] | None = None,
) -> tuple[Measured, ...]:
    """Return what `measure` does of several metrics, each from the state in which rng is given: all see the same draws.

    What they share is computed once, as dev's threshold in every replicate.
    """
    rows = [measure_named(metric) for metric in metrics]
    pairs = _once(scores.config, scores.seed)
    if resampling not in ("bootstrap", "jackknife"):
        raise InputError(f"Expected resampling 'bootstrap' or 'jackknife'. Received: {resampling}.")
    drawn: dict[Kind, Resampling] = {}
    weights: dict[Kind, FloatArray] = {}
    start = rng.bit_generator.state
    for kind in dict.fromkeys((asked.two_classes, asked.attack_type) for asked in rows):
        if resampling == "jackknife":
            drawn[kind] = jackknife(scores)
        else:
            rng.bit_generator.state = start
            drawn[kind] = bootstrap(scores, n_replicates, rng, two_classes=kind[0], attack_type=kind[1])
        weights[kind] = scores.columns(np.concatenate((np.ones((1, scores.units.size)), drawn[kind].weights)))
    tables = np.empty((len(rows), 1 + len(next(iter(drawn.values())).weights), len(pairs)))
    with one_thread():
        for trial in range(len(pairs)):
            scored = scores.of_trial(trial)
            for asked, table in zip(rows, tables, strict=True):
                table[:, trial] = asked.under(scored, weights[asked.two_classes, asked.attack_type])
    return tuple(
        _measured(scores, asked, table, drawn[asked.two_classes, asked.attack_type], pairs, n_failed or {})
        for asked, table in zip(rows, tables, strict=True)
    )


def _measured(
    scores: TrialScores,
    asked: Metric,
    table: FloatArray,
    drawn: Resampling,
    pairs: list[tuple[str, int]],
    n_failed: dict[str, int],
) -> Measured:
    """Return one metric from its values, (1 + B, T): of each trial as it is, and in each replicate."""
    bad = np.flatnonzero(~np.isfinite(table).all(axis=0))
    if bad.size:
        config, seed = pairs[int(bad[0])]
        raise InputError(
            f"Expected a finite {asked.name} in every trial. Received: {bad.size} of {len(pairs)} not finite, such as "
            f"configuration {config or '(the only one)'} seed {seed}. Count those trials as failed instead."
        )
    return Measured(
        measure=asked,
        config=scores.config,
        seed=scores.seed,
        value=table[0],
        replicates=table[1:],
        deviations=drawn.deviations(table[1:]),
        n_units=scores.n_units(on_dev=asked.on_dev),
        unit=scores.unit,
        method=drawn.method,
        smooth=drawn.smooth,
        n_failed=n_failed,
        n_dev_units=scores.n_units(on_dev=True) if _needs_dev(asked, scores) else 0,
        carriers=_carriers(scores, asked),
        n_samples=(scores.dev if asked.on_dev and scores.dev else scores.test).label.size,
        cautions=_cautions(scores, asked),
    )


def _cautions(scores: TrialScores, asked: Metric) -> tuple[str, ...]:
    genuine = scores.test.label == 1
    return fmr_cautions([asked.wanted_fmr], int(genuine.sum()), int((~genuine).sum())) if asked.wanted_fmr else ()


def _carriers(scores: TrialScores, asked: Metric) -> dict[str, Carriers]:
    if asked.errors is None or scores.unit == "sample":
        return {}
    names = dict.fromkeys(scores.config.tolist())
    return {name: carriers(scores, np.flatnonzero(scores.config == name), asked.errors) for name in names}


def values_only(
    config: ArrayLike,
    seed: ArrayLike,
    value: ArrayLike,
    measure: Metric,
    *,
    why_not: str,
    covers_here: str = THIS_TEST_SET,
    n_failed: dict[str, int] | None = None,
) -> Measured:
    """Return the values of trials whose scores cannot be resampled: answers then cover this test set alone.

    Args:
        config, seed, value: (T,) the metric of every trial, finite.
        measure: the metric's name and direction; its function is not called.
        why_not: why there is no interval for new subjects, for the notes.
        covers_here: what an interval over these seeds covers.
        n_failed: configuration -> seeds that gave no value.

    Raises:
        InputError: a value that is not finite, or a seed twice in a configuration.
    """
    names, seeds = np.asarray(config).astype(np.str_), np.asarray(seed).astype(np.int64)
    _once(names, seeds)
    nothing = np.zeros((0, seeds.size))
    return Measured(
        measure=measure,
        config=names,
        seed=seeds,
        value=seed_values(value, measure.name),
        replicates=nothing,
        deviations=nothing,
        n_units=0,
        unit="subject",
        method="",
        n_failed=n_failed or {},
        why_not=why_not,
        covers_here=covers_here,
    )


def _needs_dev(asked: Metric, scores: TrialScores) -> bool:
    return asked.at_dev_threshold and scores.dev is not None and scores.test.prediction is None


def _once(config: NDArray[np.str_], seed: NDArray[np.int64]) -> list[tuple[str, int]]:
    """Return (configuration, seed) of every trial, each once."""
    pairs = list(zip(config.tolist(), seed.tolist(), strict=True))
    if len(set(pairs)) < len(pairs):
        name, number = next(pair for pair in pairs if pairs.count(pair) > 1)
        raise InputError(
            f"Expected every seed once in a configuration. Received: seed {number} twice in {name or 'the data'}."
        )
    return pairs
