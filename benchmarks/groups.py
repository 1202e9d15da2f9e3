"""How often the intervals of error rates by group hold all rates at once, over simulated studies of known truth.

    python benchmarks/groups.py --studies 500
    python benchmarks/groups.py --studies 240 --seeds 5

print the tables of docs/error-rates.md: of score files, and of studies with so many seeds. A person has an error
rate of his own, from a beta law whose correlation within people is given. Of pairs, each score is of two people,
whose effects add.
"""

import argparse
import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from sweep.metrics.by_group import rates_by_group
from sweep.stats.estimating import estimate
from sweep.stats.measured_trials import measure_together
from sweep.stats.scored_trials import SplitScores
from sweep.stats.simulation import Design, simulate, truth

# groups' true rates, people of each, scores of a person, correlation within people
CASES = (
    ((0.05,) * 4, (20,) * 4, 10, 0.2),
    ((0.02, 0.05, 0.05, 0.10), (10, 20, 40, 80), 10, 0.3),
    ((0.03,) * 8, (15,) * 8, 20, 0.1),
    ((0.10, 0.10, 0.20), (8,) * 3, 10, 0.2),
    ((0.01,) * 6, (50,) * 6, 4, 0.05),
    ((0.02,) * 2, (40,) * 2, 30, 0.3),
    ((0.05,) * 4, (20,) * 4, 10, 0.01),
)
PAIRS = ((0.03, 0.06, 0.12), (20, 20, 20), 1.0)  # rates, people, SD of a person's effect over that of a score


def people_of(case: tuple, rng: np.random.Generator) -> tuple[NDArray, ...]:
    """Return errors, groups, people and None of one study in which a score is of one person."""
    rates, people, scores, alike = case
    parts = []
    for at, (rate, n) in enumerate(zip(rates, people, strict=True)):
        own = rng.beta(rate * (1 - alike) / alike, (1 - rate) * (1 - alike) / alike, n)
        parts.append((rng.random((n, scores)) < own[:, None], np.full(n * scores, at), np.repeat(np.arange(n), scores)))
    error, group, person = (np.concatenate([np.ravel(part[k]) for part in parts]) for k in range(3))
    return error, group, person + 1000 * group, None


def pairs_of(case: tuple, rng: np.random.Generator) -> tuple[NDArray, ...]:
    """Return errors, groups and both people of one study of all pairs within each group."""
    rates, people, sd = case
    parts = []
    for at, (rate, n) in enumerate(zip(rates, people, strict=True)):
        a, b = np.triu_indices(n, 1)
        effect = sd * rng.normal(size=n)
        score = effect[a] + effect[b] + rng.normal(size=a.size)
        cut = norm.isf(rate) * math.sqrt(1 + 2 * sd**2)
        parts.append((score > cut, np.full(a.size, at), 1000 * at + a, 1000 * at + b))
    error, group, first, second = (np.concatenate([part[k] for part in parts]) for k in range(4))
    return error, group, first, second


def coverage(make, case: tuple, studies: int) -> tuple[float, float, float, float]:
    """Return how often all rates are held, with people and without, how often the ratio is, and the mean width."""
    rng = np.random.default_rng(0)
    rates, together, alone, ratio, width = case[0], 0, 0, 0, []
    truth = max(rates) / min(rates)
    for _ in range(studies):
        error, group, first, second = make(case, rng)
        asked = (np.where(error, 0.0, 1.0), np.ones(error.size), group.astype(str))
        found = rates_by_group(*asked, threshold=0.5, subject=first, other=second)
        naive = rates_by_group(*asked, threshold=0.5)
        held = [[row.fnmr.low <= rates[int(row.name)] <= row.fnmr.high for row in x.rows] for x in (found, naive)]
        together, alone = together + all(held[0]), alone + all(held[1])
        ratio += found.fnmr_ratio.low <= truth <= (found.fnmr_ratio.high or math.inf)
        width += [row.fnmr.high - row.fnmr.low for row in found.rows]
    return together / studies, alone / studies, ratio / studies, float(np.mean(width))


def of_seeds(design: Design, groups: int, seeds: int, studies: int) -> float:
    """Return how often FMR and FNMR of all groups of a study are held for new subjects, at a nominal 95 %."""
    rng = np.random.default_rng(1)
    names = ("far", "frr")
    true = {name: truth(design, name, 1500, rng) for name in names}
    each, size, held = 1 - 0.05 / (len(names) * groups), design.n_test // groups, 0
    for _ in range(studies):
        study = simulate(design, seeds, rng)
        group = (study.units[study.test.unit].astype(int) - design.n_dev) // size
        right = []
        for at in range(groups):
            rows = np.flatnonzero(group == at)
            test = SplitScores(study.test.score[:, rows], study.test.label[rows], study.test.unit[rows])
            measured = measure_together(replace(study, test=test), names, rng=rng, n_replicates=200)
            for name, one in zip(names, measured, strict=True):
                new = estimate(one, level=each).new_subjects
                right.append(new.low <= true[name] <= new.high)
        held += all(right)
    return held / studies


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=0, help="of studies, in place of score files")
    asked = parser.parse_args()
    studies = asked.studies
    if asked.seeds:
        print("| groups | people of each | seeds | all rates |\n| --- | --- | --- | --- |")
        for people in (10, 25):
            found = of_seeds(Design(n_dev=30, n_test=4 * people, separation=2.95), 4, asked.seeds, studies)
            print(f"| 4 | {people} | {asked.seeds} | {found:.3f} |")
        return
    print(
        "| groups | people of each | true rates | within people | all rates | scores as independent | ratio | width |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for make, cases in ((people_of, CASES), (pairs_of, (PAIRS,))):
        for case in cases:
            of_people, alone, ratio, width = coverage(make, case, studies)
            alike = f"{case[3]:g}" if make is people_of else "all pairs"
            rates = ", ".join(f"{100 * rate:g} %" for rate in dict.fromkeys(case[0]))
            people = ", ".join(str(n) for n in dict.fromkeys(case[1]))
            print(
                f"| {len(case[0])} | {people} | {rates} | {alike} | {of_people:.3f} | {alone:.3f} | {ratio:.3f} | "
                f"{100 * width:.1f} points |"
            )


if __name__ == "__main__":
    main()
