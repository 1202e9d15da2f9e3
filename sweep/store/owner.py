"""Who trains a trial: a run, by its process and host; whether that process is known to have ended."""

import os
import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sweep.store.processes import started


@dataclass(frozen=True)
class Owner:
    """A run that trains trials.

    run: its id. host, pid: where its process is. born: when that process started, in the ticks of its host, "" where
    they are not told. since: when the run began, UTC. numbers: among which processes `pid` is a number, see
    `_numbers`; "" where that is not told.
    """

    run: str
    host: str
    pid: int
    born: str
    since: str
    numbers: str = ""

    def __str__(self) -> str:
        """Return the owner as a message names it."""
        at = self.since[11:16] if self.since[:10] == _now()[:10] else self.since[:16].replace("T", " ")
        return f"process {self.pid} on host {self.host} since {at} UTC"

    def is_dead(self) -> bool:
        """Return whether it is known to have ended: a process of this host that is gone, or whose number is another's.

        Nothing is known of another host's processes, nor of those of another container or of an earlier boot.
        """
        here = (self.host, self.numbers) == (_host(), _numbers())
        return here and started(self.pid) not in (self.born, None)


def this_process() -> Owner:
    """Return a new run of this process."""
    pid = os.getpid()
    return Owner(uuid.uuid4().hex[:12], _host(), pid, started(pid) or "", _now(), _numbers())


def owner_of(said: Mapping[str, Any]) -> Owner:
    """Return an owner from what a file says; what a later release may add is left out.

    Raises:
        TypeError: it says too little.
    """
    return Owner(**{field.name: said[field.name] for field in fields(Owner) if field.name in said})


def _host() -> str:
    return socket.gethostname()


def _numbers() -> str:
    """Return what two processes share that count processes alike: the boot of the kernel, and the PID namespace.

    Containers may share a host name, and each has a process 1 of its own. "" where that is not told (not Linux).
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
