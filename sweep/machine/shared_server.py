"""One fork server for several processes of a machine: who has one tells the others where it listens.

Importing TensorFlow costs a process seconds and memory. The command imports it once, in its fork server; each slot of
the same machine forks its trials from there. A process that is forked so ends with the slot that asked for it.
"""

import os
import socket
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

_SERVER: Any = forkserver._forkserver


@dataclass(frozen=True)
class Server:
    """A fork server that runs on this machine.

    address: of its socket, a file that nobody else may open. modules: what it imported. variables: of the environment,
    with which it did. python: the interpreter. machine: the name of the machine.
    """

    address: str
    modules: frozenset[str]
    variables: frozenset[tuple[str, str]]
    python: str
    machine: str


def runs() -> bool:
    """Return whether this process has started a fork server, or joined one."""
    return getattr(_SERVER, "_forkserver_address", None) is not None


def server_here(modules: Iterable[str], variables: Mapping[str, str]) -> Server | None:
    """Return the fork server of this process, None where it has none that others could use.

    modules, variables: see `Server`.
    """
    address = getattr(_SERVER, "_forkserver_address", None)
    if not isinstance(address, str) or not Path(address).exists() or getattr(_SERVER, "_forkserver_authkey", None):
        return None
    return Server(address, frozenset(modules), frozenset(variables.items()), sys.executable, socket.gethostname())


def join(server: Server, modules: Iterable[str], variables: Mapping[str, str]) -> bool:
    """Fork from now on from another process's server; return False where it does not serve.

    It must be on this machine, have imported these modules with these variables, and be there. One that ends later
    makes the next start fail with an OSError.
    """
    if not server.modules >= set(modules) or server.variables != frozenset(variables.items()):
        return False
    if (server.python, server.machine) != (sys.executable, socket.gethostname()):
        return False
    if not Path(server.address).is_socket() or not os.access(server.address, os.W_OK):
        return False
    with suppress(AttributeError):
        if _SERVER._forkserver_pid is not None:  # this process started one of its own before
            return False
        _SERVER._forkserver_address = server.address
        # What a forked process is given to start further ones with; the server itself lives as long as its starter.
        _, _SERVER._forkserver_alive_fd = os.pipe()
        _SERVER.ensure_running = _nothing_to_start
        return True
    return False


def leave() -> None:
    """Start a server of this process's own at the next need, in place of one that was joined."""
    if _SERVER.__dict__.pop("ensure_running", None) is not None:
        _SERVER._forkserver_address = _SERVER._forkserver_alive_fd = None


def _nothing_to_start() -> None:
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()
