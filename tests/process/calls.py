"""What the tests of processes let a fresh process do."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

HEAP = "MALLOC_TOP_PAD_"


def double(value: Any) -> Any:
    """Return twice the value."""
    return value * 2


def who(_: Any) -> tuple[int, int]:
    """Return this process's id and its parent's."""
    return os.getpid(), os.getppid()


def at_start(name: str) -> str:
    """Return a variable of the environment that this process's program was started with; "" if there was none."""
    lines = dict(one.partition("=")[::2] for one in Path("/proc/self/environ").read_text().split("\0"))
    return lines.get(name, "")


def fail(text: str) -> None:
    """Raise an error that names `text`."""
    raise ValueError(text)


def print_and_be_killed(text: str) -> None:
    """Print without flushing, on both streams, and die of SIGKILL."""
    print(text)  # noqa: T201 (what it prints is what is tested)
    sys.stderr.write(f"{text} on stderr\n")
    os.kill(os.getpid(), signal.SIGKILL)


def end(code: int) -> None:
    """End the process at once with an exit code and no answer."""
    os._exit(code)


def leave(code: int) -> None:
    """Leave as a user's code may: with sys.exit."""
    sys.exit(code)


def print_much(size: int) -> None:
    """Print `size` letters and a last word, then die."""
    sys.stdout.write("a" * size + "\nlast word\n")
    os.abort()


def answer_what_cannot_be_sent(_: Any) -> Any:
    """Return what no pickle holds."""
    return lambda: None


def say_and_sleep(file: str) -> None:
    """Write this process's id to a file and sleep for a minute."""
    beside = Path(file + ".half")
    beside.write_text(str(os.getpid()))
    beside.rename(file)
    time.sleep(60)


def parents(_: None) -> int:
    """Return the number of the process that forked this one."""
    return os.getppid()
