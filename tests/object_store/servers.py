"""Servers that speak the API of a cloud, on loopback, from an environment of their own (locks/requirements-s3.lock)."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.driver.runs import wait_for

ENVIRONMENT = Path(__file__).resolve().parents[2] / ".venv-s3"


@contextmanager
def serving(command: str, words: str, log: Path, **variables: str) -> Iterator[str]:
    """Yield the URL of a server; skip where it is not installed.

    words: of the command, with {port}. variables: of its environment, beside those of this process.
    """
    found = shutil.which(command, path=f"{ENVIRONMENT / 'bin'}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"needs {command}: `make .venv-s3/stamp` installs it from locks/requirements-s3.lock")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with log.open("wb") as file:
        process = subprocess.Popen(
            [found, *words.format(port=port).split()], stdout=file, stderr=file, env={**os.environ, **variables}
        )
    try:
        wait_for(lambda: process.poll() is not None or _listens(port), 180, command)
        assert process.poll() is None, log.read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
