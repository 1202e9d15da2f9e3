"""How often is a paper out of reach that used our own code? For one run, the best and the mean of several.

    python benchmarks/published.py [--papers 20000]

Papers and our runs are drawn from one normal law. A verdict of 95 % should say "not what to expect" of 5 % of them.
"""

import argparse
import datetime

import numpy as np

from sweep.machine.hardware import processor
from sweep.stats.reported import Ours, Reported, predict

KINDS = ("one run", "best", "mean", "mean, with SD")


def main() -> None:
    """Print a line for each number of our runs, and each kind of paper."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--papers", type=int, default=20_000)
    papers = asked.parse_args().papers
    print(f"{datetime.datetime.now(datetime.UTC):%d %B %Y}, {processor()}, {papers} papers a cell\n")
    print(f"{'our runs':>8} {'the paper gives':<16} " + " ".join(f"{f'K = {k}':>7}" for k in (1, 3, 5, 10)))
    rng = np.random.default_rng(0)
    for n in (3, 5, 10):
        for kind in KINDS:
            counts = (1,) if kind == "one run" else (1, 3, 5, 10)
            cells = [outside(rng, n, kind, k, papers) for k in counts if not (kind == "mean, with SD" and k < 2)]
            lead = [""] * (len(counts) - len(cells))
            print(f"{n:8} {kind:<16} " + " ".join(f"{cell:>7}" for cell in (*lead, *(f"{one:.3f}" for one in cells))))


def outside(rng: np.random.Generator, n: int, kind: str, k: int, papers: int) -> float:
    """Return the share of papers that are out of reach."""
    ours, theirs = rng.normal(size=(papers, n)), rng.normal(size=(papers, k))
    mean, sd = ours.mean(1), ours.std(1, ddof=1)
    if kind == "mean, with SD":  # the limits depend on both SDs
        few = range(min(papers, 10_000))
        numbers, theirs_sd = theirs.mean(1), theirs.std(1, ddof=1)
        missed = 0
        for at in few:
            reported = Reported(n_seeds=k, sd=float(theirs_sd[at]))
            found = predict(reported, Ours(mean[at], n, sd[at], n - 1.0), numbers[at], 0.95)
            missed += not found.low <= numbers[at] <= found.high
        return missed / len(few)
    best = kind == "best"
    unit = predict(Reported(best_of=k if best else 1, n_seeds=1 if best else k), Ours(0.0, n, 1.0, n - 1.0), 0.0, 0.95)
    away = ((theirs.min(1) if best else theirs.mean(1)) - mean) / sd
    return float(np.mean((away < unit.low) | (away > unit.high)))


if __name__ == "__main__":
    main()
