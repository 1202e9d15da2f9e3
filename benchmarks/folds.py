"""Cross-validation over subjects: how often the intervals that people print hold the truth, and how often ours do.

    python benchmarks/folds.py [--studies 1000] [--json]

Prints the table of folds in docs/seed-statistics.md. A study: 40 people dealt to 5 folds, HTER with each fold's own
threshold, 5 and 10 seeds. Its truth is known: for this test set from many more seeds of the same study; for new
subjects from many more people, with training sets as good as the study's, or with new training sets. One core, a minute
and a half.
"""

import argparse
import json
import time
from collections import defaultdict

import numpy as np
from numpy.polynomial import Polynomial
from scipy import stats

from sweep.analysis.simulated_folds import FoldedDesign, expected_hter, folded_runs, folded_study
from sweep.stats import measure
from sweep.stats.orh import single

DESIGN = FoldedDesign()
SEEDS = (5, 10)
LEVEL, SEED = 0.95, 20261128
MORE_SEEDS, REPLICATES = 300, 200
GRID = np.linspace(-4, 4, 9)  # effects of training sets at which the truth is found, in SDs
Rates = dict[tuple[str, str, int], float]
WIDTH = "half the width, in points"
TRUTHS = ("this test set", "new subjects", "new training sets too")
WAYS = (
    "t over the folds of one seed",
    "t over all trials, folds x seeds",
    "here: t over seeds, folds gathered",
    "here: ORH, folds gathered",
)


def main() -> None:
    """Count, and print the table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--studies", type=int, default=1000, help="simulated studies")
    asked.add_argument("--json", action="store_true", help="the rates as one JSON object")
    options = asked.parse_args()
    began = time.perf_counter()
    found = coverage(options.studies, np.random.default_rng(SEED))
    if options.json:
        print(json.dumps({", ".join(map(str, key)): rate for key, rate in found.items()}, indent=2))
        return
    print(table(found))
    error = np.sqrt(LEVEL * (1 - LEVEL) / options.studies)
    took = time.perf_counter() - began
    print(f"\n{options.studies} studies; Monte Carlo error of a rate of .95: {error:.3f}. {took:.0f} s.")


def coverage(n_studies: int, rng: np.random.Generator, design: FoldedDesign = DESIGN) -> Rates:
    """Return (way, truth, seeds) -> share of the studies whose interval holds the truth, and the mean width of each."""
    at_effect = truth_by_training(design, rng)
    anywhere = float(np.mean(at_effect(rng.normal(0, design.training_sd, 100_000))))
    counts: Rates = defaultdict(float)
    for _ in range(n_studies):
        study = folded_study(design, rng)
        here = float(folded_runs(study, MORE_SEEDS, rng).hter().mean())
        truths = dict(zip(TRUTHS, (here, float(at_effect(study.training).mean()), anywhere), strict=True))
        runs = folded_runs(study, max(SEEDS), rng)
        of_folds, measured = (
            runs.hter_of_folds(),
            measure(runs.trial_scores(), "hter", rng=rng, n_replicates=REPLICATES),
        )
        for n in SEEDS:
            orh = single(measured.value[:n], measured.deviations[:, :n]).interval(LEVEL, rate=True)
            limits = (t_limits(of_folds[0]), t_limits(of_folds[:n].ravel()), t_limits(measured.value[:n]), orh)
            for way, (low, high) in zip(WAYS, limits, strict=True):
                counts[way, WIDTH, n] += 50 * (high - low) / n_studies
                for name, truth in truths.items():
                    counts[way, name, n] += (low <= truth <= high) / n_studies
    return dict(counts)


def truth_by_training(
    design: FoldedDesign, rng: np.random.Generator, n_studies: int = 1500
) -> np.polynomial.Polynomial:
    """Return the HTER to expect of other people and seeds, as a function of the effect of the training sets."""
    effects = GRID * design.training_sd
    expected = [expected_hter(design, float(effect), n_studies, rng) for effect in effects]
    return Polynomial.fit(effects, expected, 3)


def t_limits(values: np.ndarray) -> tuple[float, float]:
    """Return the limits of Student's interval of the mean, all values taken as independent."""
    half = stats.t.ppf(0.5 + LEVEL / 2, values.size - 1) * values.std(ddof=1) / np.sqrt(values.size)
    return values.mean() - half, values.mean() + half


def table(found: Rates) -> str:
    """Return the table in Markdown."""
    head = ("interval (5 / 10 seeds)", *(f"holds the truth for {name}" for name in TRUTHS), WIDTH)
    rows = [head, ("---",) * len(head)]
    for way in WAYS:
        cells = (" / ".join(f"{found[way, name, n]:.3f}".removeprefix("0") for n in SEEDS) for name in TRUTHS)
        rows.append((way, *cells, " / ".join(f"{found[way, WIDTH, n]:.1f}" for n in SEEDS)))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    main()
