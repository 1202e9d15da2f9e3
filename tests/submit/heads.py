"""A Ray head on loopback, in token mode, with ports and a folder of its own; started and ended by a test."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.driver.runs import alive, descendants, wait_for


@dataclass(frozen=True)
class Head:
    """A running head: its dashboard's address, its token and the file of it, its folder and its process."""

    address: str
    token: str
    token_file: Path
    folder: Path
    pid: int


@contextmanager
def ray_head(folder: Path) -> Iterator[Head]:
    """Yield a head with one processor; end it by its own pid, and whatever it leaves."""
    token = secrets.token_hex(32)
    file = folder / "token"
    file.touch(mode=0o600)
    file.write_text(token)
    ports = _free_ports(4)
    session = Path(tempfile.mkdtemp(prefix="seedsweep-ray-"))  # short: Ray's sockets lie below it
    names = ("port", "dashboard-port", "ray-client-server-port", "dashboard-agent-listen-port")
    words = [f"--{name}={port}" for name, port in zip(names, ports, strict=True)]
    words += ["--num-cpus=1", "--object-store-memory=100000000", f"--temp-dir={session}", "--block"]
    surroundings = {
        **{name: value for name, value in os.environ.items() if not name.startswith("RAY_")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(file),
        "RAY_USAGE_STATS_ENABLED": "0",
        "PYTHONWARNINGS": "",
        "AWS_ACCESS_KEY_ID": "tests",  # for results in a bucket: keys are the nodes' own, and never sent
        "AWS_SECRET_ACCESS_KEY": "tests",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--dashboard-host=127.0.0.1", *words]
    with (folder / "head.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=surroundings, start_new_session=True
        )
    try:
        head = Head(f"http://127.0.0.1:{ports[1]}", token, file, session, process.pid)
        wait_for(lambda: process.poll() is not None or _answers(head), 300, "the head's dashboard")
        assert process.poll() is None, (folder / "head.log").read_text()
        yield head
    finally:
        below = descendants(process.pid)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(240)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pid in alive(below):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(session, ignore_errors=True)


def _answers(head: Head) -> bool:
    try:
        headers = {"Authorization": f"Bearer {head.token}"}
        return bool(requests.get(f"{head.address}/api/jobs/", headers=headers, timeout=10).ok)
    except requests.RequestException:
        return False


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        taken = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]
