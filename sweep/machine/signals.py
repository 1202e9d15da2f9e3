"""What SIGTERM and Ctrl-C mean to this process."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ending_signals() -> Iterator[None]:
    """Let SIGTERM end the run as Ctrl-C does: workers first, what is finished stays stored. Main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    kept = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, kept)


def leave_ctrl_c_to_the_caller() -> None:
    """Ignore Ctrl-C, which reaches every process of the terminal; whoever started this one decides what ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Start processes that ignore Ctrl-C, for a moment; what they start in turn does too. Main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, kept)
