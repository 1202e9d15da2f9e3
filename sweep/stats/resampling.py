"""How often each subject counts in each replicate: the weights that every seed and configuration shares."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError
from sweep.metrics.attack_errors import attacks
from sweep.stats.scored_trials import FloatArray, TrialScores

ATTEMPTS = 50


@dataclass(frozen=True)
class Resampling:
    """Replicates of the set of subjects.

    weights: (B, U) how often a subject counts. stratum: (B,) whose mean a replicate deviates from.
    factor: (B,) such that the sum of factor x squared deviation is the variance. method: in words. smooth: whether it
    is right for smooth metrics alone.
    """

    weights: FloatArray
    stratum: NDArray[np.intp]
    factor: FloatArray
    method: str
    smooth: bool = False

    def deviations(self, replicates: FloatArray) -> FloatArray:
        """Return D (B, T) such that D' D is the covariance between trials; replicates: (B, T)."""
        means = np.stack([replicates[self.stratum == h].mean(axis=0) for h in range(int(self.stratum.max()) + 1)])
        deviations: FloatArray = np.sqrt(self.factor)[:, None] * (replicates - means[self.stratum])
        return deviations


def bootstrap(
    scores: TrialScores, n_replicates: int, rng: np.random.Generator, *, two_classes: bool, attack_type: str = ""
) -> Resampling:
    """Return a bootstrap of the subjects, dev and test apart, each class apart where no subject has both.

    From a stratum of n subjects n - 1 are drawn, which makes the variance of a mean unbiased (Rao and Wu 1988).
    Replicates in which a split lost a class are drawn again. A pair of two subjects weighs the product of both.

    Args:
        scores: the trials; only who is in which split and class is read.
        n_replicates: B.
        rng: where the draws come from.
        two_classes: whether the metric needs both classes, labels 0 and 1, in every replicate.
        attack_type: of which it needs attacks in the test set of every replicate, "" for none.

    Raises:
        InputError: too few subjects to draw both classes, or no attack of that type.

    References: Bolle, Ratha and Pankanti, CVIU 93, 2004 (subject bootstrap); Rao and Wu, JASA 83, 1988.
    """
    holds = _presence(scores, two_classes)
    stratum = _strata(scores.by_case(holds), two_classes)
    if attack_type:
        of_type = scores.test.unit[attacks(scores.test.of_trial(0), attack_type)]
        holds = np.concatenate((holds, np.bincount(of_type, minlength=scores.n_columns)[None]))
    weights = _draw(stratum, n_replicates, rng)
    for _ in range(ATTEMPTS):
        lost = ((scores.columns(weights) @ holds.T) == 0).any(axis=1)
        if not lost.any():
            break
        weights[lost] = _draw(stratum, int(lost.sum()), rng)
    else:
        also = f" and attacks of {attack_type}" if attack_type else ""
        raise InputError(
            f"Expected enough {scores.unit}s to draw both classes{also}. Received: {scores.n_units()} in the test set. "
            "Collect more, or read the interval for this test set alone."
        )
    return Resampling(
        weights,
        np.zeros(n_replicates, dtype=np.intp),
        np.full(n_replicates, 1 / max(n_replicates - 1, 1)),
        f"bootstrap of {scores.unit}s{_both(scores)}, {n_replicates} replicates",
    )


def jackknife(scores: TrialScores) -> Resampling:
    """Return the jackknife: each subject left out once, dev and test apart; no random number, for smooth metrics.

    Reference: Efron and Stein, Annals of Statistics 9, 1981.
    """
    n = scores.units.size
    stratum = _strata(scores.by_case(_presence(scores, False)), False)
    size = np.bincount(stratum)[stratum]
    return Resampling(
        1.0 - np.eye(n), stratum, (size - 1) / size, f"jackknife of {scores.unit}s{_both(scores)}", smooth=True
    )


def _both(scores: TrialScores) -> str:
    return " (both of a pair)" if len(scores.pairs) else ""


def _presence(scores: TrialScores, two_classes: bool) -> FloatArray:
    """Return (rows, columns) how many samples are in each split, and in each class of it where classes matter."""
    rows = []
    for split in (scores.test, scores.dev):
        if split is not None:
            classes = (split.label == 1, split.label == 0) if two_classes else (np.isfinite(split.label),)
            rows += [np.bincount(split.unit[chosen], minlength=scores.n_columns) for chosen in classes]
    return np.stack(rows).astype(np.float64)


def _strata(holds: FloatArray, two_classes: bool) -> NDArray[np.intp]:
    """Return the stratum of each unit: the splits it is in, and its class where no unit of a split has both."""
    present = holds > 0
    if two_classes:
        splits = present.reshape(-1, 2, present.shape[1])
        mixed = (splits.all(axis=1).sum(axis=-1) > 0).reshape(-1)
        splits[mixed] = splits[mixed].any(axis=1, keepdims=True)  # one row twice: its classes do not divide the units
        present = splits.reshape(-1, present.shape[1])
    return np.unique(present, axis=1, return_inverse=True)[1].reshape(-1).astype(np.intp)


def _draw(stratum: NDArray[np.intp], n_replicates: int, rng: np.random.Generator) -> FloatArray:
    weights = np.ones((n_replicates, stratum.size))
    for h in range(int(stratum.max()) + 1):
        members = np.flatnonzero(stratum == h)
        if members.size > 1:
            weights[:, members] = rng.multinomial(
                members.size - 1, np.full(members.size, 1 / members.size), size=n_replicates
            )
    return weights
