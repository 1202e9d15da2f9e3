"""Object stores that fail now and then, are slow, or are away for a while: nothing is lost, nothing stored twice."""

import threading
from collections.abc import Callable

import pytest

from sweep.store import store
from sweep.store.places import Place, place
from sweep.store.records import keep, parts
from tests.object_store.faults import Gate
from tests.store.recording import record, study_document, trial_id


@pytest.fixture
def folder(address: str) -> Place:
    """A study's prefix with its study.json and no records."""
    where = place(address) / "faces"
    store.write_study(where, study_document())
    return where


def kept(folder: Place, n: int) -> None:
    """Assert that n trials are stored, each once, before and after a compaction."""
    expected = sorted(trial_id(at) for at in range(n))
    assert sorted(trial for _, trial, _ in parts(folder)) == expected
    store.compact(folder)
    results = store.load(folder)
    assert sorted(results.trials["trial_id"]) == expected
    assert not results.scores.duplicated(["trial_id", "sample"]).any()


def away_for(gate: Gate, seconds: float) -> Callable[[], None]:
    """Let a store be away from now on for that long, and return what waits for its return."""
    gate.be_away()
    timer = threading.Timer(seconds, gate.none)
    timer.start()
    return timer.join


def test_a_store_that_fails_a_third_of_the_time_keeps_every_record(folder: Place, gate: Gate) -> None:
    """The libraries ask again by themselves; where they give up, the record is kept at the next try."""
    gate.fail_a_third()
    for at in range(4):
        keep(folder, record(at))
    gate.none()
    kept(folder, 4)


def test_a_slow_store_keeps_every_record(folder: Place, gate: Gate) -> None:
    """Half a second an answer."""
    gate.be_slow(0.5)
    keep(folder, record(0))
    gate.none()
    kept(folder, 1)


def test_a_store_that_comes_back_gets_what_waited(folder: Place, gate: Gate) -> None:
    """A record that is made while the store is away is there when it is back."""
    wait = away_for(gate, 5)
    keep(folder, record(0))
    wait()
    kept(folder, 1)


@pytest.mark.thorough
def test_a_store_may_be_away_for_a_minute(folder: Place, gate: Gate) -> None:
    """A full minute, longer than the libraries' own patience."""
    wait = away_for(gate, 60)
    keep(folder, record(0))
    wait()
    kept(folder, 1)


@pytest.mark.thorough
def test_two_seconds_an_answer_are_enough(folder: Place, gate: Gate) -> None:
    """Such a store takes long, and loses nothing."""
    gate.be_slow(2)
    keep(folder, record(0))
    keep(folder, record(1))
    gate.none()
    kept(folder, 2)
