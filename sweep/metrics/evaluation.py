"""Everything that is said about a development set and a test set of scores, with intervals, in one result."""

from dataclasses import dataclass

import numpy as np

from sweep.metrics.attacks import AttackRates, attack_rates
from sweep.metrics.chosen_intervals import covering_eer, covering_hter
from sweep.metrics.clusters import Clusters
from sweep.metrics.curves import auc_of
from sweep.metrics.eer_limits import REPLICATES, exact_interval
from sweep.metrics.equal_error_rate import EER, eer_of
from sweep.metrics.half_total import HTER, hter_of
from sweep.metrics.hter_limits import bengio_mariethoz
from sweep.metrics.hull import hull_eer
from sweep.metrics.interval import Interval, fmr_cautions
from sweep.metrics.likelihood import cllr_of, min_cllr_of
from sweep.metrics.operating import operating_point
from sweep.metrics.score_set import ScoreSet, Unit
from sweep.metrics.scores import Class, both
from sweep.metrics.separation import d_prime_of

_FMRS = (100, 1000, 10_000)  # FNMR is told at one false match in so many


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found; `answer.py` gives the whole of it as plain values.

    eer, interval: of dev. exact: the exact law of the bootstrap of the step EER, by score only. interpolated: the
    interval once more where ties set the interpolated EER apart from the step EER.
    point: numbers without interval, by name. hter, hter_interval, fixed, test: of test, or None without one.
    """

    eer: EER
    interval: Interval
    exact: Interval | None
    interpolated: Interval | None
    point: dict[str, float]
    attacks: AttackRates | None
    hter: HTER | None
    hter_interval: Interval | None
    fixed: Interval | None
    test: dict[str, float]
    cautions: tuple[str, ...]


def evaluate(
    dev: ScoreSet,
    test: ScoreSet | None = None,
    *,
    rng: np.random.Generator,
    unit: Unit = "score",
    confidence: float = 0.95,
) -> Evaluation:
    """Return the error rates of dev and, at dev's EER threshold, of test, with intervals over the unit.

    Raises InputError on an empty class, or when a file does not name the unit.
    """
    rng_dev, rng_test = rng.spawn(2)
    g, i = both(dev.genuine.scores, dev.impostor.scores)
    eer = eer_of(g, i)
    clusters = dev.clusters(unit)
    interval = covering_eer(
        *(sides := (dev.genuine.scores, dev.impostor.scores) if clusters else (g.scores, i.scores)),
        eer,
        rng=rng_dev,
        clusters=clusters,
        replicates=_replicates(clusters),
        confidence=confidence,
    )
    cautions = list(interval.cautions) + _subject_cautions(dev, test, unit)
    cautions += fmr_cautions([1 / n for n in _FMRS], len(g), len(i))
    if np.isin(g.scores, (0, 1)).all() and np.isin(i.scores, (0, 1)).all():
        cautions.append("All scores are 0 or 1. They are decisions, so no threshold can be chosen. Give the scores.")
    hter, of_hter, fixed, point = None, None, None, {}
    if test:
        tg, ti = both(test.genuine.scores, test.impostor.scores)
        hter = hter_of(tg, ti, eer.threshold)
        test_clusters = test.clusters(unit)
        of_hter = covering_hter(
            sides,
            (test.genuine.scores, test.impostor.scores) if test_clusters else (tg.scores, ti.scores),
            hter,
            rng=rng_test,
            clusters=(clusters, test_clusters),
            replicates=_replicates(clusters, test_clusters),
            confidence=confidence,
        )
        fixed = bengio_mariethoz(hter, confidence=confidence)
        point = {"eer": eer_of(tg, ti).value, "auc": auc_of(tg, ti), "n_failed": hter.n_failed}
        cautions += [f"Test: {caution}" for caution in of_hter.cautions]
    attacked = (test if test and test.attacks else dev) if (test and test.attacks) or dev.attacks else None
    return Evaluation(
        eer=eer,
        interval=interval,
        exact=None if clusters else exact_interval(g, i, eer, confidence),
        interpolated=interval if eer.ties and not clusters else None,
        point=_points(g, i),
        attacks=attack_rates(attacked.genuine.scores, attacked.attacks, eer.threshold) if attacked else None,
        hter=hter,
        hter_interval=of_hter,
        fixed=fixed,
        test=point,
        cautions=tuple(cautions),
    )


def _points(g: Class, i: Class) -> dict[str, float]:
    """Return the numbers of dev that have no interval."""
    rates = {f"fmr{n}": operating_point(g, i, 1 / n).fnmr for n in _FMRS}
    return {
        **rates,
        "auc": auc_of(g, i),
        "d_prime": d_prime_of(g, i),
        "cllr": cllr_of(g, i),
        "min_cllr": min_cllr_of(g, i),
        "eer_hull": hull_eer(g.scores, i.scores),
    }


def _subject_cautions(dev: ScoreSet, test: ScoreSet | None, unit: Unit) -> list[str]:
    answer = []
    if unit == "score" and dev.n_subjects:
        answer.append(
            f"The scores are of {dev.n_subjects} subjects, but the interval takes every score as independent. So it "
            "is likely too narrow. Give --unit subject."
        )
    shared = len(dev.subjects & test.subjects) if test else 0
    if shared:
        answer.append(f"{shared} subjects are in dev and in test: test says nothing about people who are not in dev.")
    return answer


def _replicates(*clusters: Clusters | None) -> int:
    """Return how many replicates to draw: fewer, at least 1,000, where a draw is long (many pairs of persons)."""
    longest = max((cluster.n_columns for cluster in clusters if cluster), default=1)
    return int(np.clip(400_000_000 // longest, 1000, REPLICATES))
