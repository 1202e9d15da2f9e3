"""What a killed writer leaves behind in a folder: `.NAME.HOST.PID.RANDOM`, told by its name and removed."""

import contextlib
import os
import re
import socket
import time
import uuid
from pathlib import Path

from sweep.store.processes import runs

_OLD = 3600.0  # seconds after which a file that another host began to write is taken for left behind
_HOST = re.sub(r"[^\w-]", "-", socket.gethostname())


def name_beside(path: Path) -> Path:
    """Return where a file is written before it is renamed to `path`; the name tells who writes it."""
    return path.with_name(f".{path.name}.{_HOST}.{os.getpid()}.{uuid.uuid4().hex}")


def remove_left(folder: Path, name: str) -> None:
    """Remove what killed writers left beside files of a name: their process is gone, or the file is old.

    name: a regular expression of the files' names.
    """
    left = re.compile(rf"\.(?:{name})\.(?:(?P<host>[^.]+)\.(?P<pid>\d+)\.)?[0-9a-f]{{32}}")
    if not folder.is_dir():
        return
    for entry in sorted(os.listdir(folder)):  # noqa: PTH208 (10,000 names, no Path each)
        match = left.fullmatch(entry) if entry.startswith(".") else None
        if match is None:
            continue
        path = folder / entry
        with contextlib.suppress(OSError):  # its writer was faster, or it is another user's
            ended = match["host"] == _HOST and not runs(int(match["pid"]))
            if ended or time.time() - path.stat().st_mtime > _OLD:
                path.unlink(missing_ok=True)
