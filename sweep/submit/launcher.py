"""Ray's cluster launcher, by its own command: a cluster up, down, and a tunnel to its head's dashboard."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sweep.errors import ClusterError
from sweep.submit.cluster_file import ClusterFile
from sweep.submit.port_relay import relayed

_DASHBOARD = "8265"  # on the head's loopback, as the templates start it
_TUNNEL_SECONDS = 120.0
_LONGEST_FOLDER = 70  # characters


def up(file: ClusterFile, hear: Callable[[str], None]) -> None:
    """Bring the cluster up, or up to date; what Ray says goes to standard error.

    hear: called with a line for each file that the cluster's file tells Ray to copy to the nodes.

    Raises:
        ClusterError: Ray could not.
    """
    mounts = file.document.get("file_mounts") or {}
    if isinstance(mounts, dict):
        for there, here in mounts.items():
            hear(f"ray up copies {here} to {there} of every node, as file_mounts of {file.path.name} says")
    _ray("up", "--yes", "--no-config-cache", str(file.path))


def down(file: ClusterFile) -> None:
    """End the cluster and all its nodes.

    Machines of one's own go on, so Ray is ended on their head, by the file's own command: `ray down` would look for a
    `ray` outside the environment that the file installs, and go on without. A worker ends when its head is gone.

    Raises:
        ClusterError: Ray could not.
    """
    if file.document["provider"].get("type") == "local":
        start = file.document.get("head_start_ray_commands") or []
        for stop in [line for line in start if line.rstrip().endswith("ray stop")]:
            _ray("exec", str(file.path), stop)
    _ray("down", "--yes", str(file.path))


@contextmanager
def tunnel(file: ClusterFile) -> Iterator[str]:
    """Yield the address on this machine that leads by SSH to the dashboard of the cluster's head.

    The port is this process's own from first to last, see `sweep.submit.port_relay`: what is sent to it reaches the
    head or nobody.

    Raises:
        ClusterError: no tunnel within two minutes.
    """
    with tempfile.TemporaryDirectory(prefix="seedsweep-", dir=_short_folder()) as folder:  # of mode 700
        path = Path(folder) / "head"
        words = [sys.executable, "-m", "sweep.submit.forward", str(file.path), str(path), _DASHBOARD]
        process = subprocess.Popen(  # noqa: S603 (our own module, and the file that the person named)
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            end = time.monotonic() + _TUNNEL_SECONDS
            while not _listens(path):
                if process.poll() is not None or time.monotonic() > end:
                    raise ClusterError(
                        f"Expected a tunnel to the head of {file.path.name}. Received: none. Bring the cluster up with "
                        f"--up; `ray dashboard {file.path}` says what stands in the way."
                    )
                time.sleep(0.2)
            with relayed(path) as port:
                yield f"http://127.0.0.1:{port}"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)  # ssh is a child of Ray's command
            process.wait()


def _short_folder() -> str | None:
    """Return where the socket's folder is made: a socket's path has room for some hundred characters."""
    return None if len(tempfile.gettempdir()) < _LONGEST_FOLDER else "/tmp"  # noqa: S108 (a folder of its own in it)


_COMMAND = (sys.executable, "-m", "ray.scripts.scripts")


def _ray(*words: str) -> None:
    done = subprocess.run([*_COMMAND, *words], stdin=subprocess.DEVNULL, stdout=sys.stderr)  # noqa: S603 (as above)
    if done.returncode:
        raise ClusterError(
            f"Expected `ray {words[0]}` to end well. Received: exit code {done.returncode}; its words stand above. "
            "Mend the file, or look at the cloud's console: nodes that run cost."
        )


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as asked:
        try:
            asked.connect(str(path))
        except OSError:
            return False
    return True
