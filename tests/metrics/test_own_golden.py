"""Golden cases that lie in the repository: small sets of our own, against values by hand and by plain enumeration.

The second implementations here share nothing with the package: loops over thresholds, and every resample that a
bootstrap could draw, each once.
"""

from collections.abc import Iterator
from itertools import combinations_with_replacement, product
from math import factorial, log2, prod, sqrt

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest

from sweep.metrics import (
    auc,
    bengio_mariethoz,
    by_unit,
    cllr,
    clopper_pearson,
    d_prime,
    eer,
    eer_bootstrap,
    eer_interval,
    epc,
    fnmr_at_fmr,
    hter,
    least_hter,
    min_cllr,
    wilson,
)
from sweep.metrics.hter_limits import hter_draws

Scores = list[float]
# name -> genuine, impostor. Twelve scores a set at most, so that every resample can be enumerated.
CASES: dict[str, tuple[Scores, Scores]] = {
    "overlapping": ([0.9, 0.1, 1.7, 2.2, 1.3], [-0.4, 0.6, 0.2, 1.1]),
    "tied": ([1.0, 2.0, 2.0, 3.0], [0.0, 1.0, 2.0, 1.0]),
    "unequal sizes": ([0.5, 2.5, 3.0], [-1.0, -0.5, 0.0, 0.25, 0.75, 2.75]),
    "inverted": ([0.0, 0.5, 0.25], [1.0, 0.4, 2.0]),
}
TEST = ([0.3, 1.4, 0.8, 2.0], [0.0, 0.7, 1.2])


def rates(genuine: Scores, impostor: Scores) -> list[tuple[float, float, float]]:
    """Return threshold, FMR and FNMR at every score and above all of them, by counting."""
    thresholds = [*sorted({*genuine, *impostor}), max(*genuine, *impostor) + 1]
    return [
        (t, sum(s >= t for s in impostor) / len(impostor), sum(s < t for s in genuine) / len(genuine))
        for t in thresholds
    ]


def crossing(genuine: Scores, impostor: Scores) -> tuple[float, float]:
    """Return the EER where the line between neighbouring points crosses FMR = FNMR, and the threshold above it."""
    points = rates(genuine, impostor)
    at = next(k for k, (_, fmr, fnmr) in enumerate(points) if fmr <= fnmr)
    (_, fmr, fnmr), (t, next_fmr, next_fnmr) = points[at - 1], points[at]
    part = (fmr - fnmr) / (fmr - fnmr + next_fnmr - next_fmr)
    return fmr + part * (next_fmr - fmr), t


def pooled(genuine: Scores, impostor: Scores) -> list[float]:
    """Return the share of genuine scores of each score, as pool-adjacent-violators leaves it, in order of the score."""
    blocks: list[list[float]] = []
    for t in sorted({*genuine, *impostor}):
        blocks.append([genuine.count(t), genuine.count(t) + impostor.count(t)])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] >= blocks[-1][0] / blocks[-1][1]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    return [share for hits, n in blocks for share in [hits / n] * int(n)]


def resamples(scores: Scores) -> Iterator[tuple[Scores, float]]:
    """Yield every resample of a set, once, with its probability."""
    n = len(scores)
    for chosen in combinations_with_replacement(range(n), n):
        ways = factorial(n) / prod(factorial(chosen.count(k)) for k in range(n))
        yield [scores[k] for k in chosen], ways / n**n


def quantile(law: list[tuple[float, float]], probability: float) -> float:
    """Return the smallest value whose cumulated probability reaches the wanted one."""
    cumulated = 0.0
    for value, weight in sorted(law):
        cumulated += weight
        if cumulated >= probability - 1e-12:
            return value
    raise AssertionError("the probabilities sum to less than one")


@pytest.mark.parametrize("name", CASES)
def test_point_values(name: str) -> None:
    """EER by three definitions, its threshold, ties, AUC, d' and the operating points are those of plain counting."""
    genuine, impostor = CASES[name]
    points = rates(genuine, impostor)
    answer = eer(genuine, impostor)
    assert (answer.value, answer.threshold) == pytest.approx(crossing(genuine, impostor))
    assert answer.step == pytest.approx(min(max(fmr, fnmr) for _, fmr, fnmr in points))
    assert answer.ties == len(set(genuine) & set(impostor))
    # The EER on the hull is the Bayes error of the prior that makes it largest (Brummer and du Preez 2006).
    worst = minimize_scalar(
        lambda prior: -min(prior * fnmr + (1 - prior) * fmr for _, fmr, fnmr in points),
        bounds=(0, 1),
        method="bounded",
        options={"xatol": 1e-12},
    )
    assert eer(genuine, impostor, method="hull").value == pytest.approx(-worst.fun, abs=1e-7)
    pairs = [(g > i) + (g == i) / 2 for g, i in product(genuine, impostor)]
    assert auc(genuine, impostor) == pytest.approx(sum(pairs) / len(pairs))
    spread = sqrt((np.var(genuine) + np.var(impostor)) / 2)
    assert d_prime(genuine, impostor) == pytest.approx((np.mean(genuine) - np.mean(impostor)) / spread)
    for wanted in (0, 0.01, 0.3, 0.5):
        found = fnmr_at_fmr(genuine, impostor, wanted)
        assert found.fnmr == pytest.approx(min(fnmr for _, fmr, fnmr in points if fmr <= wanted))
        assert found.fmr <= wanted


@pytest.mark.parametrize("name", CASES)
def test_costs_in_bits(name: str) -> None:
    """Cllr is the mean cost of the scores as log likelihood ratios; the least one that of the pooled shares."""
    genuine, impostor = CASES[name]
    costs = [np.mean([log2(1 + np.exp(-s)) for s in genuine]), np.mean([log2(1 + np.exp(s)) for s in impostor])]
    assert cllr(genuine, impostor) == pytest.approx(np.mean(costs))
    order = sorted({*genuine, *impostor})
    where = [t for t in order for _ in range(genuine.count(t) + impostor.count(t))]
    share = dict(zip(where, pooled(genuine, impostor), strict=True))
    odds = len(genuine) / len(impostor)

    def bits(score: float, of_genuine: bool) -> float:
        p = share[score] / (share[score] + odds * (1 - share[score]))  # with equal priors
        return -log2(p if of_genuine else 1 - p)

    least = (np.mean([bits(s, True) for s in genuine]) + np.mean([bits(s, False) for s in impostor])) / 2
    assert min_cllr(genuine, impostor) == pytest.approx(least)


@pytest.mark.parametrize("name", [name for name in CASES if name != "inverted"])
@pytest.mark.parametrize("confidence", [0.99, 0.95, 0.9, 0.5])
def test_exact_interval(name: str, confidence: float) -> None:
    """The ends are quantiles of the step EER over every resample of both classes, to the last digit."""
    genuine, impostor = CASES[name]
    law = [
        (min(max(fmr, fnmr) for _, fmr, fnmr in rates(g, i)), weight * other)
        for (g, weight), (i, other) in product(resamples(genuine), list(resamples(impostor)))
    ]
    answer = eer_interval(genuine, impostor, confidence=confidence)
    tail = (1 - confidence) / 2
    assert (answer.low, answer.high) == pytest.approx((quantile(law, tail), quantile(law, 1 - tail)), abs=1e-9)


def test_no_error_has_the_rule_of_3() -> None:
    """Twenty scores a class without an error: at most 3 / 20."""
    answer = eer_interval(np.arange(20) + 100, np.arange(20))
    assert (answer.low, answer.high, answer.method) == (0, 3 / 20, "rule of 3")


def test_hter_and_its_closed_intervals_by_hand() -> None:
    """Dev has FMR, FNMR of 1/4, 1/5 at 0.9 and 1/4, 2/5 at 1.1; there test accepts 1 of 3 and rejects 2 of 4."""
    answer = hter(*CASES["overlapping"], *TEST)
    assert answer.threshold == 1.1
    assert (answer.false_accepts, answer.n_impostor, answer.false_rejects, answer.n_genuine) == (1, 3, 2, 4)
    assert answer.value == pytest.approx((1 / 3 + 1 / 2) / 2)
    half = 1.959963984540054 * sqrt(1 / 3 * 2 / 3 / (4 * 3) + 1 / 2 * 1 / 2 / (4 * 4))
    fixed = bengio_mariethoz(answer)
    assert (fixed.low, fixed.high) == pytest.approx((5 / 12 - half, 5 / 12 + half))
    for count, n in ((1, 3), (2, 4), (0, 7), (3, 50)):
        other = binomtest(count, n)
        assert wilson(count, n) == pytest.approx(tuple(other.proportion_ci(method="wilson")))
        assert clopper_pearson(count, n) == pytest.approx(tuple(other.proportion_ci(method="exact")))


def test_least_hter_and_epc() -> None:
    """The least HTER is that of a search; the EPC is test's HTER in the middle of dev's best gap for each weight."""
    genuine, impostor = CASES["overlapping"]
    points = rates(genuine, impostor)
    least = least_hter(genuine, impostor)
    assert least.value == pytest.approx(min((fmr + fnmr) / 2 for _, fmr, fnmr in points))
    alpha = [0.1, 0.35, 0.6, 0.9]  # at none of these do two thresholds cost dev the same
    curve = epc(genuine, impostor, *TEST, alpha=alpha)
    for weight, found in zip(alpha, curve.hter, strict=True):
        costs = [weight * fmr + (1 - weight) * fnmr for _, fmr, fnmr in points]
        assert sorted(costs)[1] > sorted(costs)[0]
        at = int(np.argmin(costs))
        best = (points[at - 1][0] + points[at][0]) / 2  # the middle of the gap, in which dev costs the same
        errors = sum(s >= best for s in TEST[1]) / 3 + sum(s < best for s in TEST[0]) / 4
        assert found == pytest.approx(errors / 2)


def test_hter_with_the_threshold_estimated_again() -> None:
    """Mean and spread of the drawn HTER are those of every resample of dev and every one of test."""
    genuine, impostor = CASES["unequal sizes"]
    thresholds: dict[float, float] = {}
    for (g, weight), (i, other) in product(resamples(genuine), list(resamples(impostor))):
        t = eer(g, i).threshold  # the point value is held to plain counting above
        thresholds[t] = thresholds.get(t, 0.0) + weight * other
    mean = square = 0.0
    for t, probability in thresholds.items():
        far, frr = (np.mean(np.array(TEST[1]) >= t), np.mean(np.array(TEST[0]) < t))
        variance = far * (1 - far) / 3 + frr * (1 - frr) / 4  # of binomial counts
        mean += probability * (far + frr) / 2
        square += probability * (variance / 4 + ((far + frr) / 2) ** 2)
    sd = sqrt(square - mean**2)
    drawn = hter_draws((genuine, impostor), TEST, rng=np.random.default_rng(1), replicates=50_000)
    assert drawn.mean() == pytest.approx(mean, abs=4 * sd / sqrt(50_000))
    assert drawn.std() == pytest.approx(sd, rel=0.02)


def test_subject_bootstrap() -> None:
    """Its ends are those of every way to draw four people out of four, each with both scores."""
    people = ["a", "a", "b", "b", "c", "c", "d", "d"]
    genuine, impostor = [2.0, 2.1, 0.4, 0.5, 1.6, 1.7, 1.1, 1.2], [0.0, 0.1, 1.3, 1.4, 0.6, 0.7, -0.5, -0.4]
    law = []
    for chosen in product("abcd", repeat=4):
        rows = [row for person in chosen for row, other in enumerate(people) if other == person]
        law.append((crossing([genuine[row] for row in rows], [impostor[row] for row in rows])[0], 1 / 4**4))
    answer = eer_bootstrap(genuine, impostor, rng=np.random.default_rng(0), clusters=by_unit(people, people))
    assert answer.n_units == 4
    assert (answer.low, answer.high) == pytest.approx((quantile(law, 0.025), quantile(law, 0.975)), abs=1e-9)
