"""An object store that nobody serves is told within seconds, before its library waits for minutes."""

import socket
from collections.abc import Iterator

import pytest

import sweep
from sweep.errors import InputError
from sweep.store.places import ObjectPath, check_reach, place
from sweep.store.reachable import endpoint


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def object_path(said: str) -> ObjectPath:
    """Return the place of an address."""
    found = place(said)
    assert isinstance(found, ObjectPath)
    return found


@pytest.mark.parametrize("scheme", ["s3", "gs"])
def test_a_server_that_is_silent_or_absent_is_one_message(
    silent: int, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever reads results asks first, and says which address did not answer."""
    monkeypatch.setattr("sweep.store.reachable._PATIENCE", 0.2)
    for port, said in ((silent, "no answer within"), (1, "refused")):
        where = f"{scheme}://bucket/x?endpoint_override=127.0.0.1:{port}&scheme=http"
        with pytest.raises(InputError, match=f"answers at http://127.0.0.1:{port}. Received: .*{said}"):
            check_reach(object_path(where))
        with pytest.raises(InputError, match="Expected an object store that answers"):
            sweep.load(where)


def test_a_server_that_refuses_has_answered(server: str) -> None:
    """What is forbidden or not there is for the store's own library to say."""
    check_reach(object_path(f"s3://nothing-here/x?endpoint_override={server.removeprefix('http://')}&scheme=http"))


def test_the_endpoint_is_what_the_library_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address comes before the environment, that before the provider."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    assert endpoint(object_path("s3://b/x")) == "https://s3.us-east-1.amazonaws.com"
    assert endpoint(object_path("s3://b/x?region=eu-west-1")) == "https://s3.eu-west-1.amazonaws.com"
    assert endpoint(object_path("gs://b/x")) == "https://storage.googleapis.com"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert endpoint(object_path("s3://b/x")) == "http://127.0.0.1:9"
    assert endpoint(object_path("s3://b/x?endpoint_override=other:8&scheme=http")) == "http://other:8"
