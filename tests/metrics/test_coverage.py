"""How often the intervals hold the truth over simulated studies whose truth is known; bounds are binomial.

Nominal coverage is 95 %. A percentile interval on small samples covers a little less, so that each case states the
least coverage it must show; a count below it by chance has a probability under 1 in 1,000.
"""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import binom, norm

from sweep.metrics import by_unit, eer, eer_bootstrap, eer_interval, hter, hter_interval
from sweep.metrics.chosen_intervals import covering_eer, covering_hter, korn_graubard
from sweep.metrics.proportion import clopper_pearson
from tests.simulations import studies as simulated

Scores = NDArray[np.float64]
SEPARATION = 3.0
TRUE_EER = float(norm.sf(SEPARATION / 2))


def enough(covered: int, studies: int, least: float) -> bool:
    """Whether the count is no surprise when the coverage is `least`."""
    return bool(covered >= binom.ppf(0.001, studies, least))


def study(n_genuine: int, n_impostor: int, rng: np.random.Generator) -> tuple[Scores, Scores]:
    """Return normal scores of both classes with equal spread."""
    return rng.normal(SEPARATION, 1, n_genuine), rng.normal(0, 1, n_impostor)


@pytest.mark.parametrize(
    ("n_genuine", "n_impostor", "least"), [(50, 500, 0.91), (200, 2000, 0.92), (1000, 5000, 0.93), (500, 500, 0.92)]
)
def test_exact_interval_of_the_eer(n_genuine: int, n_impostor: int, least: float) -> None:
    """The closed-form interval holds the true EER at several sample sizes."""
    rng = np.random.default_rng(1)
    covered, studies = 0, simulated(400)
    for _ in range(studies):
        answer = eer_interval(*study(n_genuine, n_impostor, rng))
        covered += answer.low <= TRUE_EER <= answer.high
    assert enough(covered, studies, least)


def test_interval_with_ties() -> None:
    """Scores rounded to a grid: the interval of the interpolated EER holds the interpolated EER of the population."""
    grid = 0.25
    edges = np.arange(-8, 12, grid)

    def rates(threshold: float) -> tuple[float, float]:
        # A rounded score is >= t when the score is >= t - grid / 2.
        return float(norm.sf(threshold - grid / 2)), float(norm.cdf(threshold - grid / 2 - SEPARATION))

    points = [rates(t) for t in edges]
    at = next(k for k, (fmr, fnmr) in enumerate(points) if fmr <= fnmr)
    (x0, y0), (x1, y1) = points[at - 1], points[at]
    truth = x0 + (x0 - y0) / ((x0 - y0) + (y1 - x1)) * (x1 - x0)
    rng = np.random.default_rng(2)
    covered, studies = 0, simulated(300)
    for _ in range(studies):
        genuine, impostor = (np.round(one / grid) * grid for one in study(200, 2000, rng))
        answer = eer_bootstrap(genuine, impostor, rng=rng, replicates=1000)
        covered += answer.low <= truth <= answer.high
    assert enough(covered, studies, 0.92)


def test_subjects() -> None:
    """Scores that share a subject's shift: drawing subjects covers, drawing scores does not."""
    n_subjects, each, shift = 40, 10, 0.8
    spread = np.sqrt(1 + shift**2)
    truth = float(norm.sf(SEPARATION / 2 / spread))
    subject = np.repeat(np.arange(n_subjects), each)
    rng = np.random.default_rng(3)
    covered, too_narrow, studies = 0, 0, 200
    for _ in range(studies):
        # Each class has shifts of its own, as with people hard to recognise and people easy to imitate.
        genuine, impostor = (one + rng.normal(0, shift, n_subjects)[subject] for one in study(400, 400, rng))
        answer = eer_bootstrap(genuine, impostor, rng=rng, clusters=by_unit(subject, subject), replicates=300)
        covered += answer.low <= truth <= answer.high
        single = eer_interval(genuine, impostor)
        too_narrow += single.low <= truth <= single.high
    assert enough(covered, studies, 0.90)
    assert too_narrow < binom.ppf(0.001, studies, 0.90)


@pytest.mark.parametrize(("n_genuine", "n_impostor"), [(50, 500), (200, 2000)])
def test_hter_with_the_threshold_estimated(n_genuine: int, n_impostor: int) -> None:
    """The interval holds the HTER that the true threshold has, although both sets are drawn."""
    rng = np.random.default_rng(4)
    covered, studies = 0, simulated(300)
    for _ in range(studies):
        dev, test = study(n_genuine, n_impostor, rng), study(n_genuine, n_impostor, rng)
        answer = hter_interval(*dev, *test, rng=rng, replicates=1000)
        covered += answer.low <= TRUE_EER <= answer.high
    assert enough(covered, studies, 0.92)


def test_unequal_spreads() -> None:
    """Impostors of another spread: the EER lies elsewhere, the interval still holds it."""
    threshold = brentq(lambda t: norm.sf(t / 2) - norm.cdf(t - 4), 0, 4)
    truth = float(norm.sf(threshold / 2))
    rng = np.random.default_rng(5)
    covered, studies = 0, simulated(400)
    for _ in range(studies):
        answer = eer_interval(rng.normal(4, 1, 200), rng.normal(0, 2, 1000))
        covered += answer.low <= truth <= answer.high
    assert enough(covered, studies, 0.92)


def test_no_error_is_rarely_wrong() -> None:
    """Where a study shows no error at all, the rule of 3 still holds the true EER."""
    truth = float(norm.sf(2.5))
    rng = np.random.default_rng(6)
    held, seen = 0, 0
    for _ in range(400):
        answer = eer_interval(rng.normal(5, 1, 30), rng.normal(0, 1, 30))
        if answer.method == "rule of 3":
            seen += 1
            held += truth <= answer.high
    assert seen > 100
    assert held == seen


@pytest.mark.parametrize(("n_genuine", "n_impostor"), [(3, 100), (20, 200), (50, 500), (100, 1000)])
@pytest.mark.parametrize("separation", [4.653, 3.0])
def test_the_printed_intervals_cover_with_few_errors(n_genuine: int, n_impostor: int, separation: float) -> None:
    """At an EER of 1 or 6.7 % and 3 to 100 genuine scores the default intervals of EER and HTER cover .93 at least."""
    truth, rng, studies = float(norm.sf(separation / 2)), np.random.default_rng(n_genuine), simulated(150)
    of_eer, of_hter = 0, 0
    for _ in range(studies):
        dev, test = (
            (np.sort(rng.normal(separation, 1, n_genuine)), np.sort(rng.normal(0, 1, n_impostor))) for _ in range(2)
        )
        one = covering_eer(*dev, eer(*dev), rng=rng, replicates=300)
        other = covering_hter(dev, test, hter(*dev, *test), rng=rng, replicates=300)
        of_eer += one.low <= truth <= one.high
        of_hter += other.low <= truth <= other.high
    assert enough(of_eer, studies, 0.93)
    assert enough(of_hter, studies, 0.93)


@pytest.mark.parametrize(("n_subjects", "separation"), [(8, 5.4), (8, 3.0), (20, 3.0)])
def test_the_printed_intervals_cover_with_few_people(n_subjects: int, separation: float) -> None:
    """Of 8 and 20 people the default intervals by subject cover .93 at least."""
    shift, each, rng, studies = 0.6, 10, np.random.default_rng(n_subjects), simulated(150)
    truth = float(norm.sf(separation / 2 / np.sqrt(1 + shift**2)))
    subject = np.repeat(np.arange(n_subjects), each)
    people, of_eer, of_hter = by_unit(subject, subject), 0, 0
    for _ in range(studies):
        dev, test = (
            tuple(
                rng.normal(mean, 1, subject.size) + rng.normal(0, shift, n_subjects)[subject]
                for mean in (separation, 0)
            )
            for _ in range(2)
        )
        one = covering_eer(*dev, eer(*dev), rng=rng, clusters=people, replicates=300)
        other = covering_hter(dev, test, hter(*dev, *test), rng=rng, clusters=(people, people), replicates=300)
        of_eer += one.low <= truth <= one.high
        of_hter += other.low <= truth <= other.high
    assert enough(of_eer, studies, 0.93)
    assert enough(of_hter, studies, 0.93)


def test_korn_and_graubard_is_clopper_and_pearson_for_independent_trials() -> None:
    """With the binomial variance and no correction for few units the limits are Clopper and Pearson's."""
    assert korn_graubard(0.1, 0.1 * 0.9 / 50, 0, 0.95) == pytest.approx(clopper_pearson(5, 50))
    assert korn_graubard(0.1, 0.1 * 0.9 / 50, 7, 0.95).high > clopper_pearson(5, 50).high


def test_no_error_at_a_threshold_of_few_scores_is_not_certain() -> None:
    """Where the test set shows no error but other draws of dev would, the upper limit holds what they would make."""
    dev = np.array([1.0, 3.0, 5.0]), np.array([-5.0, -3.0, 0.9])
    test = np.linspace(1.2, 4, 200), np.linspace(-4, 0.6, 200)
    point, rng = hter(*dev, *test), np.random.default_rng(0)
    assert point.value == 0
    for found in (hter_interval(*dev, *test, rng=rng), covering_hter(dev, test, point, rng=rng)):
        assert found.low == 0
        assert found.high > 0.1
