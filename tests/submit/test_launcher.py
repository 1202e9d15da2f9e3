"""The tunnel of a launcher's cluster: a port that nobody else can have, before the head or after it."""

import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from sweep.errors import ClusterError
from sweep.submit import launcher
from sweep.submit.cluster_file import ClusterFile
from sweep.submit.port_relay import relayed


@pytest.fixture
def head(tmp_path: Path) -> Iterator[socket.socket]:
    """A socket in a folder, as SSH would listen on it, that answers what it hears backwards, until it is closed."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "head"))
    listening.listen()

    def answer() -> None:
        with suppress(OSError):
            while True:
                with listening.accept()[0] as one:
                    heard = b""
                    while piece := one.recv(1000):
                        heard += piece
                    one.sendall(heard[::-1])

    threading.Thread(target=answer, daemon=True).start()
    yield listening
    listening.close()


def said_to(port: int, text: bytes) -> bytes:
    """Return what comes back for a text."""
    with socket.create_connection(("127.0.0.1", port), 10) as asked, suppress(OSError):
        asked.sendall(text)
        asked.shutdown(socket.SHUT_WR)
        heard = b""
        while piece := asked.recv(1000):
            heard += piece
        return heard
    return b""


def test_a_relayed_port_leads_to_the_socket_and_nowhere_else(head: socket.socket, tmp_path: Path) -> None:
    """What is sent comes through whole, both ways, several at once; the port is taken as long as it is open."""
    long = bytes(range(256)) * 4000
    with relayed(tmp_path / "head") as port:
        assert said_to(port, b"token") == b"nekot"
        assert said_to(port, long) == long[::-1]
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", port))
        (tmp_path / "head").unlink()  # the head is lost: SSH ends, and its socket with it
        assert said_to(port, b"token") == b""
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", port))
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), 5)


def test_nothing_but_ssh_is_taken_for_the_head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The socket lies in a folder that others cannot enter; without a head there is one message and no address."""
    seen: list[int] = []
    asked: list[list[str]] = []

    class Ended:
        pid = 0
        returncode = 1

        def __init__(self, words: list[str], **_: Any) -> None:
            asked.append(words)
            seen.append(stat.S_IMODE(Path(words[4]).parent.stat().st_mode))

        def poll(self) -> int:
            return 1

        def wait(self) -> int:
            return 1

    monkeypatch.setattr(launcher.subprocess, "Popen", Ended)
    file = ClusterFile(tmp_path / "mine.yaml", "", {})
    with pytest.raises(ClusterError, match="Expected a tunnel"), launcher.tunnel(file):
        pytest.fail("an address was given")
    assert seen == [0o700]
    assert asked[0][2:] == ["sweep.submit.forward", str(file.path), asked[0][4], "8265"]
    assert not Path(asked[0][4]).parent.exists()


def test_ray_hands_the_socket_on_to_ssh(tmp_path: Path) -> None:
    """Ray's own runner of SSH, which a new release may change, takes a path where it says a port."""
    from ray.autoscaler._private.command_runner import SSHCommandRunner, SSHOptions

    said: list[list[str]] = []
    runner = SSHCommandRunner.__new__(SSHCommandRunner)
    runner.ssh_options = SSHOptions(None)
    runner.ssh_proxy_command = None
    runner.ssh_user = "me"
    runner._get_ssh_target = lambda: "192.0.2.1"
    runner._run_helper = lambda words, *_, **__: said.append(words)
    runner.run(None, port_forward=[(str(tmp_path / "head"), 8265)])
    assert said[0][said[0].index("-L") + 1] == f"{tmp_path / 'head'}:localhost:8265"
    assert "ExitOnForwardFailure=yes" in said[0]
