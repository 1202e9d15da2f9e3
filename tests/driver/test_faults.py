"""Whatever ends a run or a trial, what finished is stored, nothing is run twice, and no process is left behind."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

import sweep
from sweep.store.claims import Claims, this_process
from tests.driver.runs import DIGESTS, alive, descendants, listening, parts_of, start, sweep_run, wait_for
from tests.one_ray import sweep_here

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to find the processes of a run")
pytestmark = [pytest.mark.ray, linux]


@pytest.mark.parametrize(
    "ends",
    [(signal.SIGINT, signal.SIGKILL), pytest.param((signal.SIGTERM, signal.SIGKILL), marks=pytest.mark.thorough)],
)
def test_a_run_that_is_ended_goes_on_with_the_same_command(undisturbed, tmp_path, monkeypatch, ends):
    """After Ctrl-C, SIGTERM and kill -9 no process or file is left, no finished trial is run again, no bit differs.

    While it runs, nothing listens but on loopback.
    """
    study, expected = undisturbed
    with tempfile.TemporaryDirectory(prefix="t", dir="/tmp") as short:
        monkeypatch.setenv("TMPDIR", short)
        ours = Path(short) / f"seedsweep-{os.getuid()}"
        stored = {}
        for how in ends:
            process = start(study, tmp_path)
            wait_for(partial(_more_than, len(stored), tmp_path), 240, "a stored trial", process)
            below = descendants(process.pid)
            assert {host for host, _ in listening({process.pid, *below})} == {"127.0.0.1"}
            assert list(ours.glob("p*/r/session_2*"))
            assert ours.stat().st_mode & 0o077 == 0
            _end_and_look(process, how, below)
            wait_for(lambda: not list(ours.glob("p*/r")), 30, "the end of Ray's files")
            assert (ours / "ray-logs-of-the-last-failure").exists() == (how == signal.SIGKILL)
            assert list(Path(short).iterdir()) == [ours]
            now = parts_of(tmp_path)
            assert {name: now[name] for name in stored} == stored
            stored = now
        assert len(stored) < len(expected)
        again = sweep_run(study, tmp_path)
        assert again.returncode == 0, again.stderr
        wait_for(lambda: not list(ours.glob("p*")), 30, "the end of what was left")
    after = parts_of(tmp_path)
    assert {name: after[name] for name in stored} == stored
    trials = sweep.load(tmp_path / "tiny").trials.set_index("trial_id")
    pd.testing.assert_frame_equal(trials[DIGESTS], expected[DIGESTS].loc[trials.index])
    assert len(trials) == len(expected)


def _more_than(n, results):
    return len(parts_of(results)) > n


def _end_and_look(process, how, below):
    """End a run by a signal, and assert that it says so and that no process below it is left within seconds."""
    process.send_signal(how)
    _, err = process.communicate(timeout=600)
    assert process.returncode == (130 if how != signal.SIGKILL else -signal.SIGKILL)
    if how != signal.SIGKILL:
        assert "give the same command to go on" in err
        assert "Traceback" not in err
    wait_for(lambda: not alive(below), 20, f"the end of {below}")


def test_killed_workers_are_started_again_from_scratch(undisturbed, write_study, tmp_path, monkeypatch):
    """A trial's process and a Ray worker that are killed cost an attempt, not a trial, and no bit.

    Each trial has a process of its own here: one that is killed while it proves that seeds may share is no attempt.
    """
    study, expected = write_study(seeds=6, reuse="off"), undisturbed[1]
    marker = tmp_path / "marker"
    monkeypatch.setenv("ODD_DIE_ONCE", str(marker))
    process = start(study, tmp_path)
    wait_for(lambda: len(parts_of(tmp_path)) >= 2, 240, "two stored trials", process)
    worker = next(pid for pid, command in descendants(process.pid).items() if command.startswith("ray::ResourceTr"))
    os.kill(worker, signal.SIGKILL)
    time.sleep(0.5)  # the process of the worker's trial ends as it sees this
    marker.touch()  # the next trial's process kills itself, with a worker that lives to tell it
    _, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    assert not marker.exists()
    trials = sweep.load(tmp_path / "tiny").trials
    ok = trials[trials["status"] == "ok"].set_index("trial_id")
    pd.testing.assert_frame_equal(ok[DIGESTS].sort_index(), expected[DIGESTS].sort_index())
    lost = trials[trials["status"] == "failed"]
    assert len(lost) > 0
    assert lost["error"].str.contains("killed by signal 9").all()


def test_bad_trials_are_failed_rows_and_the_rest_goes_on(one_ray, write_study, tmp_path):
    """A NaN loss, an error in a step and a process that always dies: a failed row each, the others finish, exit 1."""
    study = write_study(seeds=1, grid={"model.kind": ["ok", "nan", "raises", "dies"]})
    done = sweep_here("run", study, "--results", tmp_path, "--slots", "1")
    assert done.returncode == 1, done.stderr
    trials = sweep.load(tmp_path / "tiny").trials
    by_kind = dict(tuple(trials.groupby("hp.model.kind")))
    assert by_kind["ok"]["status"].tolist() == ["ok"]
    assert by_kind["nan"]["status"].tolist() == ["failed"]
    assert by_kind["raises"]["attempt"].tolist() == [0], "an error that repeats was tried again"
    assert by_kind["dies"]["attempt"].tolist() == [0, 1, 2]
    assert by_kind["dies"]["error"].str.contains("killed by signal 9").all()
    assert "Expected a finite loss" in done.stderr
    before = parts_of(tmp_path)
    again = sweep_here("run", study, "--results", tmp_path, "--slots", "1")
    assert again.returncode == 1
    assert parts_of(tmp_path) == before


def test_a_model_that_cannot_be_built_ends_the_run(one_ray, write_study, tmp_path):
    """A builder that raises is one message and exit code 2."""
    study = write_study(model={"use": "odd_models:raises"}, grid={})
    done = sweep_here("run", study, "--results", tmp_path)
    assert done.returncode == 2, done.stderr
    assert "It raised ZeroDivisionError: no such width" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_gpu_that_no_node_has_is_refused_at_once(one_ray, write_study, tmp_path):
    """Ray would wait for a GPU without end; the command says what the nodes have and ends with exit code 3."""
    done = sweep_here("run", write_study(resources={"gpu": 64}), "--results", tmp_path)
    assert done.returncode == 3, done.stderr
    assert "Expected a node with 1 CPU and 64 GPU" in done.stderr


@pytest.mark.thorough
def test_two_runs_at_once_share_the_trials(undisturbed, tmp_path):
    """Each trial is trained by one of two runs; a third one holds a trial, and only the run that follows awaits it."""
    study, expected = undisturbed
    expected = expected[expected["seed"] < 2]
    (tmp_path / "tiny").mkdir()
    third = Claims(tmp_path / "tiny", replace(this_process(), host="node-b", pid=4711))
    third.take(expected.index[0])
    ended = threading.Event()
    with ThreadPoolExecutor() as beside:
        renewing = beside.submit(_renew, third, ended)
        try:
            one, follows = (
                start(study, tmp_path, "--seeds", "2", "--slots", "1", *more) for more in ((), ("--follow",))
            )
            _, said = one.communicate(timeout=600)
            assert one.returncode == 3, said
            assert "sweep: 1 of 4 trials is being trained by process 4711 on host node-b since " in said
            assert "by process 4711 on host node-b" in said.partition("Expected to finish 4 trials. Received: ")[2]
            assert follows.poll() is None
        finally:
            ended.set()
        renewing.result()
    third.release(expected.index[0])
    _, said = follows.communicate(timeout=600)
    assert follows.returncode == 0, said
    assert "trained by process 4711 on host node-b" in said
    trials = sweep.load(tmp_path / "tiny").trials.set_index("trial_id").sort_index()
    pd.testing.assert_frame_equal(trials[DIGESTS], expected[DIGESTS])
    assert len(parts_of(tmp_path)) == len(expected), "a trial was trained twice"
    assert [one.name for one in (tmp_path / "tiny" / "claims").iterdir() if one.name != ".lock"] == []


def _renew(claims, ended):
    while not ended.wait(5):
        claims.renew()


def test_a_full_disk_is_one_message_and_loses_nothing(one_ray, undisturbed, small_disk):
    """When the disk is full the run ends with exit code 2, what was stored is whole, and room is all it takes."""
    study, expected = undisturbed
    disk = small_disk("300k")
    filler = disk / "filler"
    filler.write_bytes(b"x" * 200_000)
    done = sweep_here("run", study, "--results", disk, "--seeds", "6")
    assert done.returncode == 2, done.stderr
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    stored = parts_of(disk)
    assert 0 < len(stored) < 12
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True)
    again = sweep_here("run", study, "--results", disk)
    assert again.returncode == 0, again.stderr
    trials = sweep.load(disk / "tiny").trials.set_index("trial_id")
    pd.testing.assert_frame_equal(trials[DIGESTS].sort_index(), expected[DIGESTS].sort_index())


def test_results_that_cannot_be_written_are_told_first(write_study, tmp_path):
    """A file in the place of the results folder is one message and exit code 2, before anything is trained."""
    taken = tmp_path / "taken"
    taken.write_text("not a folder")
    done = sweep_here("run", write_study(), "--results", taken)
    assert done.returncode == 2
    assert "Expected a results folder that can be written" in done.stderr
