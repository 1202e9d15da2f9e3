"""Independent implementations of one law agree: closed form, lock-step Monte Carlo, weights, and plain resampling."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from sweep.metrics import by_pair, by_subject_then_video, by_unit, eer, eer_difference, trials
from sweep.metrics.eer_limits import eer_draws
from sweep.metrics.eer_replicates import eer_replicates
from sweep.metrics.exact_law import StepLaw
from sweep.metrics.hter_limits import hter_draws

Scores = NDArray[np.float64]


def study(seed: int, n_genuine: int, n_impostor: int, grid: float = 0) -> tuple[Scores, Scores]:
    """Return sorted normal scores, rounded to a grid where one is given, so that the classes tie."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(1.5, 1, n_genuine), rng.normal(0, 1, n_impostor)
    genuine, impostor = (np.sort(np.round(one / grid) * grid if grid else one) for one in scores)
    return genuine, impostor


def plain(genuine: Scores, impostor: Scores, replicates: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Return step and interpolated EER of plainly drawn resamples."""
    answers = [eer(rng.choice(genuine, genuine.size), rng.choice(impostor, impostor.size)) for _ in range(replicates)]
    return [(answer.step, answer.value) for answer in answers]


@pytest.mark.parametrize(
    ("n_genuine", "n_impostor", "grid"), [(20, 100, 0), (60, 40, 0), (50, 200, 0.25), (7, 9, 0.5), (1000, 3000, 0)]
)
def test_closed_form_is_the_law_of_the_step_eer(n_genuine: int, n_impostor: int, grid: float) -> None:
    """P(EER <= e) of the closed form is the share among drawn replicates, at every value that they take."""
    genuine, impostor = study(1, n_genuine, n_impostor, grid)
    law = StepLaw(genuine, impostor)
    drawn = eer_replicates(genuine, impostor, 40_000, np.random.default_rng(2)).step
    for value in np.unique(drawn):
        exact = law.at_most(Fraction(float(value)).limit_denominator(1000))
        error = np.sqrt(max(exact * (1 - exact), 1e-4) / drawn.size)
        assert abs((drawn <= value + 1e-12).mean() - exact) < 5 * error


@pytest.mark.parametrize(("n_genuine", "n_impostor", "grid"), [(20, 100, 0), (50, 80, 0.25)])
def test_lockstep_is_plain_resampling(n_genuine: int, n_impostor: int, grid: float) -> None:
    """Mean and spread of both EERs are those of resamples drawn score by score."""
    genuine, impostor = study(3, n_genuine, n_impostor, grid)
    slow = np.array(plain(genuine, impostor, 2000, np.random.default_rng(4)))
    fast = eer_replicates(genuine, impostor, 20_000, np.random.default_rng(5))
    for column, drawn in ((0, fast.step), (1, fast.value)):
        sd = slow[:, column].std()
        assert drawn.mean() == pytest.approx(slow[:, column].mean(), abs=5 * sd / np.sqrt(2000))
        assert drawn.std() == pytest.approx(sd, rel=0.08)


@pytest.mark.parametrize(("n_genuine", "n_impostor", "shift"), [(2, 2, 5.0), (12, 30, 1.5), (12, 30, 0.0)])
def test_lockstep_thresholds_are_those_of_plain_resampling(n_genuine: int, n_impostor: int, shift: float) -> None:
    """Separated or not, the threshold has the law of `eer` on resamples drawn score by score."""
    genuine, impostor = study(15, n_genuine, n_impostor)
    genuine, rng = genuine + shift, np.random.default_rng(16)
    draws = ((rng.choice(genuine, n_genuine), rng.choice(impostor, n_impostor)) for _ in range(4000))
    slow = np.array([eer(*draw).threshold for draw in draws])
    fast = eer_replicates(genuine, impostor, 4000, rng).threshold
    for value in np.unique(slow)[::5]:
        assert abs((slow <= value + 1e-12).mean() - (fast <= value + 1e-12).mean()) < 5 * np.sqrt(0.5 / 4000)


def test_weights_of_single_scores_are_the_plain_bootstrap() -> None:
    """Every score a unit of its own, drawn class by class, gives the law of the lock-step Monte Carlo."""
    from sweep.metrics import weighted_eer

    genuine, impostor = study(6, 30, 60)
    rng = np.random.default_rng(7)
    weights = np.concatenate([rng.multinomial(n, np.full(n, 1 / n), size=20_000) for n in (30, 60)], axis=1)
    value, _ = weighted_eer(genuine, impostor, np.arange(30), np.arange(30, 90), weights)
    other = eer_replicates(genuine, impostor, 20_000, rng).value
    assert value.mean() == pytest.approx(other.mean(), abs=5 * other.std() / 100)
    assert value.std() == pytest.approx(other.std(), rel=0.03)


def test_hter_draws_are_plain_resampling() -> None:
    """The HTER with its threshold estimated again has the mean and spread of resamples drawn score by score."""
    dev, test = study(8, 40, 100), study(9, 50, 90)
    rng = np.random.default_rng(10)
    slow = []
    for _ in range(2000):
        threshold = eer(rng.choice(dev[0], 40), rng.choice(dev[1], 100)).threshold
        slow.append(((rng.choice(test[0], 50) < threshold).mean() + (rng.choice(test[1], 90) >= threshold).mean()) / 2)
    fast = hter_draws(dev, test, rng=rng, replicates=20_000)
    assert fast.mean() == pytest.approx(np.mean(slow), abs=5 * np.std(slow) / np.sqrt(2000) + 1e-3)
    assert fast.std() == pytest.approx(np.std(slow), rel=0.08)


def test_paired_difference_is_plain_resampling_of_trials() -> None:
    """Both systems see the same trials in each replicate, though only trials near a threshold are drawn one by one."""
    rng = np.random.default_rng(11)
    base = rng.normal(1.5, 1, 150), rng.normal(0, 1, 400)
    scored = trials(*(one + rng.normal(0, 0.5, one.size) for one in (base[0], base[0], base[1], base[1])))
    answer = eer_difference(scored, rng=np.random.default_rng(12), replicates=5000)
    slow = []
    for _ in range(1500):
        j, k = rng.integers(0, 150, 150), rng.integers(0, 400, 400)
        a, b = eer(scored.a_genuine[j], scored.a_impostor[k]), eer(scored.b_genuine[j], scored.b_impostor[k])
        slow.append(a.value - b.value)
    low, high = np.quantile(slow, [0.025, 0.975])
    tolerance = 0.15 * (high - low)
    assert answer.low == pytest.approx(low, abs=tolerance)
    assert answer.high == pytest.approx(high, abs=tolerance)


def test_cluster_weights_are_whole_resamples() -> None:
    """Subjects and nested videos add up to as many as were there; a pair weighs the product of its two persons."""
    rng = np.random.default_rng(13)
    subject, video = np.repeat(np.arange(5), 6), np.tile([0, 0, 1, 1, 2, 2], 5)
    one_way = by_unit(subject, subject)
    assert (one_way.draw(50, rng).sum(axis=1) == 5).all()
    nested = by_subject_then_video(subject, subject, video, video)
    assert nested.n_columns == 15
    assert nested.n_units == 5
    assert (nested.draw(50, rng).sum(axis=1) == 15).all()
    pairs = by_pair(["a", "b", "c"], ["a", "a", "b"], ["b", "c", "c"])
    weights = pairs.draw(50, rng)
    a, b, c = weights[:, pairs.genuine].T
    np.testing.assert_array_equal(weights[:, pairs.impostor], np.stack([a * b, a * c, b * c], axis=1))


def test_determinism() -> None:
    """The same seed agrees, a generator drawn on differs, the same seed agrees again, another seed differs."""
    genuine, impostor = study(14, 80, 300)
    clusters = by_unit(np.arange(80) % 10, np.arange(300) % 10)

    def ends(rng: np.random.Generator) -> float:
        return float(eer_draws(genuine, impostor, rng=rng, clusters=clusters, replicates=300)[0].sum())

    rng = np.random.default_rng(0)
    first, second = ends(rng), ends(rng)
    assert first == ends(np.random.default_rng(0))
    assert first != second
    assert first != ends(np.random.default_rng(1))
