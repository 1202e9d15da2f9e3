"""Every slot is busy, although trials are shorter than the start of a Ray actor."""

import pandas as pd
import pytest

import sweep
from tests.one_ray import sweep_here

pytestmark = pytest.mark.ray


def test_both_slots_work_to_the_end(one_ray, write_study, tmp_path):
    """With trials of some two seconds on two slots, nearly every trial overlaps another.

    This guards the replaced method of Ray Tune: without it a finished actor is handed to a trial whose own actor is
    starting, that actor is cancelled, and all trials end up on one slot.
    """
    study = write_study(seeds=8, model={"use": "odd_models:plain", "kind": "sleeps"}, reuse="off")
    done = sweep_here("run", study, "--results", tmp_path, "--slots", "2")
    assert done.returncode == 0, done.stderr
    trials = sweep.load(tmp_path / "tiny").trials
    start = pd.to_datetime(trials["started_at"])
    end = start + pd.to_timedelta(trials["seconds.total"], unit="s")
    overlapped = [((start < end[i]) & (end > start[i])).sum() > 1 for i in trials.index]
    assert sum(overlapped) >= len(trials) - 2, overlapped
