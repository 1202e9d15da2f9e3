"""Habits of reporting seeds, what goes wrong with each as counted over simulated studies, and what we do instead.

    python benchmarks/seed_statistics.py [--studies 1000] [--edges | --promises] [--json]

Prints the tables of docs/seed-statistics.md. A study: 2 equally good configurations, 5, 10 and 30 seeds, HTER with the
threshold from 20 dev subjects on 40 test subjects, whose true value is known from many more studies. One core, some
minutes; with --edges other numbers of people, rates and data, on every core, an hour or two at 2,000 studies.
"""

import argparse
import json
import time
from collections import defaultdict

import edges
import numpy as np
import promises
from scipy import stats

from sweep.stats import Design, best_of_normal, measure, moderated_variance, simulate
from sweep.stats.crossed_bootstrap import crossed_means, percentile_limits
from sweep.stats.measured_trials import Measured
from sweep.stats.moderated import moderated_se
from sweep.stats.orh import difference, single
from sweep.stats.scored_trials import TrialScores
from sweep.stats.simulation import truth

DESIGN = Design(n_dev=20, n_test=40, frames=5)
SEEDS = (5, 10, 30)
REPLICATES = 200
SEED_STUDIES = 20_000
LEVEL = 0.95
SEED = 20261121
Counts = dict[tuple[str, int], float]


def main() -> None:
    """Count, and print the table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--studies", type=int, default=1000, help="simulated studies of HTER")
    asked.add_argument("--edges", action="store_true", help="the second table: few people, low rates, odd data")
    asked.add_argument("--promises", action="store_true", help="the third table: files, plans, odd seeds, sources")
    asked.add_argument("--json", action="store_true", help="the rates as one JSON object")
    options = asked.parse_args()
    began = time.perf_counter()
    rng = np.random.default_rng(SEED)
    if options.edges:
        print(edges.table(edges.of_worlds(options.studies, SEED)))
        print(f"\n{options.studies} studies a cell; {time.perf_counter() - began:.0f} s.")
        return
    if options.promises:
        print(promises.table(promises.rows(options.studies, rng)))
        print(f"\n{options.studies} studies a cell; {time.perf_counter() - began:.0f} s.")
        return
    rates = of_subjects(options.studies, rng) | of_seeds(SEED_STUDIES, rng)
    if options.json:
        print(json.dumps({f"{name}, {n}": rate for (name, n), rate in rates.items()}, indent=2))
        return
    print(table(rates))
    error = 100 * np.sqrt(0.05 * 0.95 / options.studies)
    print(
        f"\n{options.studies} simulated studies ({SEED_STUDIES:,} where subjects play no part); Monte Carlo error "
        f"of a rate of 95 %: {error:.1f} points. Nominal coverage 95 %, nominal false alarms 5 %. "
        f"{time.perf_counter() - began:.0f} s."
    )


def of_subjects(n_studies: int, rng: np.random.Generator) -> Counts:
    """Return rates of coverage of the expected HTER, and of false alarms between two equal configurations."""
    expected = truth(DESIGN, "hter", 20 * n_studies, rng)
    counts: Counts = defaultdict(float)
    for _ in range(n_studies):
        scores = simulate(DESIGN, max(SEEDS), rng, shifts=(0.0, 0.0))
        measured = measure(scores, "hter", rng=rng, n_replicates=REPLICATES)
        for n in SEEDS:
            for name, hit in _one_study(scores, measured, n, expected, rng).items():
                counts[name, n] += hit / n_studies
    return dict(counts)


def _one_study(
    scores: TrialScores, measured: Measured, n: int, expected: float, rng: np.random.Generator
) -> dict[str, bool]:
    a, b = (measured.trials_of(name)[:n] for name in ("A", "B"))
    x, y, dx, dy = measured.value[a], measured.value[b], measured.deviations[:, a], measured.deviations[:, b]
    mean, half = x.mean(), stats.t.ppf(0.5 + LEVEL / 2, n - 1) * x.std(ddof=1) / np.sqrt(n)
    pooled = 1.96 * np.sqrt(2 * mean * (1 - mean) / (4 * n * scores.test.label.size / 2))
    new, crossed = (
        single(x, dx).interval(LEVEL),
        percentile_limits(crossed_means(measured.replicates[:, a], rng), LEVEL),
    )
    gap, over_seeds = difference(x, y, dx, dy), difference(x, y, 0 * dx, 0 * dy)
    return {
        "t over seeds": bool(abs(mean - expected) <= half),
        "pooled samples": bool(abs(mean - expected) <= pooled),
        "ORH": bool(new[0] <= expected <= new[1]),
        "crossed bootstrap": bool(crossed[0] <= expected <= crossed[1]),
        "false alarms of Welch": bool(over_seeds.p() <= 1 - LEVEL),
        "false alarms of ORH-Welch": bool(gap.p() <= 1 - LEVEL),
    }


def of_seeds(n_studies: int, rng: np.random.Generator) -> Counts:
    """Return rates that seeds alone decide, for normal seeds on one test set."""
    rates: Counts = {}
    draws = rng.normal(size=(n_studies, 31))
    three, fourth = draws[:, :3], draws[:, 3]
    rates["mean +- 2 SD", 3] = np.mean(abs(fourth - three.mean(axis=1)) <= 2 * three.std(axis=1, ddof=1))
    rates["smallest to largest", 3] = np.mean((three.min(axis=1) <= fourth) & (fourth <= three.max(axis=1)))
    reach = stats.t.ppf(0.5 + LEVEL / 2, 2) * np.sqrt(1 + 1 / 3)
    rates["prediction interval", 3] = np.mean(abs(fourth - three.mean(axis=1)) <= reach * three.std(axis=1, ddof=1))
    for n in (5, 10):
        few = draws[:10_000, :n]
        counts = rng.multinomial(n, np.full(n, 1 / n), size=1000)  # the same draws for all studies, which are many
        low, high = np.quantile(few @ counts.T / n, [0.025, 0.975], axis=1)
        rates["percentile bootstrap over seeds", n] = np.mean((low <= 0) & (high >= 0))
        half = stats.t.ppf(0.5 + LEVEL / 2, n - 1) * few.std(axis=1, ddof=1) / np.sqrt(n)
        rates["t on this test set", n] = np.mean(abs(few.mean(axis=1)) <= half)
    rates["stop when significant", 30] = _peeking(draws[:, :30])
    rates["failures left out", 10], rates["failures at chance", 10] = _failing(n_studies, rng)
    rates["moderated width", 3] = _moderated(500, np.random.default_rng([SEED, 3]))
    return {key: float(rate) for key, rate in rates.items()}


def _peeking(draws: np.ndarray) -> float:
    """Return how often a t-test against the true mean rejects when it is made after every seed from the third on."""
    rejected = np.zeros(len(draws), dtype=bool)
    for n in range(3, draws.shape[1] + 1):
        part = draws[:, :n]
        t = part.mean(axis=1) / (part.std(axis=1, ddof=1) / np.sqrt(n))
        rejected |= abs(t) > stats.t.ppf(0.975, n - 1)
    return float(rejected.mean())


def _failing(n_studies: int, rng: np.random.Generator) -> tuple[float, float]:
    """Return the mean HTER in per cent with failures left out, and counted at chance: 10 % of the seeds diverge."""
    runs = rng.normal(8, 0.5, size=(n_studies, 10))
    lost = rng.random((n_studies, 10)) < 0.1
    kept = np.where(lost, np.nan, runs)
    return float(np.nanmean(kept)), float(np.where(lost, 50, runs).mean())


def _moderated(n_studies: int, rng: np.random.Generator) -> float:
    """Return the width of the moderated interval over that of t, at 3 seeds of 10 configurations."""
    wide = narrow = 0.0
    for _ in range(n_studies):
        sd = np.sqrt(8 / rng.chisquare(8, 10))
        own = (rng.normal(size=(10, 3)) * sd[:, None]).std(axis=1, ddof=1)
        found = moderated_variance(own**2, 2)
        se = [moderated_se(float(own[at]), 3, found, at, LEVEL) for at in range(10)]
        narrow += float((stats.t.ppf(0.5 + LEVEL / 2, found.df) * se).mean())
        wide += float((stats.t.ppf(0.5 + LEVEL / 2, 2) * own / np.sqrt(3)).mean())
    return narrow / wide


def table(rates: Counts) -> str:
    """Return the table in Markdown."""

    def at(name: str, seeds: tuple[int, ...] = SEEDS) -> str:
        return " / ".join(f"{rates[name, n]:.3f}".removeprefix("0") for n in seeds)

    rows = [
        ("habit", "what goes wrong (5 / 10 / 30 seeds)", "here"),
        ("---", "---", "---"),
        (
            "t interval over seeds, taken for new subjects",
            f"covers new subjects in {at('t over seeds')}: more seeds are worse",
            f"seeds x subjects (Obuchowski-Rockette-Hillis): covers {at('ORH')}",
        ),
        (
            "all scores of all seeds pooled",
            f"covers {at('pooled samples')}",
            f"the same; or crossed bootstrap: {at('crossed bootstrap')}",
        ),
        (
            "t-test over seeds between two models",
            f"false alarms {at('false alarms of Welch')} for new subjects",
            f"ORH-Welch: {at('false alarms of ORH-Welch')}; Holm over the grid",
        ),
        (
            "percentile bootstrap over few seeds",
            f"covers {at('percentile bootstrap over seeds', (5, 10))} on this test set (5 / 10)",
            f"t: {at('t on this test set', (5, 10))}; moderated from 5 configurations on: "
            f"{100 * rates['moderated width', 3]:.0f} % of the width at 3 seeds",
        ),
        (
            "mean +- 2 SD, or smallest to largest, of 3 seeds",
            f"contain the next run in {at('mean +- 2 SD', (3,))} and {at('smallest to largest', (3,))}",
            f"prediction interval: {at('prediction interval', (3,))}",
        ),
        (
            "our best run",
            f"{' / '.join(f'{best_of_normal(n):.2f}' for n in SEEDS)} SD better than the mean, by luck",
            "mean, and the expected best of n beside it",
        ),
        (
            "failed runs left out",
            f"HTER {rates['failures left out', 10]:.1f} % reported, but it is {rates['failures at chance', 10]:.1f} % "
            "(1 in 10 diverges)",
            "failure rate with Clopper-Pearson, mean with and without",
        ),
        (
            "adding seeds until p < .05",
            f"false alarms {at('stop when significant', (30,))} at 30 seeds",
            "seeds planned: `sweep plan --precision`, Stein's two stages",
        ),
        (
            "Wilcoxon on 5 pairs",
            f"smallest possible p is {2 / 2**5:.4f}, so it can never reject",
            "refused, with the number of seeds that could",
        ),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    main()
