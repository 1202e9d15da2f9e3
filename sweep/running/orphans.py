"""A small process beside the driver: when the driver is gone, it ends what its Ray left, and the files with it.

Ray's daemons die with the driver (the kernel sees to that), but two agents of them first try for a minute to reach the
daemons. The words of `command` start a process that waits until its standard input ends, which it does however the
driver does. It imports little but the standard library, so that it takes little memory for as long as a run lasts.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sweep.store.processes import started

_SECONDS = 5.0  # the most that the daemons take to end


def command(folder: Path, pids: Iterable[int]) -> list[str]:
    """Return the words that start it: it will end these processes, and delete the folder of a Ray."""
    program = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); from sweep.running.orphans import main; main(sys.argv[1:])"
    )
    known = [f"{pid}:{start}" for pid in pids if (start := started(pid))]
    return [sys.executable, "-I", "-S", "-c", program, str(Path(__file__).parents[2]), str(folder), *known]


def main(words: list[str]) -> None:
    """Wait for the driver's end, then end each PID that was started at START, and delete the folder."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # they mean the driver; its end is ours
    sys.stdin.buffer.read()
    ray, *known = words
    meant = [(int(pid), start) for pid, _, start in (one.partition(":") for one in known)]
    for pid, start in meant:
        if started(pid) == start:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and any(started(pid) == start for pid, start in meant):
        time.sleep(0.05)
    logs = sorted(Path(ray).glob("session_2*/logs"))
    if logs:
        kept = Path(ray).parent.parent / "ray-logs-of-the-last-failure"
        shutil.rmtree(kept, ignore_errors=True)
        with suppress(OSError):
            logs[-1].rename(kept)
    shutil.rmtree(ray, ignore_errors=True)
