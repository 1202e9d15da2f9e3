"""How often each interval method by name covers the truth for new subjects, and how wide it is.

    python benchmarks/interval_methods.py [--studies 1000] [--seed 20261128]

Prints the table of docs/seed-statistics.md, a row for each row of `sweep.stats.interval_methods.METHODS`. A study:
5, 10 and 30 seeds of one configuration, HTER with the threshold from 20 dev subjects on 40 test subjects, whose true
value is known from many more studies. One core, some minutes.
"""

import argparse
import time
from collections import defaultdict
from dataclasses import replace

import numpy as np

from sweep.stats import Design, estimate, measure, simulate
from sweep.stats.interval_methods import METHODS
from sweep.stats.measured_trials import Measured
from sweep.stats.simulation import truth

DESIGN = Design(n_dev=20, n_test=40, frames=5)
SEEDS = (5, 10, 30)
REPLICATES = 1000
LEVEL = 0.95


def main() -> None:
    """Count, and print the table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--studies", type=int, default=1000, help="simulated studies")
    asked.add_argument("--seed", type=int, default=20261128, help="of all draws")
    options = asked.parse_args()
    began, rng = time.perf_counter(), np.random.default_rng(options.seed)
    expected = truth(DESIGN, "hter", 20 * options.studies, rng)
    held: dict[tuple[str, int], float] = defaultdict(float)
    width: dict[tuple[str, int], float] = defaultdict(float)
    for _ in range(options.studies):
        measured = measure(simulate(DESIGN, max(SEEDS), rng), "hter", rng=rng, n_replicates=REPLICATES)
        for n in SEEDS:
            few = _first(measured, n)
            for word in METHODS:
                found = estimate(few, level=LEVEL, method=word, rng=rng).new_subjects
                held[word, n] += (found.low <= expected <= found.high) / options.studies
                width[word, n] += (found.high - found.low) / options.studies
    print("| `method=` | covers at 5 / 10 / 30 seeds | width beside `orh` | source |\n| --- | --- | --- | --- |")
    for word, row in METHODS.items():
        covers = " / ".join(f"{held[word, n]:.3f}".removeprefix("0") for n in SEEDS)
        wide = " / ".join(f"{width[word, n] / width['orh', n]:.2f}" for n in SEEDS)
        print(f"| {word} | {covers} | {wide} | {row.citation} |")
    error = 100 * np.sqrt((1 - LEVEL) * LEVEL / options.studies)
    print(f"\n{options.studies} studies; Monte Carlo error {error:.1f} points; {time.perf_counter() - began:.0f} s.")


def _first(measured: Measured, n: int) -> Measured:
    """Return what was measured with the first n seeds alone."""
    rows = np.arange(n)
    parts = {name: getattr(measured, name)[rows] for name in ("config", "seed", "value")}
    tables = {name: getattr(measured, name)[:, rows] for name in ("replicates", "deviations")}
    return replace(measured, **parts, **tables)


if __name__ == "__main__":
    main()
