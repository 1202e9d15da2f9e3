"""Processes of this host by their numbers: whether one runs, and since when, which tells it from a later one.

Nothing but the standard library is imported, as a process that shall take little memory does (running/orphans.py).
"""

import os
from pathlib import Path


def runs(pid: int) -> bool:
    """Return whether a process of this number runs here, of whatever user."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def started(pid: int) -> str | None:
    """Return when a process was started, in the kernel's ticks; "" where it is gone, None where it is not told.

    It is told by Linux, unless /proc hides the processes of others.
    """
    if not Path("/proc/self/stat").exists():
        return None
    try:
        state, *words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return None if runs(pid) else ""
    return "" if state in "ZX" else words[18]
