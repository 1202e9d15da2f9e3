"""A fresh process for one call: forked from a server that has TensorFlow imported, or spawned where there is none."""

import multiprocessing
import os
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sweep.machine import scratch

# A fork server needs Unix; elsewhere a spawned process trains the same bits, only slower to start.
START_METHOD = "forkserver" if sys.platform in ("linux", "darwin") else "spawn"
_LOG_END = 4000  # bytes of a crashed process's output that are kept
# A training step takes and gives back blocks of megabytes. By its defaults glibc hands their pages back each time, and
# the kernel clears them anew. glibc reads this when a process starts; benchmarks/heap.py says what it saves.
_HEAP = {"MALLOC_TOP_PAD_": str(64 * 2**20)}
_naming = threading.Lock()  # one at a time: the folder of temporary files is another for a moment
_starting = threading.Lock()  # one at a time: while a process starts, the main module is hidden


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


def warm_up(*preload: str) -> None:
    """Start this process's fork server, which imports the modules `preload` once for all later calls."""
    if START_METHOD == "forkserver":
        from multiprocessing import forkserver

        multiprocessing.get_context(START_METHOD).set_forkserver_preload(list(preload))
        _before_the_server()
        with _no_main_module():
            forkserver.ensure_running()


def call(function: Callable[[Any], Any], argument: Any) -> Outcome:
    """Return the outcome of function(argument) in a fresh process; the process ends with the caller.

    Args:
        function: a module's function; an exception that leaves it is a fault of ours, and raised here again. Several
            threads may call at once.
        argument: anything that can be pickled.
    """
    context: Any = multiprocessing.get_context(START_METHOD)
    _before_the_server()
    here, there = context.Pipe(duplex=False)
    handle, name = tempfile.mkstemp(prefix="seedsweep-", suffix=".log", dir=scratch.folder())
    with here, os.fdopen(handle, "rb") as log:
        try:
            child = context.Process(target=_answer, args=(there, function, argument, name), daemon=True)
            with there, _starting, _no_main_module():
                child.start()
            try:
                kind, value = here.recv()
            except (EOFError, OSError):
                kind, value = "crash", None
        finally:
            Path(name).unlink(missing_ok=True)  # a child that ended before it could do so itself
        child.join()
        if kind == "crash":
            log.seek(max(0, os.fstat(log.fileno()).st_size - _LOG_END))
            return Outcome(crash=how_it_ended(child.exitcode), log=log.read().decode(errors="replace"))
    if kind == "fault":
        raise RuntimeError(f"a trial's process failed outside the trial:\n{value}")
    return Outcome(value=value)


def _answer(answer: Connection, function: Callable[[Any], Any], argument: Any, log: str) -> None:
    """Run in the fresh process: send back what the function returns; what it prints goes to the log."""
    with Path(log).open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a crash must not take what was printed
    if sys.platform != "win32":
        Path(log).unlink(missing_ok=True)  # the caller has it open; however both end, no file is left
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        message = ("value", function(argument))
    except BaseException:  # noqa: BLE001 (the caller raises it again)
        message = ("fault", traceback.format_exc())
    answer.send(message)
    answer.close()
    os._exit(0)  # TensorFlow's own end costs a tenth of a second and has nothing left to do


def _end_with_parent() -> None:
    """End this process when the one that asked for it is gone, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


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
