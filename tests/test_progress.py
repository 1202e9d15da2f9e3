"""Progress: what stands on standard error while a study runs."""

import pytest

from sweep.running.progress import Progress
from sweep.trial.outcome import Status, TrialOutcome


def ok(eer: float, hter: float = 0.5) -> TrialOutcome:
    """Return the outcome of a good trial."""
    return TrialOutcome("t", Status.OK, metrics={"eer": eer, "hter": hter})


def test_lines_tell_finished_of_total_and_the_running_means(capsys: pytest.CaptureFixture[str]) -> None:
    """Away from a terminal: a first line, the first answer, and the end, each on standard error."""
    with Progress("verification", 5, 2) as progress:
        for eer in (0.1, 0.2, 0.3):
            progress.hear(ok(eer))
    written = capsys.readouterr()
    assert written.out == ""
    lines = written.err.splitlines()
    assert lines[0] == "sweep: 2 of 5 trials are stored; starting Ray for the rest"
    assert lines[1].startswith("sweep: 3/5 trials, mean EER 10.00%, mean HTER 50.00%")
    assert lines[-1] == "sweep: 5/5 trials, mean EER 20.00%, mean HTER 50.00%, done"


def test_a_failure_is_told_at_once_and_counts_as_finished(capsys: pytest.CaptureFixture[str]) -> None:
    """It does not enter the means."""
    with Progress("verification", 2, 0) as progress:
        progress.hear(TrialOutcome("t1", Status.FAILED, error="fit: ValueError: no"))
        progress.hear(ok(0.25))
    err = capsys.readouterr().err
    assert "sweep: trial t1 failed: fit: ValueError: no" in err
    assert "sweep: 2/2 trials, mean EER 25.00%, mean HTER 50.00%, 1 failed, done" in err


def test_a_regression_shows_its_own_measure(capsys: pytest.CaptureFixture[str]) -> None:
    """Each task has what it is judged by."""
    with Progress("regression", 1, 0) as progress:
        progress.hear(TrialOutcome("t", Status.OK, metrics={"mse": 1234.5678}))
    assert "1/1 trials, mean MSE 1235, done" in capsys.readouterr().err


def test_nothing_is_written_when_nothing_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """A program that calls `sweep.run(..., progress=False)` keeps its terminal."""
    with Progress("classification", 1, 0, show=False) as progress:
        progress.hear(TrialOutcome("t", Status.FAILED, error="x"))
    assert capsys.readouterr() == ("", "")
