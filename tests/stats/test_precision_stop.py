"""Seeds until an interval is narrow enough: the promise, its coverage, and what the subjects forbid."""

import math

import numpy as np
import pytest

from sweep.errors import InputError
from sweep.stats import Pilot, seeds_in_two_stages, seeds_wanted


@pytest.mark.parametrize("sd", [0.002, 0.01, 0.03])
@pytest.mark.parametrize("subject_sd", [0.0, 0.0012])
def test_the_half_width_is_kept_and_covers(sd: float, subject_sd: float) -> None:
    """The interval is as narrow as was asked, and holds the truth in .93 to .97 of studies."""
    rng, wanted, held, widest = np.random.default_rng(1), 0.005, [], 0.0
    for _ in range(1500):
        first = rng.normal(0, sd, 5)
        subjects = subject_sd**2 * rng.chisquare(39) / 39
        pilot = Pilot(float(first.var(ddof=1)), 5, subjects, 40 if subject_sd else 0)
        n = seeds_wanted(pilot, wanted)
        assert n is not None
        mean = (first.sum() + rng.normal(0, sd * math.sqrt(n - 5))) / n + rng.normal(0, subject_sd)
        half = pilot.half_width(n, 0.95)
        held.append(abs(mean) <= half)
        widest = max(widest, half)
    assert widest <= wanted
    assert 0.93 <= np.mean(held) <= 0.975


def test_without_subjects_it_is_stein() -> None:
    """For this test set the number of seeds is Stein's, and the least that gives the half-width."""
    pilot = Pilot(0.01**2, 5)
    n = seeds_wanted(pilot, 0.005)
    assert n == seeds_in_two_stages(0.005, 0.01, 5)
    assert pilot.half_width(n - 1, 0.95) > 0.005 >= pilot.half_width(n, 0.95)


def test_subjects_are_the_floor() -> None:
    """Where the subjects alone make the interval wider than asked, no number of seeds is enough."""
    assert seeds_wanted(Pilot(0.01**2, 5, 0.003**2, 40), 0.005) is None
    assert seeds_wanted(Pilot(0.01**2, 5, 0.001**2, 40), 0.005) is not None


def test_seeds_that_do_not_differ_are_enough() -> None:
    """A pilot without spread needs no further seed."""
    assert seeds_wanted(Pilot(0.0, 5), 0.005) == 5


@pytest.mark.parametrize(
    ("pilot", "half_width", "said"),
    [(Pilot(1.0, 1), 0.1, "at least 2 seeds"), (Pilot(1.0, 5), 0.0, "above 0"), (Pilot(1.0, 5), 1e-6, "100,000")],
)
def test_what_no_seeds_reach_is_refused(pilot: Pilot, half_width: float, said: str) -> None:
    """A pilot of one seed, no half-width, or one out of reach is answered with what was expected."""
    with pytest.raises(InputError, match=said):
        seeds_wanted(pilot, half_width)
