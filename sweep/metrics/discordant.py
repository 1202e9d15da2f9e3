"""The test of two HTERs on the same trials by the trials on which the two systems disagree."""

from dataclasses import dataclass

import numpy as np

from sweep.metrics.common_trials import Trials
from sweep.metrics.scores import finite
from sweep.metrics.special_functions import special


@dataclass(frozen=True)
class Discordant:
    """The discordant-fraction test with its counts.

    difference: HTER of A minus that of B. false_accepts: impostor trials that (only A, only B) accepts.
    false_rejects: genuine trials that (only A, only B) rejects. z, p_value: normal, two-sided.
    """

    difference: float
    z: float
    p_value: float
    false_accepts: tuple[int, int]
    false_rejects: tuple[int, int]
    n_genuine: int
    n_impostor: int


def discordant_test(test: Trials, threshold_a: float, threshold_b: float) -> Discordant:
    """Return the test of equal HTER with both thresholds held still; as in McNemar, only disagreements count.

    z = (HTER_A - HTER_B) / sqrt((FAR_AB + FAR_BA) / (4 NI) + (FRR_AB + FRR_BA) / (4 NC)), where FAR_AB is the fraction
    of impostor trials that A accepts and B rejects; without a disagreement z = 0, p = 1. Trials count as independent:
    with several trials a subject use `hter_difference` with clusters. Raises InputError on a NaN threshold.
    Reference: Bengio and Mariethoz, Odyssey 2004, section 4.2 (dependent case).
    """
    a, b = finite(threshold_a), finite(threshold_b)
    a_accepts, b_accepts = test.a_impostor >= a, test.b_impostor >= b
    a_rejects, b_rejects = test.a_genuine < a, test.b_genuine < b
    accepts = int((a_accepts & ~b_accepts).sum()), int((b_accepts & ~a_accepts).sum())
    rejects = int((a_rejects & ~b_rejects).sum()), int((b_rejects & ~a_rejects).sum())
    ni, nc = test.a_impostor.size, test.a_genuine.size
    difference = ((accepts[0] - accepts[1]) / ni + (rejects[0] - rejects[1]) / nc) / 2
    sd = np.sqrt(sum(accepts) / (4 * ni**2) + sum(rejects) / (4 * nc**2))
    z = float(difference / sd) if sd > 0 else 0.0
    return Discordant(difference, z, float(2 * special.ndtr(-abs(z))), accepts, rejects, nc, ni)
