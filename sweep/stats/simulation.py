"""Simulated studies whose truth is known: scores of seeds x subjects, to count how often an interval holds it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.stats.trial_scores import TrialScores, trial_scores


@dataclass(frozen=True)
class Design:
    """How a simulated study is made; scores in units of the noise within a subject.

    separation: distance between genuine and impostor. seed_sd: how far a seed moves the separation.
    subject_sd: how far a subject moves its own scores, in every trial alike. config_sd: the same, each configuration
    anew. interaction_sd: the same, each seed anew.
    frames: genuine and as many impostor scores a subject.
    """

    n_dev: int = 20
    n_test: int = 40
    frames: int = 5
    separation: float = 2.5
    seed_sd: float = 0.2
    subject_sd: float = 0.5
    config_sd: float = 0.3
    interaction_sd: float = 0.3


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
    score = rng.normal(size=(trials, n, 2, design.frames)) + common[..., None]
    score[:, :, 0] += separation[:, None, None]
    label = np.broadcast_to(np.array([1.0, 0.0])[:, None], (n, 2, design.frames))
    subject = np.broadcast_to(np.arange(n)[:, None, None], (n, 2, design.frames))
    d = design.n_dev

    def flat(x: NDArray[Any], lead: int) -> NDArray[Any]:
        return x.reshape(*x.shape[:lead], -1)

    return trial_scores(
        flat(score[:, d:], 1),
        flat(label[d:], 0),
        flat(subject[d:], 0),
        dev=(flat(score[:, :d], 1), flat(label[:d], 0), flat(subject[:d], 0)),
        config=np.repeat([chr(ord("A") + c) for c in range(configs)], n_seeds),
        seed=np.tile(np.arange(n_seeds), configs),
    )


def truth(design: Design, metric: str, n_studies: int, rng: np.random.Generator, *, shift: float = 0.0) -> float:
    """Return the expected metric of one seed on one dev and test set of the design, by the mean of many studies."""
    from sweep.stats.measures import measure_named

    asked = measure_named(metric)
    ones = np.ones((1, design.n_dev + design.n_test))
    draws = (simulate(design, 1, rng, shifts=(shift,)) for _ in range(n_studies))
    return float(np.mean([asked.of(study, 0, ones)[0] for study in draws]))
