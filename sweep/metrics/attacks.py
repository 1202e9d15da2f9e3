"""Presentation attacks: APCER by type, BPCER and ACER (ISO/IEC 30107-3)."""

from collections.abc import Mapping
from dataclasses import dataclass

from numpy.typing import ArrayLike

from sweep.errors import InputError
from sweep.metrics.rates import far, frr
from sweep.metrics.scores import vector


@dataclass(frozen=True)
class AttackRates:
    """Error rates at a threshold: each a fraction.

    by_type: APCER of each attack type. apcer: that of the worst type, worst_type. bpcer: bona fide presentations
    rejected. acer: (apcer + bpcer) / 2. counts: presentations of each type; n_bona_fide: bona fide presentations.
    """

    threshold: float
    by_type: dict[str, float]
    worst_type: str
    apcer: float
    bpcer: float
    acer: float
    counts: dict[str, int]
    n_bona_fide: int


def attack_rates(bona_fide: ArrayLike, attacks: Mapping[str, ArrayLike], threshold: float) -> AttackRates:
    """Return APCER by attack type, BPCER and ACER when a presentation is accepted as bona fide at score >= threshold.

    bona_fide: (n,) scores; attacks: type -> (m,) scores, at least one type. A presentation without a score (NaN) is not
    accepted: it counts against BPCER, and not as a successful attack.
    Raises InputError without attacks, on an empty class or an infinity. Reference: ISO/IEC 30107-3:2023, clause 13.

    >>> from sweep import metrics
    >>> found = metrics.attack_rates([0.9, 0.8, 0.4], {"print": [0.1, 0.6], "mask": [0.7, 0.8]}, 0.5)
    >>> found.worst_type, found.apcer
    ('mask', 1.0)
    """
    if not attacks:
        raise InputError("Expected at least one attack type. Received: none. Name the column with the attack types.")
    by_type = {str(kind): far(scores, threshold) for kind, scores in attacks.items()}
    worst = max(by_type, key=by_type.__getitem__)
    bpcer = frr(bona_fide, threshold)
    return AttackRates(
        threshold=float(threshold),
        by_type=by_type,
        worst_type=worst,
        apcer=by_type[worst],
        bpcer=bpcer,
        acer=(by_type[worst] + bpcer) / 2,
        counts={str(kind): vector(scores, str(kind)).size for kind, scores in attacks.items()},
        n_bona_fide=vector(bona_fide, "bona fide").size,
    )
