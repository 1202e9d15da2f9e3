"""What is waited for before the first trial is named, and leaves no line before an error."""

import os
import pty
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from sweep.running import waiting
from sweep.running.progress import Progress
from sweep.running.waiting import waiting_for


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Make standard error a terminal of 80 columns; give a function that returns what it was sent."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)
    master, slave = pty.openpty()
    with os.fdopen(master, "rb", buffering=0) as reads, os.fdopen(slave, "w", buffering=1) as writes:
        monkeypatch.setattr(sys, "stderr", writes)
        os.set_blocking(reads.fileno(), False)
        yield lambda: b"".join(iter(lambda: reads.read(10_000) or b"", b"")).decode()


def test_a_terminal_names_it_and_takes_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last act on the line is to erase it."""
    with terminal(monkeypatch) as read:
        with waiting_for("preparing data"):
            time.sleep(0.05)
        sent = read()
    assert "preparing data" in sent
    assert sent.rindex("\x1b[2K") > sent.rindex("preparing data")


def test_a_log_names_only_what_takes_long(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Bad input of a second is one message, without a line before it."""
    with waiting_for("preparing data"):
        pass
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(waiting, "_LONG", 0.01)
    with waiting_for("preparing data"):
        time.sleep(0.2)
    assert capsys.readouterr().err == "sweep: preparing data\n"


def test_who_wants_no_progress_gets_none(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """As with `sweep.run(..., progress=False)`."""
    monkeypatch.setattr(waiting, "_LONG", 0.01)
    with waiting_for("preparing data", show=False):
        time.sleep(0.1)
    assert capsys.readouterr().err == ""


def test_the_bar_names_each_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until a trial has ended the bar says what is waited for."""
    with terminal(monkeypatch) as read:
        with Progress("verification", 5, 0) as progress:
            progress.wait_for("importing what trains")
        sent = read()
    assert "importing what trains" in sent
    assert "0/5" in sent
