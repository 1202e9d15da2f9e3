"""How often intervals of a cross-validation hold the truth over simulated studies, and what those of a habit do.

The bounds are binomial, as in test_coverage.py; benchmarks/folds.py prints the figures.
"""

from collections import defaultdict

import numpy as np
import pytest
from scipy import stats

from sweep.analysis.simulated_folds import FoldedDesign, expected_hter, folded_runs, folded_study
from sweep.metrics import eer
from sweep.stats import measure
from sweep.stats.orh import single
from tests.simulations import studies
from tests.stats.test_coverage import between

DESIGN = FoldedDesign(training_sd=0.0)  # then the HTER of other people is one number for all studies
STUDIES, SEEDS = studies(400), 8


@pytest.fixture(scope="module")
def hits() -> dict[str, int]:
    """Return how many of the simulated studies have an interval that holds the truth, by interval."""
    rng, found = np.random.default_rng(20261128), defaultdict(int)
    expected = expected_hter(DESIGN, 0.0, studies(8000), rng)
    for _ in range(STUDIES):
        study = folded_study(DESIGN, rng)
        runs, here = folded_runs(study, SEEDS, rng), float(folded_runs(study, 300, rng).hter().mean())
        measured = measure(runs.trial_scores(), "hter", rng=rng, n_replicates=200)
        low, high = single(measured.value, measured.deviations).interval(0.95, rate=True)
        found["new subjects"] += low <= expected <= high
        for name, values, truth in (
            ("this test set", measured.value, here),
            ("all trials, new subjects", runs.hter_of_folds().ravel(), expected),
        ):
            low, high = stats.t.interval(0.95, values.size - 1, values.mean(), stats.sem(values))
            found[name] += low <= truth <= high
    return dict(found)


def test_t_over_gathered_seeds_covers_this_test_set(hits: dict[str, int]) -> None:
    """One value a seed, of all folds together: t over the seeds covers .93 to .97 of the studies."""
    assert between(hits["this test set"], STUDIES, 0.93, 0.97)


def test_the_interval_for_new_subjects_covers(hits: dict[str, int]) -> None:
    """Subjects resampled over all folds together cover .93 to .97 of the studies."""
    assert between(hits["new subjects"], STUDIES, 0.93, 0.97)


def test_folds_taken_as_independent_cover_too_little(hits: dict[str, int]) -> None:
    """The habit, t over folds x seeds, covers new subjects in less than .88: the studies can tell a wrong interval."""
    assert stats.binomtest(hits["all trials, new subjects"], STUDIES, 0.88, alternative="less").pvalue < 1e-3


def test_a_simulated_run_is_measured_as_it_was_counted() -> None:
    """The thresholds are those of `eer`, and the measured HTER is that of the decisions of the folds."""
    rng = np.random.default_rng(1)
    for separation in (2.5, 9.0):  # with errors, and without any
        study = folded_study(FoldedDesign(separation=separation), rng)
        runs = folded_runs(study, 3, rng)
        for fold in range(study.design.folds):
            own = runs.dev[0][study.fold == (fold + 1) % study.design.folds]
            assert runs.thresholds[0, fold] == eer(own[:, 0].ravel(), own[:, 1].ravel()).threshold
        measured = measure(runs.trial_scores(), "hter", rng=rng, n_replicates=5)
        assert measured.value == pytest.approx(runs.hter(), abs=1e-12)
        assert runs.hter_of_folds().mean(axis=1) == pytest.approx(runs.hter(), abs=1e-12)
