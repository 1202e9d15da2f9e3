"""Real servers of S3 and of Google's storage on loopback, in processes and an environment of their own, and buckets."""

import http.client
import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyarrow import fs

from tests.object_store.faults import Gate, gate_before
from tests.object_store.servers import serving

STORES = ("s3", "gs")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of moto's server."""
    with serving("moto_server", "-H 127.0.0.1 -p {port}", tmp_path_factory.mktemp("s3") / "log") as url:
        yield url


@pytest.fixture(scope="session")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of an emulator of Google's storage."""
    words = "start --host=127.0.0.1 --port={port} --in-memory"
    with serving("gcp-storage-emulator", words, tmp_path_factory.mktemp("gs") / "log") as url:
        yield url


@pytest.fixture(scope="session")
def endpoint(server: str) -> Iterator[str]:
    """Return the S3 server's URL, with this process and its children told to use it."""
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
    """Return the name of a new bucket of S3."""
    name = f"seedsweep-{uuid.uuid4().hex[:12]}"
    fs.FileSystem.from_uri(f"s3://{name}/?allow_bucket_creation=true")[0].create_dir(name)
    return name


@pytest.fixture(params=STORES)
def scheme(request: pytest.FixtureRequest) -> str:
    """Each of the stores, for a test that must hold on both."""
    return str(request.param)


@pytest.fixture
def gate(scheme: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Gate]:
    """Return the gate before a store's server, through which `results` goes."""
    server = request.getfixturevalue({"s3": "endpoint", "gs": "google"}[scheme])
    with gate_before(server, tmp_path / "gate") as found:
        yield found


@pytest.fixture
def results(scheme: str, gate: Gate, request: pytest.FixtureRequest) -> str:
    """Return an address of results in a new bucket, without its query: see `address`."""
    if scheme == "s3":
        return f"s3://{request.getfixturevalue('bucket')}/results"
    name = f"seedsweep-{uuid.uuid4().hex[:12]}"
    client = http.client.HTTPConnection(request.getfixturevalue("google").removeprefix("http://"), timeout=60)
    headers = {"Content-Type": "application/json"}
    client.request("POST", "/storage/v1/b?project=tests", json.dumps({"name": name}), headers)
    assert client.getresponse().status == 200
    client.close()
    return f"gs://anonymous@{name}/results"


@pytest.fixture
def address(results: str, gate: Gate) -> str:
    """Return an address of results in a new bucket, reached through the gate."""
    return f"{results}?endpoint_override=127.0.0.1:{gate.port}&scheme=http"
