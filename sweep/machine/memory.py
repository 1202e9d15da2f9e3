"""The memory of this process: what it may take at most, and what its forks share with it."""

import gc
import os
from pathlib import Path


def settle_before_forks() -> None:
    """Take what is imported out of the garbage collector's sight.

    Otherwise every child walks TensorFlow's million objects, and copies their pages, whenever Keras or Python collects.
    """
    gc.collect()
    gc.freeze()


def limit_memory(share: float) -> None:
    """Let this process take at most a share of the memory that is free now, where the system can say how much is.

    What asks for more gets a MemoryError, and the kernel need not choose which process to kill.
    """
    free = _free_memory()
    if free is None:
        return
    import resource

    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * os.sysconf("SC_PAGE_SIZE")
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = taken + int(share * free)
    resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def resident(pid: int) -> int | None:
    """Return the bytes of memory that a process has to itself; None where the system cannot say it."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except OSError:
        return None
    return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")


def _free_memory() -> int | None:
    """Return the bytes that are free on this machine, or in this container if those are fewer; None off Linux."""
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
        free = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return None
    group = Path("/sys/fs/cgroup")
    try:
        most = int((group / "memory.max").read_text(encoding="ascii"))
        taken = int((group / "memory.current").read_text(encoding="ascii"))
        stat = dict(line.split() for line in (group / "memory.stat").read_text(encoding="ascii").splitlines())
        return max(0, min(free, most - taken + int(stat["inactive_file"])))  # files read are given back when asked for
    except (OSError, KeyError, ValueError):  # no container, or one without a limit ("max")
        return free
