"""A metric of every trial of a study, resampled by subject where its scores allow it, else as stored."""

from dataclasses import replace
from typing import Any

import numpy as np

from sweep.analysis.asked_metrics import check_metric, with_metric
from sweep.analysis.current import current
from sweep.analysis.fold_scores import for_metric
from sweep.analysis.folds import gathered
from sweep.analysis.further_tests import name_there, on_test, row_of, set_and_metric
from sweep.analysis.once import asked_together, once
from sweep.analysis.study_scores import NoCommonScoresError, study_scores
from sweep.errors import InputError
from sweep.metrics.catalogue import first_of_test, metric_called
from sweep.metrics.metric import Metric
from sweep.stats.interval import OTHER_SPLITS, THIS_TEST_SET
from sweep.stats.measured_trials import REPLICATES, Measured, measure_together, values_only
from sweep.stats.scored_trials import TrialScores
from sweep.store.store import Results

SEED = 0  # of the bootstrap of a report

STOPPED = (
    "the study stopped by what it saw: intervals and p-values of one look are too narrow here; the report has repeated "
    "ones"
)


def measure_one_look(
    results: Results, metric: str | None = None, *, rng: np.random.Generator, n_replicates: int = REPLICATES
) -> Measured:
    """Return the same as `measure_study`, with a caution where the study stopped by itself."""
    found = measure_study(results, metric, rng=rng, n_replicates=n_replicates)
    return replace(found, cautions=(*found.cautions, *stopped_by_itself(results)))


def stopped_by_itself(results: Results) -> tuple[str, ...]:
    """Return what to say of intervals of one look where the number of seeds was decided by what was seen."""
    return (STOPPED,) if results.study["resolved"].get("stop") else ()


def measure_study(
    results: Results, metric: str | None = None, *, rng: np.random.Generator, n_replicates: int = REPLICATES
) -> Measured:
    """Return a metric of all trials that are ok, resampled by subject where the scores allow it, else as stored.

    The folds of a seed are one run, see `sweep.analysis.folds`. "B.hter" is of the further test set B.

    Raises:
        InputError: a metric that the study has not, or no trial that is ok.
    """
    results = gathered(results)
    metric = metric or first_of_test(results.study["task"])
    name, own = set_and_metric(results, metric)
    if name:
        there = on_test(results, name)
        return replace(
            measure_study(there, name_there(own), rng=rng, n_replicates=n_replicates), measure=row_of(name, own)
        )
    start = repr(rng.bit_generator.state)
    measured, after = once(
        ("measured", metric, n_replicates, start),
        (results.study, results.trials, results.scores),
        lambda: (_measured(results, metric, rng, n_replicates), rng.bit_generator.state),
    )
    rng.bit_generator.state = after  # as if it had been drawn from now
    return measured


def _measured(results: Results, metric: str, rng: np.random.Generator, n_replicates: int) -> Measured:
    now = current(results)
    column = f"metric.{metric}"
    row = check_metric(results, metric)
    if not len(now.ok):
        raise InputError(f"Expected a trial that is ok in {results.path}. Received: none; {len(now.failed)} failed.")
    failed = {str(name): int(n) for name, n in now.failed["config_id"].value_counts().items()}
    if row.resampled:
        try:
            scores = study_scores(for_metric(results, row))
        except NoCommonScoresError as error:
            now = current(with_metric(results, metric))
            if column not in now.ok:
                raise
            why = error.why
        else:
            if column not in now.ok or not row.of_attacks or scores.test.attack_type is not None:
                return _of_scores(scores, row, rng, n_replicates, failed)
            why = "the stored scores hold no attack types"
    else:
        why = f"{metric} cannot be computed again from the stored scores"
    rows = now.ok[np.isfinite(now.ok[column].to_numpy(np.float64))]
    if not len(rows):
        raise InputError(
            f"Expected a trial with a {metric} in {results.path}. Received: {len(now.ok)} that are ok, none with one. "
            f"Look at the column {column} of its trials, or name another metric."
        )
    other = (now.ok.groupby("config_id")["data_id"].nunique() > 1).any()
    return values_only(
        rows["config_id"],
        rows["seed"],
        rows[column],
        row,
        why_not=why,
        covers_here=OTHER_SPLITS if other else THIS_TEST_SET,
        n_failed=failed,
    )


def _of_scores(
    scores: TrialScores, row: Metric, rng: np.random.Generator, n_replicates: int, failed: dict[str, int]
) -> Measured:
    """Return a metric; in a report measured together with the others that need the same draws of the same scores."""
    start = rng.bit_generator.state
    rows = [one for one in map(metric_called, asked_together()) if _drawn_alike(one, row)]

    def work() -> tuple[dict[str, Measured], Any]:
        found = measure_together(scores, rows, rng=rng, n_replicates=n_replicates, n_failed=failed)
        return {one.measure.name: one for one in found}, rng.bit_generator.state

    if row in rows and start == np.random.default_rng(SEED).bit_generator.state:
        try:
            found, rng.bit_generator.state = once(
                ("together", n_replicates, *(one.name for one in rows)), (scores,), work
            )
            return found[row.name]
        except InputError:  # of another metric perhaps: alone it is said of this one
            rng.bit_generator.state = start
    rows = [row]
    return work()[0][row.name]


def _drawn_alike(one: Metric, other: Metric) -> bool:
    """Return whether two metrics read the same scores in the same replicates."""
    alike = (one.two_classes, one.attack_type, one.as_given) == (other.two_classes, other.attack_type, other.as_given)
    return alike and one.resampled and not one.of_attacks
