"""The process of whoever calls a public function: what the call changes in it for its own sake is put back.

A run sets variables for TensorFlow and Ray before they are loaded, looks for modules in the study's folder, takes
SIGTERM for Ctrl-C, and lets Ray set up its loggers. A notebook goes on afterwards, with settings of its own.
"""

import logging
import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def leaves_caller_alone(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function with its caller's process as it was before, however it ends."""

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        with put_back():
            return function(*args, **kwargs)

    return called


@contextmanager
def put_back() -> Iterator[None]:
    """Put back, at the end, what is one for all of a process.

    These are: environment variables, working folder, module path, standard streams, levels, handlers and propagation of
    all loggers, warnings filters, signal handlers (in the main thread), and Python's and NumPy's global generators.
    """
    undo = [
        _variables(),
        _folder(),
        _path(),
        _streams(),
        _loggers(),
        _warnings(),
        _signals(),
        _generators(),
    ]
    try:
        yield
    finally:
        for one in undo:
            one()


Undo = Callable[[], None]


def _variables() -> Undo:
    before = dict(os.environ)

    def undo() -> None:
        for name in set(os.environ) - set(before):
            del os.environ[name]
        for name, value in before.items():
            if os.environ.get(name) != value:
                os.environ[name] = value

    return undo


def _folder() -> Undo:
    try:
        before = os.getcwd()  # noqa: PTH109 (as a word, for chdir)
    except OSError:  # the folder was deleted
        return lambda: None

    def undo() -> None:
        with suppress(OSError):
            os.chdir(before)

    return undo


def _path() -> Undo:
    path, before = sys.path, list(sys.path)

    def undo() -> None:
        sys.path = path
        sys.path[:] = before

    return undo


def _streams() -> Undo:
    before = sys.stdout, sys.stderr, sys.stdin

    def undo() -> None:
        sys.stdout, sys.stderr, sys.stdin = before

    return undo


@contextmanager
def loggers_put_back(names: Iterable[str]) -> Iterator[None]:
    """Put back, at the end, the levels, handlers and propagation of some loggers."""
    undo = _loggers([logging.getLogger(name) for name in names])
    try:
        yield
    finally:
        undo()


def _loggers(known: Sequence[logging.Logger] | None = None) -> Undo:
    if known is None:
        known = [one for one in logging.Logger.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    before = [(one, one.level, one.propagate, one.disabled, list(one.handlers)) for one in (logging.root, *known)]
    disabled = logging.root.manager.disable

    def undo() -> None:
        for one, level, propagate, off, handlers in before:
            if one.level != level:
                one.setLevel(level)
            one.propagate, one.disabled, one.handlers[:] = propagate, off, handlers
        logging.disable(disabled)

    return undo


def _warnings() -> Undo:
    filters, show = list(warnings.filters), warnings.showwarning

    def undo() -> None:
        if list(warnings.filters) != filters:
            warnings.filters[:] = filters  # type: ignore[index]  # a list, whatever its type says
            warnings._filters_mutated()  # type: ignore[attr-defined]  # as warnings.catch_warnings does
        warnings.showwarning = show

    return undo


def _signals() -> Undo:
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    before = {number: signal.getsignal(number) for number in signal.valid_signals()}

    def undo() -> None:
        for number, handler in before.items():
            # None: set by other than Python, which cannot set it again
            if handler is not None and signal.getsignal(number) != handler:
                signal.signal(number, handler)

    return undo


@contextmanager
def generators_put_back() -> Iterator[None]:
    """Put back, at the end, Python's and NumPy's global generators: to import some packages draws from them."""
    undo = _generators()
    try:
        yield
    finally:
        undo()


def _generators() -> Undo:
    python = random.getstate()
    numpy: Any = sys.modules.get("numpy.random")
    state = numpy.get_state() if numpy is not None else None

    def undo() -> None:
        random.setstate(python)
        if state is not None:
            numpy.set_state(state)

    return undo
