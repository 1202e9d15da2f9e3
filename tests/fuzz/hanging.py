"""What ends a call that would never end: an alarm by this process's own work, however busy the machine is."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 60  # of this process's work; an answer takes a fraction of one


class Hangs(BaseException):
    """The call works and works; no `except Exception` of ours takes it for an answer."""


@contextmanager
def ended_when_it_hangs() -> Iterator[None]:
    """Raise `Hangs` in this block where it does not end; on Windows, where there is no such alarm, wait."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise Hangs(f"no answer after {SECONDS} s of work")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
