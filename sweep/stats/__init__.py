"""The statistics of seeds: intervals, comparison, planning, failures. NumPy and SciPy alone.

From scores to answers: `measure(trial_scores(score, label, subject, dev=...), "hter", rng=rng)` computes the metric of
every seed and of every resample of the subjects once; `estimate` and `compare` read it. The other functions take plain
values, one a seed.
"""

from typing import TYPE_CHECKING

from sweep.errors.arguments import lazy_door

if TYPE_CHECKING:
    from sweep.stats.best_of_n import ExpectedBest, best_of_normal, expected_best
    from sweep.stats.comparing import compare
    from sweep.stats.comparison import Comparison, verdict
    from sweep.stats.dominance import probability_above
    from sweep.stats.estimating import Estimate, estimate, estimates
    from sweep.stats.failure_rate import Failures, clopper_pearson, failures, iqm
    from sweep.stats.interval import NEW_SUBJECTS, THIS_TEST_SET, Interval
    from sweep.stats.measured_trials import Measured, measure
    from sweep.stats.moderated import Moderated, moderated_variance
    from sweep.stats.multiplicity import holm
    from sweep.stats.outlying_seeds import seeds_apart
    from sweep.stats.planning import (
        sd_interval,
        seeds_for_half_width,
        seeds_for_power,
        seeds_in_two_stages,
        seeds_with_assurance,
    )
    from sweep.stats.precision_stop import Pilot, seeds_wanted
    from sweep.stats.published import Against, against, rate_variance
    from sweep.stats.reported import Reported
    from sweep.stats.scored_trials import TrialScores, trial_scores
    from sweep.stats.seed_plan import Plan, plan_seeds
    from sweep.stats.seed_tests import SeedTest, seed_test
    from sweep.stats.seeds import t_interval
    from sweep.stats.simulation import Design, simulate
    from sweep.stats.spending import boundaries
    from sweep.stats.standard_deviation import equal_spread, pooled_sd, sd_interval_of
    from sweep.stats.two_sets import difference_of_sets

__all__ = [
    "NEW_SUBJECTS",
    "THIS_TEST_SET",
    "Against",
    "Comparison",
    "Design",
    "Estimate",
    "ExpectedBest",
    "Failures",
    "Interval",
    "Measured",
    "Moderated",
    "Pilot",
    "Plan",
    "Reported",
    "SeedTest",
    "TrialScores",
    "against",
    "best_of_normal",
    "boundaries",
    "clopper_pearson",
    "compare",
    "difference_of_sets",
    "equal_spread",
    "estimate",
    "estimates",
    "expected_best",
    "failures",
    "holm",
    "iqm",
    "measure",
    "moderated_variance",
    "plan_seeds",
    "pooled_sd",
    "probability_above",
    "rate_variance",
    "sd_interval",
    "sd_interval_of",
    "seed_test",
    "seeds_apart",
    "seeds_for_half_width",
    "seeds_for_power",
    "seeds_in_two_stages",
    "seeds_wanted",
    "seeds_with_assurance",
    "simulate",
    "t_interval",
    "trial_scores",
    "verdict",
]
_FROM = {
    "best_of_n": ("ExpectedBest", "best_of_normal", "expected_best"),
    "comparing": ("compare",),
    "comparison": ("Comparison", "verdict"),
    "dominance": ("probability_above",),
    "estimating": ("Estimate", "estimate", "estimates"),
    "failure_rate": ("Failures", "clopper_pearson", "failures", "iqm"),
    "interval": ("NEW_SUBJECTS", "THIS_TEST_SET", "Interval"),
    "measured_trials": ("Measured", "measure"),
    "moderated": ("Moderated", "moderated_variance"),
    "multiplicity": ("holm",),
    "outlying_seeds": ("seeds_apart",),
    "planning": (
        "sd_interval",
        "seeds_for_half_width",
        "seeds_for_power",
        "seeds_in_two_stages",
        "seeds_with_assurance",
    ),
    "precision_stop": ("Pilot", "seeds_wanted"),
    "published": ("Against", "against", "rate_variance"),
    "reported": ("Reported",),
    "scored_trials": ("TrialScores", "trial_scores"),
    "seed_plan": ("Plan", "plan_seeds"),
    "seed_tests": ("SeedTest", "seed_test"),
    "seeds": ("t_interval",),
    "simulation": ("Design", "simulate"),
    "spending": ("boundaries",),
    "standard_deviation": ("equal_spread", "pooled_sd", "sd_interval_of"),
    "two_sets": ("difference_of_sets",),
}

_PLACES = {name: f"sweep.stats.{file}" for file, names in _FROM.items() for name in names}

if not TYPE_CHECKING:  # a checker of types knows every name from above
    __getattr__ = lazy_door(globals(), _PLACES)
