"""The page of results that still grow, and what serves it: loopback, a token, and nothing but what it names."""

import http.client
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sweep.errors import InputError
from sweep.report.live_page import LivePage
from sweep.report.page_server import served
from sweep.store import claims, store
from tests.report.page_parts import Page
from tests.report.simulated import stored

UNRUN = ((0, 4), (1, 4))


@pytest.fixture
def growing(tmp_path: Path) -> tuple[LivePage, list[Path]]:
    """Return the page of a study of which eight of ten trials ended, and the records of the other two, kept apart."""
    folder, later = stored(tmp_path / "results" / "simulated"), tmp_path / "later"
    later.mkdir()
    records = sorted((folder / "parts").glob("*.parquet"))[-2:]
    return LivePage(folder, every=0.0), [Path(shutil.move(one, later)) for one in records]


def words(page: LivePage) -> Page:
    """Return the page as it is served."""
    content = page.file("index.html")
    assert content is not None
    return Page(content.decode())


def test_a_page_follows_its_results(growing: tuple[LivePage, list[Path]]) -> None:
    """Its key and its line change with a record, and only then."""
    page, later = growing
    before = page.standing()
    assert (before.text, before.ended) == ("8 of 10 trials ended, nobody trains now", False)
    assert page.due(page.standing()) == before.key
    first = page.file("index.html")
    assert first == page.file("index.html")
    assert words(page).faults == []
    assert page.due(page.standing()) == before.key
    for one in later:
        shutil.copy(one, page.folder / "parts")  # type: ignore[arg-type]
    after = page.standing()
    assert (after.text, after.ended) == ("10 of 10 trials ended", True)
    assert page.due(page.standing()) == after.key != before.key
    assert b"10 of 10 trials ok" in (page.file("index.html") or b"")
    assert page.file("table.csv") != b""


def test_who_trains_is_said(growing: tuple[LivePage, list[Path]]) -> None:
    """A claim that is alive counts."""
    page, later = growing
    claims.Claims(page.folder, claims.this_process()).take(later[0].name.partition(".")[0])
    assert page.standing().text == "8 of 10 trials ended, 1 in training"


def test_a_page_is_not_made_more_often_than_asked(growing: tuple[LivePage, list[Path]]) -> None:
    """Within the time the page stays, and says of itself that it is the newest."""
    page, later = growing
    page.every = 1000.0
    first = page.file("index.html")
    shutil.copy(later[0], page.folder / "parts")  # type: ignore[arg-type]
    assert page.due(page.standing()) != page.standing().key
    assert page.file("index.html") == first


def test_results_that_cannot_be_read_keep_the_last_page(growing: tuple[LivePage, list[Path]]) -> None:
    """Without any page yet, the reason is the page."""
    page, later = growing
    first = page.file("index.html")
    study = page.folder / "study.json"
    whole = study.read_bytes()
    shutil.copy(later[0], page.folder / "parts")  # type: ignore[arg-type]
    study.write_text("{")
    with pytest.raises(InputError, match="a whole study"):
        page.standing()
    study.write_bytes(whole)
    assert page.file("index.html") != first


def test_a_page_that_could_not_be_made_is_made_again(
    growing: tuple[LivePage, list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that is being replaced costs one look: the last page stays, and is not taken for the newest."""
    page, later = growing
    first = page.file("index.html")
    shutil.copy(later[0], page.folder / "parts")  # type: ignore[arg-type]

    def away(*_: object, **__: object) -> None:
        raise InputError("Expected a table. Received: half of it.")

    with monkeypatch.context() as patched:
        patched.setattr(store, "load", away)
        assert page.file("index.html") == first
    assert b"9 of 10 trials ok" in (page.file("index.html") or b"")


@pytest.fixture
def asked(growing: tuple[LivePage, list[Path]]) -> Iterator[tuple[str, http.client.HTTPConnection]]:
    """Yield the path of the served page, and a connection to its server."""
    with served(growing[0]) as address:
        parts = urlsplit(address)
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        yield parts.path, connection
        connection.close()


def get(connection: http.client.HTTPConnection, path: str, **headers: str) -> tuple[int, bytes]:
    """Return the answer to one question."""
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_the_page_its_state_and_its_tables_are_served(asked: tuple[str, http.client.HTTPConnection]) -> None:
    """The page names the state that the server has; a table is the file that lies in the results."""
    path, connection = asked
    code, page = get(connection, path)
    assert code == 200
    (policy,) = [one for one in Page(page.decode()).all("meta") if one.get("http-equiv")]
    assert str(policy["content"]).endswith("; connect-src 'self'")
    code, state = get(connection, path + "state")
    assert (code, json.loads(state)["state"].encode() in page) == (200, True)
    code, table = get(connection, path + "table.csv")
    assert (code, table[:6]) == (200, b"config")


@pytest.mark.parametrize(
    "wrong", ["/", "/state", "/AAAA/", "{}study.json", "{}../study.json", "{}%2e%2e/study.json", "{}parts"]
)
def test_nothing_else_is_served(asked: tuple[str, http.client.HTTPConnection], wrong: str) -> None:
    """Not without the token, and no file that is not the report's."""
    path, connection = asked
    assert get(connection, wrong.format(path))[0] == 404


def test_another_name_for_this_machine_is_refused(asked: tuple[str, http.client.HTTPConnection]) -> None:
    """A site that lets its own name point here (DNS rebinding) sees nothing, even if it knew the token."""
    path, connection = asked
    assert get(connection, path, Host="example.org")[0] == 404


def test_a_port_that_is_taken_is_said(growing: tuple[LivePage, list[Path]]) -> None:
    """One message that names the option."""
    with served(growing[0]) as address:
        port = urlsplit(address).port
        assert port is not None
        with pytest.raises(InputError, match=f"--port {port}"), served(growing[0], port):
            pass
