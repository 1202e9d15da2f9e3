"""Everything that `sweep compare RESULTS` answers, from one pass over the scores."""

from dataclasses import replace

import numpy as np

from sweep import stats
from sweep.analysis.answers import compare_measured
from sweep.analysis.folds import gathered
from sweep.analysis.measured_study import measure_study, stopped_by_itself
from sweep.analysis.published import Paper, against_measured
from sweep.errors import InputError
from sweep.report.compared import Compared
from sweep.stats.measured_trials import Measured
from sweep.stats.seed_tests import PAIRED
from sweep.store import store
from sweep.store.places import Place


def compare_study(
    folder: Place,
    metric: str | None,
    *,
    reference: str | None = None,
    published: Paper | None = None,
    seed_sd: float | tuple[float, float] | None = None,
    config: str | None = None,
    level: float = 0.95,
    method: str = "orh",
    paired: bool | None = None,
    test: str | None = None,
    seed: int = 0,
) -> Compared:
    """Return the estimates of a study, its comparisons, and a published number against it.

    Arguments and errors as in `sweep.estimate`, `sweep.compare` and `sweep.against`. test: a test over the seeds, see
    `sweep.stats.seed_test`. seed: of the bootstrap. published: what a paper says. With a published number, or one
    configuration alone, nothing is compared.
    """
    results = gathered(store.load(folder))
    rng = np.random.default_rng(seed)
    measured = measure_study(results, metric, rng=rng)
    labels = {str(key): str(said["label"]) for key, said in results.study["configurations"].items()}
    found = Compared(
        study=str(results.study["study"]),
        metric=measured.measure.name,
        level=level,
        labels=labels,
        estimates=stats.estimates(measured, level=level, method=method, rng=rng),
        notes=(*results.notes, *(f"{said[0].upper()}{said[1:]}." for said in stopped_by_itself(results))),
    )
    if published is not None:
        return replace(
            found,
            against=against_measured(results, measured, published, config=config, seed_sd=seed_sd, level=level),
        )
    if len(measured.configs) < 2 and reference is None and paired is None and test is None:
        return found
    if config is not None:
        raise InputError("Expected --config only with --published. Received: no published number. See --reference.")
    pairs = compare_measured(results, measured, reference=reference, paired=paired, level=level)
    tests = tuple(_test(measured, pair.a, pair.b, test, pair.paired, len(pairs)) for pair in pairs) if test else ()
    return replace(found, comparisons=pairs, tests=tests)


def _test(measured: Measured, a: str, b: str, test: str, paired: bool, comparisons: int) -> stats.SeedTest:
    rows_a, rows_b = measured.trials_of(a), measured.trials_of(b)
    if test in PAIRED:
        if not paired:
            raise InputError(
                f"Expected a test for independent seeds. Received: {test}, which pairs by seed; this study's seeds are "
                "independent draws. Use welch."
            )
        shared = np.intersect1d(measured.seed[rows_a], measured.seed[rows_b])
        rows_a, rows_b = (rows[np.isin(measured.seed[rows], shared)] for rows in (rows_a, rows_b))
    return stats.seed_test(measured.value[rows_a], measured.value[rows_b], test, comparisons=comparisons)
