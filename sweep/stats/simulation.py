"""Simulated studies whose truth is known: scores of seeds x subjects, to count how often an interval holds it."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.stats.scored_trials import TrialScores, trial_scores


@dataclass(frozen=True)
class Design:
    """How a simulated study is made; scores in units of the noise within a subject.

    separation: distance between genuine and impostor. seed_sd: how far a seed moves the separation.
    subject_sd: how far a subject moves its own scores, in every trial alike. config_sd: the same, each configuration
    anew. interaction_sd: the same, each seed anew.
    frames: genuine and as many impostor scores a subject; where `unequal`, from 1 to twice as many, as it falls.
    tail_df: of the noise within a subject, Student's t of that many degrees of freedom; infinity is normal.
    failing: share of the people, as it falls, whose genuine scores are like those of an impostor in every trial.
    """

    n_dev: int = 20
    n_test: int = 40
    frames: int = 5
    separation: float = 2.5
    seed_sd: float = 0.2
    subject_sd: float = 0.5
    config_sd: float = 0.3
    interaction_sd: float = 0.3
    unequal: bool = False
    tail_df: float = math.inf
    failing: float = 0.0


def simulate(
    design: Design, n_seeds: int, rng: np.random.Generator, *, shifts: tuple[float, ...] = (0.0,)
) -> TrialScores:
    """Return the scores of a study: a configuration for each shift of the separation, all on the same subjects.

    Args:
        design: how scores come about.
        n_seeds: seeds a configuration, independent between configurations.
        rng: where all draws come from.
        shifts: what each configuration adds to the separation; equal shifts are equally good configurations.
    """
    n, configs = design.n_dev + design.n_test, len(shifts)
    trials = configs * n_seeds
    separation = design.separation + np.repeat(shifts, n_seeds) + rng.normal(0, design.seed_sd, trials)
    # Two independent effects a subject: on its genuine and on its impostor scores.
    common = rng.normal(0, design.subject_sd, (1, n, 2)) + rng.normal(0, design.interaction_sd, (trials, n, 2))
    common = common + np.repeat(rng.normal(0, design.config_sd, (configs, n, 2)), n_seeds, axis=0)
    frames = design.frames * (2 if design.unequal else 1)
    shape = (trials, n, 2, frames)
    noise = rng.normal(size=shape) if math.isinf(design.tail_df) else rng.standard_t(design.tail_df, shape)
    score = noise + common[..., None]
    known = rng.random(n) >= design.failing if design.failing else np.ones(n, dtype=bool)
    score[:, :, 0] += separation[:, None, None] * known[:, None]
    label = np.broadcast_to(np.array([1.0, 0.0])[:, None], shape[1:])
    subject = np.broadcast_to(np.arange(n)[:, None, None], shape[1:])
    d = design.n_dev
    count = rng.integers(1, frames + 1, n) if design.unequal else np.full(n, frames)
    kept = np.broadcast_to(np.arange(frames) < count[:, None, None], shape[1:])

    def of(split: slice) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        there = kept[split]
        return score[:, split][:, there], label[split][there], subject[split][there]

    return trial_scores(
        *of(slice(d, None)),
        dev=of(slice(d)),
        config=np.repeat([chr(ord("A") + c) for c in range(configs)], n_seeds),
        seed=np.tile(np.arange(n_seeds), configs),
    )


def truth(design: Design, metric: str, n_studies: int, rng: np.random.Generator, *, shift: float = 0.0) -> float:
    """Return the expected metric of one seed on one dev and test set of the design, by the mean of many studies."""
    from sweep.stats.measures import measure_named

    asked = measure_named(metric)
    draws = (simulate(design, 1, rng, shifts=(shift,)) for _ in range(n_studies))
    return float(np.mean([asked.point(study.of_trial(0)) for study in draws]))
