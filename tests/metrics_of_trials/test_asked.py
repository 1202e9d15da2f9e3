"""Metrics that no trial measures and that scores give where somebody asks: the points of `sweep.metrics`, resampled."""

import numpy as np
import pytest

from sweep import metrics
from sweep.metrics.catalogue import CATALOGUE
from sweep.metrics.evaluation import evaluate
from sweep.metrics.interval import fmr_cautions
from sweep.metrics.score_set import Rows, ScoreSet
from sweep.metrics.scored import Scored, ScoredSplit
from sweep.metrics.verification import verification

CURVE = ["fmr100", "fmr1000", "eer_hull", "min_dcf", "min_cllr", "cllr", "d_prime", "test_eer"]


def simulated(n: int, rng: np.random.Generator, *, grid: int = 0) -> ScoredSplit:
    """Return a split of n samples of n // 40 subjects; with a grid, scores have ties."""
    label = (rng.random(n) < 0.3).astype(float)
    score = rng.normal(2.5 * label - 1, 1)
    if grid:
        score = np.rint(score * grid) / grid
    return ScoredSplit(label, score, unit=rng.integers(0, n // 40, n))


def repeated(split: ScoredSplit, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the genuine and impostor scores, each as often as its unit counts."""
    rows = np.repeat(np.arange(split.label.size), weights[split.column].astype(int))
    label, score = split.label[rows], split.score[rows]
    return score[label == 1], score[label == 0]


@pytest.mark.parametrize("grid", [0, 8])
def test_points_are_those_of_the_metrics_of_scores(grid: int) -> None:
    """Each name gives what the function of `sweep.metrics`, and `sweep metrics --json`, give for the same scores."""
    split = simulated(4000, np.random.default_rng(3), grid=grid)
    g, i = split.score[split.label == 1], split.score[split.label == 0]
    got = {name: CATALOGUE[name].point(Scored(split)) for name in CURVE}
    assert got["fmr100"] == metrics.fnmr_at_fmr(g, i, 0.01).fnmr
    assert got["fmr1000"] == metrics.fnmr_at_fmr(g, i, 0.001).fnmr
    assert got["min_dcf"] == metrics.min_dcf(g, i)
    assert got["d_prime"] == metrics.d_prime(g, i)
    assert (got["cllr"], got["min_cllr"]) == (metrics.cllr(g, i), metrics.min_cllr(g, i))
    said = evaluate(ScoreSet("here", Rows(g), Rows(i)), rng=np.random.default_rng(0)).point
    assert {name: CATALOGUE[name].point(Scored(split)) for name in said} == said


@pytest.mark.parametrize("name", CURVE)
@pytest.mark.parametrize(("n", "grid"), [(400, 4), (9000, 0), (9000, 16)])
def test_replicates_are_points_of_repeated_scores(name: str, n: int, grid: int) -> None:
    """Subjects that are drawn twice, once or never weigh so: long and short curves, with and without ties."""
    rng = np.random.default_rng(n + grid)
    split = simulated(n, rng, grid=grid)
    weights = rng.multinomial(n // 40 - 1, np.full(n // 40, 40 / n), size=6).astype(float)
    found = CATALOGUE[name].under(Scored(split), weights)
    for value, row in zip(found, weights, strict=True):
        g, i = repeated(split, row)
        again = ScoredSplit(np.repeat([1.0, 0.0], [g.size, i.size]), np.concatenate((g, i)))
        assert value == pytest.approx(CATALOGUE[name].point(Scored(again)), abs=1e-10)
    assert np.unique(found).size > 1


@pytest.mark.parametrize("name", CURVE)
def test_a_replicate_without_a_class_has_no_value(name: str) -> None:
    """Where no impostor is drawn there is no rate, no cost and no distance: NaN, beside values of other replicates."""
    split = ScoredSplit(np.array([1.0, 1, 0, 0]), np.array([0.9, 0.4, 0.5, 0.1]), unit=np.array([0, 1, 2, 3]))
    found = CATALOGUE[name].under(Scored(split), np.array([[1.0, 1, 0, 0], [1, 1, 1, 1]]))
    assert np.isnan(found[0])
    assert np.isfinite(found[1])


@pytest.mark.parametrize("name", CURVE)
def test_failures_to_acquire_are_set_aside(name: str) -> None:
    """A sample without a score changes neither the point nor the replicates."""
    split = simulated(400, np.random.default_rng(5))
    more = ScoredSplit(
        np.append(split.label, [1.0, 0.0]), np.append(split.score, [np.nan] * 2), unit=np.append(split.column, [0, 0])
    )
    weights = np.ones((2, 10))
    weights[1, :3] = 2
    row = CATALOGUE[name]
    assert row.point(Scored(more)) == row.point(Scored(split))
    assert row.under(Scored(more), weights) == pytest.approx(row.under(Scored(split), weights), abs=1e-12)


def test_equal_scores_have_no_distance_and_cost_one_bit() -> None:
    """A model that says one number: d' is no number, min Cllr and min DCF are 1, at a threshold for no false match."""
    split = ScoredSplit(np.array([1.0, 0, 1, 0]), np.full(4, 1e200), unit=np.arange(4))
    for weights in (None, np.array([[1.0, 2, 1, 1]])):
        assert np.isnan(CATALOGUE["d_prime"].under(Scored(split), weights)[0])
        assert CATALOGUE["min_cllr"].under(Scored(split), weights)[0] == pytest.approx(1)
        assert CATALOGUE["min_dcf"].under(Scored(split), weights)[0] == pytest.approx(1)
        assert CATALOGUE["fmr100"].under(Scored(split), weights)[0] == 1


def test_attack_rates_of_the_standard() -> None:
    """BPCER is the FRR and ACER the mean of it and of the worst type's APCER, at dev's threshold."""
    rng = np.random.default_rng(9)
    dev, test = simulated(400, rng), simulated(400, rng)
    kinds = np.where(test.label == 0, rng.choice(["mask", "print"], 400), "")
    scored = Scored(ScoredSplit(test.label, test.score, attack_type=kinds), dev)
    stored = verification(dev.label, dev.score, test.label, test.score, test_attack_type=kinds)
    assert CATALOGUE["bpcer"].point(scored) == stored["frr"]
    assert CATALOGUE["acer"].point(scored) == (stored["apcer"] + stored["frr"]) / 2
    assert not {*CURVE, "bpcer", "acer"} & set(stored)


@pytest.mark.parametrize(
    ("wanted", "genuine", "impostor", "said"),
    [
        (
            [0.001],
            500,
            500,
            "500 impostor scores give 0.5 false matches, fewer than 30: it is uncertain (rule of 30), and",
        ),
        ([0.01], 500, 500, "FNMR at FMR 1 %: 500 impostor scores give 5 false matches, fewer than 30"),
        ([0.01], 10, 3000, "only 10 genuine scores"),
        ([0.01], 500, 3000, ""),
    ],
)
def test_too_few_scores_for_a_wanted_fmr_are_told(wanted: list[float], genuine: int, impostor: int, said: str) -> None:
    """Fewer than 30 expected false matches are a caution, fewer than one an extrapolation."""
    found = fmr_cautions(wanted, genuine, impostor)
    assert (len(found), said in "".join(found)) == (bool(said), True)
    assert ("extrapolation" in "".join(found)) == (wanted[0] * impostor < 1)
    point = metrics.fnmr_at_fmr(np.arange(genuine) + 1.5, np.arange(impostor) / impostor, wanted[0])
    assert point.cautions == found
