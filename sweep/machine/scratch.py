"""Temporary files in one folder a process, which the next process deletes where their owner is dead.

A process that is killed deletes nothing. So each holds a lock on its folder, which the kernel takes back whatever ends
it; whoever gets the lock of another's folder knows that nobody needs it. Process ids would not tell: containers that
share a temporary folder count their own.
"""

import os
import shutil
import stat
import sys
import tempfile
import threading
from contextlib import suppress
from multiprocessing import util
from pathlib import Path

from filelock import FileLock, Timeout

from sweep.errors import InputError

KEPT_LOGS = "ray-logs-of-the-last-failure"  # beside the folders
# Characters. A socket's path has 107; below the temporary folder our two folders and Ray's own take 93 of them.
_LONGEST_PARENT = 14
_LOCK = ".lock"
_making = threading.Lock()
_own: dict[int, tuple[Path, FileLock]] = {}  # by process id, since a forked process must not use its parent's


def root() -> Path:
    """Return the folder of this person's temporary files: `seedsweep-USER` where RAY_TMPDIR or TMPDIR say, or in /tmp.

    Others may neither read nor write there. It lies in /tmp where the named folder has no room for a socket's path.

    Raises:
        InputError: it cannot be made, or belongs to another.
    """
    parent = os.environ.get("RAY_TMPDIR") or tempfile.gettempdir()
    if sys.platform != "win32" and len(parent) > _LONGEST_PARENT:
        parent = "/tmp"  # noqa: S108 (a folder of one's own in it, which is checked)
    found = Path(parent) / f"seedsweep-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    try:
        with suppress(FileExistsError):
            found.mkdir(mode=0o700)
        if sys.platform != "win32":
            seen = found.lstat()
            if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid():
                raise PermissionError("it belongs to another, or is no folder")
            found.chmod(0o700)
    except OSError as error:
        raise InputError(
            f"Expected a temporary folder of your own. Received: {found}: {error.strerror or error}. "
            "Name another place with TMPDIR."
        ) from None
    return found


def folder() -> Path:
    """Return this process's folder; it goes with the process, or when a later process looks."""
    pid = os.getpid()
    with _making:
        if pid not in _own:
            sweep_up()
            place = root()
            with FileLock(place / _LOCK):
                made = Path(tempfile.mkdtemp(prefix="p", dir=place))
                lock = FileLock(f"{made}{_LOCK}", thread_local=False)
                lock.acquire()
            _own[pid] = made, lock
            util.Finalize(None, _leave, exitpriority=-200)  # after multiprocessing's own folder in it, at -100
        return _own[pid][0]


def sweep_up() -> None:
    """Delete the folders whose processes are dead; what the log of a Ray in them tells is kept, see `keep_logs`."""
    place = root()
    with FileLock(place / _LOCK):
        for path in place.glob(f"p*{_LOCK}"):
            lock = FileLock(path)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            owned = path.with_suffix("")
            keep_logs(owned)
            shutil.rmtree(owned, ignore_errors=True)
            path.unlink(missing_ok=True)
            lock.release()


def keep_logs(ray: Path) -> Path | None:
    """Keep the logs of the Ray below a folder as those of the last failure, and return where; None without any."""
    found = sorted(ray.glob("**/session_2*/logs")) if ray.is_dir() else []
    if not found:
        return None
    kept = root() / KEPT_LOGS
    shutil.rmtree(kept, ignore_errors=True)
    with suppress(OSError):
        found[-1].rename(kept)
        return kept
    return None


def _leave() -> None:
    """Delete this process's folder at its end."""
    made, lock = _own.pop(os.getpid(), (None, None))
    if made is not None and lock is not None:
        shutil.rmtree(made, ignore_errors=True)
        lock.release()
        Path(f"{made}{_LOCK}").unlink(missing_ok=True)
