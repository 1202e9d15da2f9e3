"""Data functions that do to their process what a user's may."""

import os
import random
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np


def _splits(x: Any = None) -> dict[str, Any]:
    x = np.arange(16.0).reshape(8, 2) if x is None else x
    return {name: {"x": x + 100 * at, "y": np.arange(8) % 2} for at, name in enumerate(("train", "dev", "test"))}


def plain() -> dict[str, Any]:
    """Return three splits of eight samples."""
    return _splits()


def disturbs() -> dict[str, Any]:
    """Return splits after everything that is one for all of a process was changed."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 (what a user's code may do)
    os.environ["DISTURBED"] = "yes"
    sys.path.insert(0, "/nowhere")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.chdir("/")
    return _splits()


def draws() -> dict[str, Any]:
    """Return splits drawn from both global generators, without saying so."""
    return _splits(np.random.normal(size=(8, 2)) + random.random())  # noqa: NPY002 (as above)


def prints() -> dict[str, Any]:
    """Return splits after words on standard output, from Python and from below it, and a question."""
    print("from Python")  # noqa: T201 (what it prints is what is tested)
    subprocess.run(["echo", "from below"], check=True)
    print(repr(sys.stdin.read()))  # noqa: T201
    return _splits()


def killed() -> dict[str, Any]:
    """Die as the kernel ends what takes too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    return _splits()


def crashes() -> dict[str, Any]:
    """Die of a fault in compiled code."""
    os.kill(os.getpid(), signal.SIGSEGV)
    return _splits()


def ends() -> dict[str, Any]:
    """Leave without a word."""
    os._exit(0)


def leaves() -> dict[str, Any]:
    """Leave as a script does."""
    sys.exit(3)


def starves() -> dict[str, Any]:
    """Ask for more than there is."""
    raise MemoryError("no room for the pictures")


def raises() -> dict[str, Any]:
    """Fail as a function does."""
    raise ZeroDivisionError("no such folder")


def sleeps(said: str) -> dict[str, Any]:
    """Write its process's id to a file, and take a minute."""
    Path(said + ".half").write_text(str(os.getpid()))
    Path(said + ".half").rename(said)
    time.sleep(60)
    return _splits()


def sees(variable: str) -> dict[str, Any]:
    """Return splits that hold the length of a variable's value, as it was before this module was loaded."""
    return _splits(np.full((8, 2), float(len(os.environ.get(variable, "")))))


def warns() -> dict[str, Any]:
    """Return splits after a warning, in a loop."""
    for _ in range(3):
        warnings.warn("two pictures were grey", UserWarning, stacklevel=1)
    return _splits()


def counted(*, log):
    """Note the call, and draw what the next call would not draw again."""
    import secrets

    with open(log, "a") as file:  # noqa: PTH123 (as scripts do)
        file.write("called\n")
    noise = np.random.default_rng(secrets.randbelow(2**32))
    people = np.repeat([f"p{at}" for at in range(8)], 2)
    return {name: {"x": noise.normal(size=(16, 2)), "y": np.arange(16) % 2, "subject": np.char.add(name, people)}
            for name in ("train", "dev", "test")}  # fmt: skip
