"""Results are identical to the bit: run twice, on one slot or two, alone or in company."""

import os
import subprocess
import sys

import pandas as pd
import pytest

import sweep
from tests.driver.runs import DIGESTS, parts_of, sweep_run
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


def bits(results):
    """Return the digests of every trial by its id."""
    return sweep.load(results / "tiny").trials.set_index("trial_id")[DIGESTS].sort_index()


def test_the_report_stands_on_standard_output(first):
    """The table goes to standard output, progress to standard error."""
    _, _, done = first
    assert "3/3" in done.stdout
    assert "6/6 trials" in done.stderr


def test_another_process_with_one_slot_gives_the_same_bits(first, tmp_path):
    """The same command with --results B, on one slot, gives every digest again; and so does a single seed alone."""
    study, results, _ = first
    again = sweep_run(study, tmp_path, "--slots", "1", "--seeds", "1")
    assert again.returncode == 0, again.stderr
    alone, company = bits(tmp_path), bits(results)
    assert len(alone) == 2
    pd.testing.assert_frame_equal(alone, company.loc[alone.index])
    assert company["final_sha256"].nunique() == 6


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


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_shows_a_bar(first, write_study, tmp_path):
    """On a terminal the progress is a bar with the running means, and the run ends as well as elsewhere."""
    import pty

    study = write_study(seeds=2, grid={})
    screen, terminal = pty.openpty()
    command = [sys.executable, "-m", "sweep.commands.cli", "run", str(study), "--results", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal, env={**os.environ, "TERM": "xterm"})
    os.close(terminal)
    shown = b""
    while True:
        try:
            shown += os.read(screen, 4096)
        except OSError:  # the other side is closed
            break
    out, _ = process.communicate(timeout=240)
    assert process.returncode == 0, shown.decode()
    assert b"mean EER" in shown
    assert b"2/2" in shown
    assert b"2/2" in out
