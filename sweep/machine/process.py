"""Processes for calls: forked from a server that has TensorFlow or JAX imported, or spawned where there is none."""

import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sweep.machine import scratch
from sweep.machine.answering import answer_each
from sweep.machine.shared_server import Server, join, leave, runs, server_here
from sweep.machine.signals import deaf_to_ctrl_c

# A fork server needs Unix; elsewhere a spawned process trains the same bits, only slower to start.
START_METHOD = "forkserver" if sys.platform in ("linux", "darwin") else "spawn"
_TO_END = 10  # seconds in which a process that is idle must end by itself
_LOG_END = 4000  # bytes of a crashed process's output that are kept
# A training step takes and gives back blocks of megabytes. By its defaults glibc hands their pages back each time, and
# the kernel clears them anew. glibc reads this when a process starts; benchmarks/heap.py says what it saves.
_HEAP = {"MALLOC_TOP_PAD_": str(64 * 2**20)}
_naming = threading.Lock()  # one at a time: the folder of temporary files is another for a moment
_starting = threading.Lock()  # one at a time: while a process starts, the main module is hidden
_warm: dict[str, str] | None = None  # the variables that the fork server imported its modules with; None: no modules
_modules: tuple[str, ...] = ()  # what it imported


@dataclass(frozen=True)
class Outcome:
    """What became of a call in a fresh process.

    Attributes:
        value: what the function returned; None if it did not return.
        crash: how the process ended without an answer, such as "killed by signal 9"; "" if it answered.
        log: the end of what the process printed, if it crashed.
    """

    value: Any = None
    crash: str = ""
    log: str = ""


def _before_the_server() -> None:
    """Name what the fork server reads when it starts: room on the heap, unless the person named another.

    Multiprocessing puts its sockets where they are deleted even if this process is killed, see `sweep.machine.scratch`.
    """
    for name, value in _HEAP.items():
        os.environ.setdefault(name, value)
    if START_METHOD == "forkserver":
        from multiprocessing import util

        with _naming:
            kept, tempfile.tempdir = tempfile.tempdir, str(scratch.folder())
            try:
                util.get_temp_dir()  # made once, and kept by multiprocessing for this process
            finally:
                tempfile.tempdir = kept


def warm_up(*preload: str, variables: Mapping[str, str] | None = None, server: Server | None = None) -> None:
    """Start this process's fork server, which imports the modules `preload` once for all later calls.

    variables: of the environment, for the server and its forks. A server that runs already stays as it is.
    server: of another process of this machine, with the same modules and variables, which is used where it can be.
    """
    global _warm, _modules
    if START_METHOD == "forkserver":
        from multiprocessing import forkserver

        multiprocessing.get_context(START_METHOD).set_forkserver_preload(list(preload))
        _before_the_server()
        with _starting, _no_main_module(), _set(variables or {}), deaf_to_ctrl_c():
            new = not runs()
            if not (new and server is not None and join(server, preload, variables or {})):
                forkserver.ensure_running()
            if new:
                _modules = preload
            if _warm is None:
                _warm = dict(variables or {})


def server() -> Server | None:
    """Return this process's fork server, for other processes of this machine; None where there is none for them."""
    return None if _warm is None else server_here(_modules, _warm)


def call(function: Callable[[Any], Any], argument: Any, *, variables: Mapping[str, str] | None = None) -> Outcome:
    """Return the outcome of function(argument) in a fresh process; the process ends with the caller.

    Args:
        function: a module's function; an exception that leaves it is a fault of ours, and raised here again. Several
            threads may call at once.
        argument: anything that can be pickled.
        variables: see `KeptProcess`.
    """
    with KeptProcess(variables) as process:
        return process.call(function, argument)


class KeptProcess:
    """A process that starts with its first call, answers one call after the other, and ends with its caller.

    A context; afterwards the process has ended.
    """

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        """Start nothing yet.

        variables: of the environment, which stand there before it imports anything: where the fork server has imported
            its modules with others, the process is spawned, which takes seconds.
        """
        self._variables = dict(variables or {})
        self._started: _Started | None = None

    def __enter__(self) -> "KeptProcess":
        """Start nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.end()

    @property
    def pid(self) -> int | None:
        """Return the number of the process; None before the first call and after the end."""
        return None if self._started is None else self._started.child.pid

    def call(self, function: Callable[[Any], Any], argument: Any) -> Outcome:
        """Return the outcome of function(argument) in this process; after a crash the next call starts another."""
        there = self._started = self._started or _start(self._variables)
        try:
            there.wire.send((function, argument))
            kind, value = there.wire.recv()
        except (EOFError, OSError):
            outcome = _crash(there)
            self.end()
            return outcome
        if kind == "fault":
            self.end()
            raise RuntimeError(f"a trial's process failed outside the trial:\n{value}")
        return Outcome(value=value)

    def end(self) -> None:
        """End the process, if there is one; it has nothing left to do."""
        there, self._started = self._started, None
        if there is None:
            return
        there.wire.close()  # which it waits for
        there.child.join(_TO_END)
        if there.child.exitcode is None:
            there.child.kill()
            there.child.join()
        there.log.close()


@dataclass(frozen=True)
class _Started:
    """A process, the wire to it, and what it prints."""

    child: Any
    wire: Connection
    log: Any


def _start(variables: dict[str, str]) -> _Started:
    method = START_METHOD if _warm in (None, variables) else "spawn"
    context: Any = multiprocessing.get_context(method)
    _before_the_server()
    here, there = context.Pipe()
    handle, name = tempfile.mkstemp(prefix="seedsweep-", suffix=".log", dir=scratch.folder())
    log = os.fdopen(handle, "rb")
    try:
        child = context.Process(target=answer_each, args=(there, name, variables), daemon=True)
        with there, _starting, _no_main_module(), _set(variables):
            try:
                child.start()
            except OSError:  # a server that was joined has ended
                leave()
                child = context.Process(target=answer_each, args=(there, name, variables), daemon=True)
                child.start()
        with suppress(EOFError, OSError):  # the call that follows finds that it is gone
            here.recv()  # its log is open, and has no name any more
    except BaseException:
        here.close()
        log.close()
        raise
    finally:
        Path(name).unlink(missing_ok=True)  # a child that ended before it could do so itself
    return _Started(child, here, log)


def _crash(there: _Started) -> Outcome:
    """Return the outcome of a call whose process has ended without an answer."""
    there.child.join()
    there.log.seek(max(0, os.fstat(there.log.fileno()).st_size - _LOG_END))
    return Outcome(crash=how_it_ended(there.child.exitcode), log=there.log.read().decode(errors="replace"))


@contextmanager
def _set(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables of this process for a moment, for what it starts."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def how_it_ended(exit_code: int | None) -> str:
    """Return how a process ended without an answer, such as "killed by signal 9"; negative codes are signals."""
    if exit_code is not None and exit_code < 0:
        hint = " (often: out of memory)" if exit_code == -9 else ""
        return f"killed by signal {-exit_code}{hint}"
    return f"ended with exit code {exit_code} and no answer"


@contextmanager
def _no_main_module() -> Iterator[None]:
    """Hide the main module while a process starts: multiprocessing would import it again in every child."""
    main = sys.modules["__main__"]
    kept = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
    main.__spec__ = None
    with suppress(AttributeError):
        del main.__file__
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(main, name, value)
