"""How often the intervals hold the truth at the edges: few people, low rates, odd data. Part of seed_statistics.py."""

import multiprocessing
import os
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from sweep.stats import Design, compare, estimate, measure, simulate
from sweep.stats.error_carriers import carriers
from sweep.stats.measured_trials import Measured
from sweep.stats.measures import MEASURES
from sweep.stats.scored_trials import TrialScores
from sweep.stats.simulation import truth

SEEDS = (3, 5, 10, 30)
REPLICATES = 150
ERRORS = MEASURES["hter"].errors
TRUTH = 4000
# Distance of the classes at which about so much of the scores is wrong, with the default spread of subjects.
PEOPLE = ((8, 8), (20, 20), (20, 40), (30, 60))
RATES = {"0.9 %": 5.95, "2.2 %": 4.95, "11 %": 2.95}
DEFAULT = Design(20, 40, separation=RATES["2.2 %"])
WORLDS = {
    **{
        f"{dev} + {test} people, HTER {rate}": Design(dev, test, separation=separation)
        for rate, separation in RATES.items()
        for dev, test in PEOPLE
    },
    "1 to 10 samples a person, HTER 2.4 %": replace(DEFAULT, unequal=True),
    "heavy tails (t, 4 df), HTER 3 %": replace(DEFAULT, tail_df=4, separation=6.0),
    "strong seed x person, HTER 2.2 %": replace(DEFAULT, interaction_sd=1.0, separation=6.4),
    "strong seed x person, HTER 11 %": replace(DEFAULT, interaction_sd=1.0, separation=3.9),
    "dev 6, test 40 people, HTER 2.6 %": replace(DEFAULT, n_dev=6),
    "dev 6, test 40 people, HTER 12 %": replace(DEFAULT, n_dev=6, separation=RATES["11 %"]),
    "1 % of people always fail, 30 + 60": Design(30, 60, separation=7.2, failing=0.01),
    "3 % of people always fail, 30 + 60": Design(30, 60, separation=7.2, failing=0.03),
}
Rates = dict[tuple[str, str, int], float]


def of_worlds(n_studies: int, seed: int) -> Rates:
    """Return coverage for new subjects, and false alarms between two equal configurations, by world and seeds.

    Each world has draws of its own, so that a table of some of them shows the same numbers. Worlds are shared out over
    the processors.
    """
    rates: Rates = {}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=spawn) as pool:
        asked = [pool.submit(of_world, name, n_studies, [seed, at]) for at, name in enumerate(WORLDS)]
        for done, answer in enumerate(asked, 1):
            rates |= answer.result()
            print(f"{done} of {len(asked)} worlds", file=sys.stderr)
    return rates


def of_world(name: str, n_studies: int, seed: list[int]) -> Rates:
    """Return the rates of one world."""
    rates: Rates = defaultdict(float)
    rng, design = np.random.default_rng(seed), WORLDS[name]
    with threadpool_limits(1):  # the processors are taken already
        expected = truth(design, "hter", TRUTH, rng)
        for _ in range(n_studies):
            scores = simulate(design, SEEDS[-1], rng, shifts=(0.0, 0.0))
            whole = measure(scores, "hter", rng=rng, n_replicates=REPLICATES)
            for n in SEEDS:
                few = first_seeds(whole, scores, n)
                new = estimate(few, "A").new_subjects
                rates["covers", name, n] += (new.low <= expected <= new.high) / n_studies
                rates["false alarms", name, n] += bool(compare(few)[0].better) / n_studies
    return dict(rates)


def first_seeds(whole: Measured, scores: TrialScores, n: int) -> Measured:
    """Return what the first n seeds of each configuration say."""
    kept = np.flatnonzero(whole.seed < n)
    return replace(
        whole,
        config=whole.config[kept],
        seed=whole.seed[kept],
        value=whole.value[kept],
        replicates=whole.replicates[:, kept],
        deviations=whole.deviations[:, kept],
        carriers={"A": carriers(scores, np.flatnonzero((whole.config == "A") & (whole.seed < n)), ERRORS)},
    )


def table(rates: Rates) -> str:
    """Return the table in Markdown: coverage and false alarms, 3 / 5 / 10 / 30 seeds."""
    rows = [("world", "covers (3 / 5 / 10 / 30 seeds)", "false alarms of `compare`"), ("---", "---", "---")]
    for name in WORLDS:
        cells = (
            " / ".join(f"{rates[what, name, n]:.3f}".removeprefix("0") for n in SEEDS)
            for what in ("covers", "false alarms")
        )
        rows.append((name, *cells))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
