"""APCER of each attack type and of the worst, on test at the threshold of dev's EER (ISO/IEC 30107-3)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.errors import InputError, nearest
from sweep.metrics.at_threshold import decided_at, frr, threshold
from sweep.metrics.scored import Bools, Scored, ScoredSplit, Weights
from sweep.metrics.scores import FloatArray


def apcer_of_type(kind: str, scored: Scored, weights: Weights) -> FloatArray:
    """Return the share of the attacks of one type that are accepted, (B,); NaN where a replicate has none of them.

    Raises:
        InputError: no attack of that type in test.
    """
    return decided_at(threshold(scored, weights), scored.test, weights, attacks(scored.test, kind)).far


def worst_apcer(scored: Scored, weights: Weights) -> FloatArray:
    """Return the APCER of the worst attack type, (B,): each replicate's own worst, of the types that it holds.

    Raises:
        InputError: no attack in test, or no attack type is known.

    Reference: ISO/IEC 30107-3:2023, clause 13: the worst type is reported, not the mean over types.
    """
    at, split = threshold(scored, weights), scored.test
    rates = [decided_at(at, split, weights, attacks(split, kind)).far for kind in kinds_of(split) or ("any type",)]
    worst: FloatArray = np.fmax.reduce(rates)
    return worst


def bpcer(scored: Scored, weights: Weights) -> FloatArray:
    """Return the share of bona fide samples that are rejected, (B,): the FRR, as that standard names it."""
    return frr(scored, weights)


def acer(scored: Scored, weights: Weights) -> FloatArray:
    """Return (APCER of the worst type + BPCER) / 2, (B,)."""
    return (worst_apcer(scored, weights) + bpcer(scored, weights)) / 2


def kinds_of(split: ScoredSplit) -> tuple[str, ...]:
    """Return the attack types of a split, sorted; none where nothing is known."""
    return () if split.attack_type is None else tuple(np.unique(split.attack_type[split.attack_type != ""]).tolist())


def attacks(split: ScoredSplit, kind: str) -> Bools:
    """Return which samples are attacks of one type, (n,).

    Raises:
        InputError: there are none.
    """
    kinds = kinds_of(split)
    if split.attack_type is None or kind not in kinds:
        raise InputError(
            f"Expected an attack type of the test set: {', '.join(kinds) or 'none is known'}. Received: {kind}."
            + (nearest(kind, kinds) or " Give `attack_type` with the samples.")
        )
    chosen: Bools = split.impostor & (split.attack_type == kind)
    return chosen


def check_attack_types(types: NDArray[np.str_], label: NDArray[Any], split: str = "test") -> None:
    """Raise InputError unless there is a word for each label of a split, "" where it is genuine (1)."""
    if types.shape != label.shape:
        raise InputError(f"Expected an attack type for each label of {split}. Received: {types.size} and {label.size}.")
    wrong = np.flatnonzero((types != "") & (label == 1))
    if wrong.size:
        raise InputError(
            f"Expected no attack type where the label is genuine (1). Received: {wrong.size} in {split}, such as "
            f"{str(types[wrong[0]])!r}. Label attacks 0, and leave the type of genuine samples empty."
        )
