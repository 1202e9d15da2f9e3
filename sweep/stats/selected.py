"""The value of the one that was chosen because it was the best: how much better than the truth it looks."""

from dataclasses import dataclass

import numpy as np

from sweep.stats.race_spread import Seen

DRAWS = 20_000


@dataclass(frozen=True)
class Selected:
    """The winner's value. seen: as it was measured. optimism: how much too good it is expected to be, 0 or more."""

    seen: float
    optimism: float

    @property
    def corrected(self) -> float:
        """The value without the luck of the choice; smaller values are better."""
        return self.seen + self.optimism


def selected(seen: Seen, rng: np.random.Generator) -> Selected:
    """Return the best value with the optimism of choosing it among all configurations.

    Parametric bootstrap: means are drawn about the measured ones, and each time the best of them is compared with the
    value that it was drawn about.

    Reference: Efron, JASA 106, 2011 (selection bias); Tibshirani and Tibshirani, Annals of Applied Statistics 3, 2009.
    """
    covariance = seen.over_seeds / np.sqrt(np.outer(seen.n, seen.n)) + seen.over_subjects
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    root = vectors * np.sqrt(np.maximum(values, 0.0))  # moment estimates may have a negative part
    drawn = seen.mean + rng.normal(size=(DRAWS, seen.mean.size)) @ root.T
    best = drawn.argmin(axis=1)
    luck = seen.mean[best] - drawn[np.arange(DRAWS), best]
    return Selected(float(seen.mean.min()), max(float(luck.mean()), 0.0))
