"""What a command costs, with every process that it starts: wall seconds and processor seconds."""

import ctypes
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PR_SET_CHILD_SUBREAPER = 36
_ORPHANS = 30  # seconds in which what a command left running must end


@dataclass(frozen=True)
class Spent:
    """wall, processor: seconds. load: processes that wanted to run, a minute's mean, when the command began."""

    wall: float
    processor: float
    load: float
    stdout: str


def spent_by(command: Sequence[str], *, cwd: str | None = None, env: Mapping[str, str] | None = None) -> Spent:
    """Run a command to its end and return what it cost; it must end well.

    On Linux its daemons count, too: this process inherits them and waits for them.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    load, before, at = os.getloadavg()[0], _of_children(), time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=cwd, env=env)
    wall = time.perf_counter() - at
    _wait_for_orphans()
    return Spent(wall, _of_children() - before, load, done.stdout)


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait_for_orphans() -> None:
    until = time.monotonic() + _ORPHANS
    while time.monotonic() < until:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            time.sleep(0.1)
