"""Results are identical to the bit: run twice, on one slot or two, alone or in company."""

import os
import subprocess
import sys

import pandas as pd
import pytest

import sweep
from tests.driver.runs import DIGESTS, SWEEP, parts_of
from tests.one_ray import sweep_here

pytestmark = pytest.mark.ray


@pytest.fixture(scope="module")
def first(one_ray, write_study, tmp_path_factory):
    """Run the tiny study once, on two processors."""
    results = tmp_path_factory.mktemp("first")
    study = write_study()
    done = sweep_here("run", study, "--results", results)
    assert done.returncode == 0, done.stderr
    return study, results, done


@pytest.fixture(scope="module")
def on_a_terminal(first, tmp_path_factory):
    """Run a seed of the same study in a process of its own, on a Ray of its own with one slot, before a terminal."""
    if sys.platform == "win32":
        pytest.skip("needs a pseudo-terminal")
    import pty

    study, _, _ = first
    results = tmp_path_factory.mktemp("again")
    screen, terminal = pty.openpty()
    command = [*SWEEP, "run", str(study), "--results", str(results), "--slots", "1", "--seeds", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal, env={**os.environ, "TERM": "xterm"})
    os.close(terminal)
    shown = b""
    while True:
        try:
            shown += os.read(screen, 4096)
        except OSError:  # the other side is closed
            break
    os.close(screen)
    out, _ = process.communicate(timeout=240)
    assert process.returncode == 0, shown.decode()
    return results, shown, out


def bits(results):
    """Return the digests of every trial by its id."""
    return sweep.load(results / "tiny").trials.set_index("trial_id")[DIGESTS].sort_index()


def test_the_report_stands_on_standard_output(first):
    """The table goes to standard output, progress to standard error."""
    _, _, done = first
    assert "3/3" in done.stdout
    assert "6/6 trials" in done.stderr


def test_another_process_with_one_slot_gives_the_same_bits(first, on_a_terminal):
    """The same command with --results B, on one slot, gives every digest again; and so does a single seed alone."""
    alone, company = bits(on_a_terminal[0]), bits(first[1])
    assert len(alone) == 2
    pd.testing.assert_frame_equal(alone, company.loc[alone.index])
    assert company["final_sha256"].nunique() == 6


def test_a_terminal_shows_a_bar(on_a_terminal):
    """On a terminal the progress is a bar with the running means, and the run ends as well as elsewhere."""
    _, shown, out = on_a_terminal
    assert b"mean EER" in shown
    assert b"2/2" in shown
    assert out.count(b"1/1") == 2


def test_a_rerun_trains_nothing_and_more_seeds_train_only_themselves(first):
    """The same command again is a no-op, and --seeds 4 adds one seed for each configuration."""
    study, results, _ = first
    before = parts_of(results)
    again = sweep_here("run", study, "--results", results)
    assert again.returncode == 0, again.stderr
    assert parts_of(results) == before
    assert "starting Ray" not in again.stderr
    more = sweep_here("run", study, "--results", results, "--seeds", "4")
    assert more.returncode == 0, more.stderr
    after = parts_of(results)
    assert len(after) == 8
    assert {name: after[name] for name in before} == before
