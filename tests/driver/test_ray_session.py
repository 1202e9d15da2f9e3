"""What surrounds a Ray of one's own, below the start of Ray: its token, its address, its loggers, its end."""

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ray._private import ray_constants, services

from sweep.errors import InputError
from sweep.machine import scratch
from sweep.machine.caller_state import loggers_put_back
from sweep.running import orphans, ray_session
from sweep.store.processes import started

unix = pytest.mark.skipif(sys.platform == "win32", reason="modes as Unix has them")


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@unix
def test_the_token_is_readable_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before Ray writes it nobody else may enter its folder; afterwards, and from earlier runs, nobody may read it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    token = tmp_path / ".ray" / "auth_token"
    with ray_session._token_for_us():
        assert _mode(token.parent) == 0o700
        token.write_text("secret")
        token.chmod(0o644)
    assert _mode(token) == 0o600
    token.parent.chmod(0o755)
    token.chmod(0o644)
    with ray_session._token_for_us():
        assert (_mode(token.parent), _mode(token)) == (0o700, 0o600)


@unix
def test_a_token_that_is_a_link_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lab may share one token; what it points to is not ours to close."""
    monkeypatch.setenv("HOME", str(tmp_path))
    shared = tmp_path / "shared"
    shared.write_text("secret")
    shared.chmod(0o640)
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray" / "auth_token").symlink_to(shared)
    with ray_session._token_for_us():
        pass
    assert _mode(shared) == 0o640


def test_ray_takes_loopback_for_this_machines_address_for_a_moment() -> None:
    """This guards the replaced constant of Ray: without it all of Ray listens on every interface."""
    before = ray_constants.ENABLE_RAY_CLUSTER
    with ray_session._on_loopback():
        assert services.get_node_ip_address() == "127.0.0.1"
        assert services.resolve_ip_for_localhost("127.0.0.1") == "127.0.0.1"
    assert before == ray_constants.ENABLE_RAY_CLUSTER


@pytest.mark.parametrize(
    ("named", "there", "same"),
    [
        ("10.0.0.1:6379", "10.0.0.1:6379", True),
        ("127.0.0.1:6379", "10.0.0.1:6379", True),
        ("localhost:6379", "127.0.0.1:6379", True),
        ("10.0.0.2:6379", "10.0.0.1:6379", False),
        ("10.0.0.1:6380", "10.0.0.1:6379", False),
        ("head", "10.0.0.1:6379", False),
    ],
)
def test_an_address_is_that_of_the_connected_ray_or_not(named: str, there: str, same: bool) -> None:
    """Loopback stands for this machine; another port is another Ray."""
    assert ray_session._same(named, there) == same


def test_rays_client_is_refused_before_anything_is_started() -> None:
    """Ray Tune cannot run through it with what we replace."""
    with (
        pytest.raises(InputError, match="ray://head:10001, which is Ray's client"),
        ray_session.ray_session("ray://head:10001", None),
    ):
        pass


def test_log_levels_are_put_back() -> None:
    """Ray sets its loggers up at every start."""
    logger, before = logging.getLogger("ray.tune"), logging.getLogger("ray.tune").level
    logger.setLevel(logging.INFO)
    try:
        with loggers_put_back(["ray", "ray.tune"]):
            logger.setLevel(logging.CRITICAL)
            logger.addHandler(logging.NullHandler())
        assert logger.level == logging.INFO
        assert not any(isinstance(one, logging.NullHandler) for one in logger.handlers)
    finally:
        logger.setLevel(before)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_watches_ends_the_known_processes_and_keeps_the_logs(tmp_path: Path) -> None:
    """When its standard input ends: the processes that were started then, not one that got the same number later."""
    ray = tmp_path / "pabc" / "r"
    logs = ray / "session_2026-01-01" / "logs"
    logs.mkdir(parents=True)
    (logs / "raylet.out").write_text("the last words")
    known, other = (subprocess.Popen(["sleep", "60"]) for _ in range(2))
    words = [*orphans.command(ray, [known.pid]), f"{other.pid}:{int(started(other.pid) or 0) - 1}"]
    try:
        watcher = subprocess.Popen(words, stdin=subprocess.PIPE)
        time.sleep(0.3)
        assert known.poll() is None
        assert watcher.poll() is None
        watcher.communicate(timeout=60)
        assert known.wait(10) == -9
        assert other.poll() is None
        assert not ray.exists()
        assert (tmp_path / scratch.KEPT_LOGS / "raylet.out").read_text() == "the last words"
        assert started(os.getpid()) not in ("", None)
        assert started(known.pid) == ""
    finally:
        for one in (known, other):
            one.kill()
            one.wait()
