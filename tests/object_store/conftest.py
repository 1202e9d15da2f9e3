"""A real S3 server on loopback, in a process and an environment of its own, and buckets in it."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyarrow import fs

from tests.driver.runs import wait_for

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of moto's server; skip where it is not installed."""
    command = shutil.which("moto_server", path=f"{ROOT / '.venv-s3' / 'bin'}{os.pathsep}{os.environ['PATH']}")
    if command is None:
        pytest.skip("needs moto_server: `make .venv-s3/stamp` installs it from locks/requirements-s3.lock")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("s3") / "log"
    with log.open("wb") as file:
        process = subprocess.Popen([command, "-H", "127.0.0.1", "-p", str(port)], stdout=file, stderr=file)
    try:
        wait_for(lambda: process.poll() is not None or _listens(port), 180, "the S3 server")
        assert process.poll() is None, log.read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="session")
def endpoint(server: str) -> Iterator[str]:
    """Return the server's URL, with this process and its children told to use it."""
    patch = pytest.MonkeyPatch()
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        patch.delenv(name, raising=False)
    patch.setenv("AWS_ENDPOINT_URL", server)
    patch.setenv("AWS_ACCESS_KEY_ID", "tests")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "tests")
    patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    yield server
    patch.undo()


@pytest.fixture
def bucket(endpoint: str) -> str:
    """Return the name of a new bucket."""
    name = f"seedsweep-{uuid.uuid4().hex[:12]}"
    fs.FileSystem.from_uri(f"s3://{name}/?allow_bucket_creation=true")[0].create_dir(name)
    return name


@pytest.fixture
def no_rights(server: str) -> Iterator[Callable[[], None]]:
    """Return what makes the server refuse every key from now on, until the test ends."""

    def let(requests: int) -> None:
        client = http.client.HTTPConnection(server.removeprefix("http://"), timeout=60)
        client.request("POST", "/moto-api/reset-auth", str(requests))
        assert client.getresponse().status == 200
        client.close()

    yield lambda: let(0)
    let(sys.maxsize)


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
