"""The rounds of a study that stops by itself: what comes next, from what is stored alone."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sweep.analysis.decisions import decisions_table, standing_of
from sweep.errors import InputError
from sweep.running.race import Round, next_trials
from sweep.stats.simulation import Design
from tests.analysis.raced import World, raced_study

STOP = {"until": "decided", "first": 5, "step": 5, "most": 20}
SHIFTS = (0.0, -0.35, -2.0, -2.2)
SEEDS_COUNT = Design(n_dev=40, n_test=20, frames=8, seed_sd=0.3, subject_sd=0.2, config_sd=0.05, interaction_sd=0.1)


@pytest.fixture(scope="module")
def world() -> World:
    """Return four configurations, of which two are near the best and two are far."""
    return World(raced_study(4, STOP), SHIFTS, design=SEEDS_COUNT)


def following(world: World, stored: set[str], *, slots: int = 1, ordered: frozenset[str] = frozenset()) -> Round:
    """Return the next round after these trials have ended."""
    return next_trials(
        world.rows(stored), world.study, world.plan, world.scores_of, Path("raced"), slots=slots, ordered=ordered
    )


def run(world: World, *, slots: int = 1, killed: np.random.Generator | None = None) -> tuple[set[str], Round]:
    """Run a race to its end; where it is killed, a round loses a part of its trials now and then."""
    stored: set[str] = set()
    for _ in range(200):
        now = following(world, stored, slots=slots)
        if not now.trials:
            return stored, now
        ids = [one.trial_id for one in now.trials]
        if killed is not None and killed.random() < 0.6:
            ids = ids[: int(killed.integers(len(ids)))]
        stored |= set(ids)
    raise AssertionError("the race never ended")


def test_the_first_round_gives_every_configuration_the_first_seeds(world: World) -> None:
    """Before anything is known, each has as many seeds as the first look needs, in the plan's order."""
    now = following(world, set())
    assert [one.trial_id for one in now.trials] == [one.trial_id for one in world.plan if one.seed < 5]
    assert not now.standing.over


def test_who_was_dropped_gets_no_more_seeds(world: World) -> None:
    """After the first look the far ones are out, and the round has the others' next seeds alone."""
    first = {one.trial_id for one in following(world, set()).trials}
    now = following(world, first)
    dropped = {row.config_id for row in now.standing.decisions if row.decision == "dropped"}
    assert len(dropped) == 2
    assert {one.configuration.config_id for one in now.trials}.isdisjoint(dropped)
    assert {one.seed for one in now.trials} == set(range(5, 10))


def test_a_race_that_is_killed_comes_to_the_same_decisions(world: World) -> None:
    """However often it is killed in the middle of a round, verdict and decisions are those of a whole run."""
    _, whole = run(world)
    for seed in range(3):
        _, other = run(world, killed=np.random.default_rng(seed))
        assert other.standing.verdict == whole.standing.verdict
        pd.testing.assert_frame_equal(decisions_table(other.standing), decisions_table(whole.standing))


def test_half_of_the_trials_give_the_first_of_the_decisions(world: World) -> None:
    """Decisions of a folder with half its trials are those that the whole run took by then."""
    stored, whole = run(world)
    half = sorted(stored, key=[one.trial_id for one in world.plan].index)[: len(stored) // 2 + 5]
    found = standing_of(world.results(half))
    assert found is not None
    assert not found.over
    assert 0 < len(found.decisions) < len(whole.standing.decisions)
    assert found.decisions == whole.standing.decisions[: len(found.decisions)]


def test_slots_that_would_be_free_get_seeds_of_the_surely_kept(world: World) -> None:
    """The last wave is filled with later seeds of those near the leader, and the decisions stay as they are."""
    first = {one.trial_id for one in following(world, set()).trials}
    now = following(world, first, slots=4)
    assert len(now.trials) == 12  # of 10 seeds that the look needs
    assert {one.configuration.config_id for one in now.trials if one.seed >= 10} <= set(now.standing.likely)
    assert run(world, slots=4)[1].standing.decisions == run(world)[1].standing.decisions


def test_no_trial_is_ordered_twice(world: World) -> None:
    """What this run has ordered and lost is left to the next run."""
    first = following(world, set())
    assert following(world, set(), ordered=frozenset(one.trial_id for one in first.trials)).trials == ()


def test_a_round_that_failed_whole_ends_the_run() -> None:
    """Where every trial of a round failed, one message says so with the first error."""
    study = raced_study(2, STOP)
    failing = World(study, (0.0, 0.0), failing={0: range(5), 1: range(5)})
    with pytest.raises(InputError, match=r"all of them failed, the first with: it diverged.*--retry-failed"):
        following(failing, {one.trial_id for one in failing.plan if one.seed < 5})


def test_one_that_often_diverges_does_not_win_on_the_rest() -> None:
    """Failures count at chance: two good seeds of five lead nothing, and the reason says so."""
    world = World(raced_study(2, STOP), (0.5, 0.0), failing={0: (0, 2, 4)})
    now = following(world, {one.trial_id for one in world.plan if one.seed < 5})
    leader = next(row for row in now.standing.decisions if row.reason.startswith("leads"))
    other = next(row for row in now.standing.decisions if row is not leader)
    assert leader.config_id == world.plan[1].configuration.config_id
    assert "3 of 5 seeds failed and count as 50.00 %" in other.reason


def test_new_subjects_need_subjects() -> None:
    """Samples without a subject cannot cover new ones, and the message says what to say."""
    world = World(raced_study(2, STOP), (0.0, 0.0), subjects=False)
    ids = {one.trial_id for one in world.plan if one.seed < 5}
    with pytest.raises(InputError, match=r"Expected subjects in the data.*covers: this test set"):
        following(world, ids)
    here = World(raced_study(2, STOP | {"covers": "this test set"}), (0.0, 0.0), subjects=False)
    assert following(here, {one.trial_id for one in here.plan if one.seed < 5}).standing.decisions


def test_a_precision_is_reached_or_refused() -> None:
    """Each configuration gets the seeds that its first ones ask for; where subjects forbid it, that is said at once."""
    stop = {"until": {"hter": 0.02}, "first": 5, "most": 60}
    world = World(raced_study(2, stop | {"covers": "this test set"}), (0.0, 0.0))
    _, ended = run(world)
    last = ended.standing.last()
    assert {row.decision for row in last.values()} == {"precise"}
    assert all((row.high - row.low) / 2 <= 0.02 + 1e-12 for row in last.values())
    forbidden = run(World(raced_study(2, stop), (0.0, 0.0)))[1].standing
    assert {row.decision for row in forbidden.decisions} == {"subjects forbid"}
    assert {row.look for row in forbidden.decisions} == {1}
    assert "subjects the half-width stays above" in forbidden.verdict
