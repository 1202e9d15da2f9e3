"""A look of a race: who is dropped, when it ends, and how often it is wrong."""

import numpy as np
import pytest

from sweep.stats.race_spread import Seen, Spreads
from sweep.stats.racing import Ending, Rule, look, what_would_tell


def seen(mean: list[float], n: int, sd: float, subject_sd: float = 0.0) -> Seen:
    """Return what n seeds show, where each configuration has its own variance over subjects."""
    c = len(mean)
    return Seen(
        np.asarray(mean), np.full(c, float(n)), np.eye(c) * sd**2, np.eye(c) * subject_sd**2, 40 if subject_sd else 0
    )


def test_a_clearly_worse_configuration_is_dropped_at_the_first_look() -> None:
    """One that is ten standard errors worse leaves, and the near one stays."""
    found = look(seen([0.02, 0.021, 0.12], 5, 0.01), np.ones(3, dtype=bool), Rule((5,), 40))
    assert found.leader == 0
    assert found.racing.tolist() == [True, True, False]
    assert found.ending is Ending.GOES_ON
    assert found.gaps[2].low > 0 > found.gaps[1].low


def test_one_left_ends_the_race() -> None:
    """The last one in the race has won, and those that left before are not looked at."""
    racing = np.array([True, False, True])
    found = look(seen([0.02, 0.0, 0.12], 5, 0.01), racing, Rule((5,), 40))
    assert (found.leader, found.ending) == (0, Ending.ONE_LEFT)
    assert set(found.gaps) == {2}
    assert np.isnan(found.low[1])


def test_subjects_are_the_floor_of_a_race() -> None:
    """Where subjects make most of the variance, more seeds are in vain, and the number of subjects is said."""
    view, rule = seen([0.02, 0.025], 5, 0.005, 0.01), Rule((5,), 40)
    assert look(view, np.ones(2, dtype=bool), rule).ending is Ending.IN_VAIN
    needed = what_would_tell(view, 1, 0, rule, 1)
    assert needed is not None
    assert needed.subjects > 40
    assert needed.seeds == 40
    more = Seen(view.mean, view.n * 8, view.over_seeds, view.over_subjects * 40 / needed.subjects, needed.subjects)
    assert look(more, np.ones(2, dtype=bool), Rule((40,), 40)).ending is Ending.ONE_LEFT


def test_equivalence_needs_a_margin() -> None:
    """Two that differ by little are equivalent within a wide margin, not within a narrow one."""
    view = seen([0.02, 0.021], 40, 0.005)
    endings = [look(view, np.ones(2, dtype=bool), Rule((20, 40), 60, margin=m)).ending for m in (0.02, 0.001)]
    assert endings[0] is Ending.EQUIVALENT
    assert endings[1] is not Ending.EQUIVALENT


def test_seeds_that_never_differ_need_no_spread() -> None:
    """Without any spread a difference is told at once, and no difference never."""
    found = look(seen([0.02, 0.02, 0.03], 5, 0.0), np.ones(3, dtype=bool), Rule((5,), 40))
    assert found.racing.tolist() == [True, True, False]


def test_the_most_seeds_end_the_race() -> None:
    """A race ends at the most seeds, whoever is left."""
    found = look(seen([0.02, 0.024], 40, 0.01), np.ones(2, dtype=bool), Rule((20, 40), 40))
    assert found.ending is Ending.MOST


def test_paired_seeds_take_out_what_they_share() -> None:
    """Where equal seeds move two configurations alike, their difference is as exact as what is left."""
    view = seen([0.02, 0.024], 5, 0.01)
    paired = Seen(view.mean, view.n, np.array([[1.0, 0.96], [0.96, 1.0]]) * 1e-4, view.over_subjects)
    assert Spreads(paired).of_gap(1, 0).seeds == pytest.approx(0.08e-4)
    assert Spreads(view).of_gap(1, 0).seeds == pytest.approx(2e-4)


@pytest.mark.parametrize("subject_sd", [0.0, 0.004])
def test_equal_ones_are_told_apart_in_at_most_one_race_of_twenty(subject_sd: float) -> None:
    """Over 300 races of three equal configurations, looked at eight times, the error is kept."""
    rng, wrong, races = np.random.default_rng(3), 0, 300
    looks = tuple(range(5, 41, 5))
    for _ in range(races):
        value = rng.normal(0, 0.01, (3, 40)) + rng.normal(0, subject_sd, (3, 1))
        racing = np.ones(3, dtype=bool)
        for at, n in enumerate(looks):
            view = Seen(
                value[:, :n].mean(axis=1), np.full(3, float(n)), np.diag(value[:, :n].var(axis=1, ddof=1)),
                np.eye(3) * subject_sd**2, 0,
            )  # fmt: skip
            found = look(view, racing, Rule(looks[: at + 1], 40))
            if not found.racing.all():
                wrong += 1
                break
            if found.ending is not Ending.GOES_ON:
                break
    assert wrong / races <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / races)
