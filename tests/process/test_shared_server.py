"""Another process forks from this one's server, where it serves, and from its own where it does not."""

import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sweep.machine import process
from sweep.machine.shared_server import Server

ROOT = Path(__file__).parents[2]
OTHER = """
import os, pickle, sys
from sweep.machine import process
from tests.process import calls

if __name__ == "__main__":
    server = pickle.loads(bytes.fromhex(sys.argv[1]))
    process.warm_up("json", variables={"WORD": "a"}, server=server)
    first = process.call(calls.parents, None, variables={"WORD": "a"})
    if sys.argv[2] == "gone":
        os.unlink(server.address)
        first = process.call(calls.parents, None, variables={"WORD": "a"})
    print(first.value)
"""
STARTER = """
import pickle, subprocess, sys
from multiprocessing import forkserver
from sweep.machine import process

if __name__ == "__main__":
    process.warm_up("json", "csv", variables={"WORD": "a"})
    print(pickle.dumps(process.server()).hex(), forkserver._forkserver._forkserver_pid, flush=True)
    sys.stdin.read()
"""
pytestmark = pytest.mark.skipif(process.START_METHOD != "forkserver", reason="there is no fork server here")


@pytest.fixture
def starter(tmp_path):
    """Start a process with a server; give the server, and the number of its process."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    (tmp_path / "starter.py").write_text(STARTER)
    words = [sys.executable, str(tmp_path / "starter.py")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env) as started:
        told, pid = started.stdout.readline().split()
        yield pickle.loads(bytes.fromhex(told)), int(pid)  # noqa: S301 (written by the lines above)
        started.stdin.close()


def parent_of_a_fork(tmp_path: Path, server: Server, how: str = "") -> int:
    """Return the number of the process that forked the call of another process which was told of a server."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    (tmp_path / "other.py").write_text(OTHER)
    words = [sys.executable, str(tmp_path / "other.py"), pickle.dumps(server).hex(), how]
    done = subprocess.run(words, capture_output=True, text=True, env=env, timeout=120)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_a_server_that_serves_is_used(starter, tmp_path):
    """The modules are among those that it imported, the variables are the same: it forks for the other process."""
    server, pid = starter
    assert server.modules == {"json", "csv"}
    assert parent_of_a_fork(tmp_path, server) == pid


@pytest.mark.parametrize(
    "changed",
    [
        {"modules": frozenset({"csv"})},
        {"variables": frozenset({("WORD", "b")})},
        {"python": "/another/python"},
        {"machine": "another"},
        {"address": "/no/such/socket"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_server_that_does_not_serve_is_left(changed, starter, tmp_path):
    """The other process starts one of its own."""
    server, pid = starter
    assert parent_of_a_fork(tmp_path, replace(server, **changed)) not in (pid, 0)


def test_a_server_that_is_gone_is_replaced(starter, tmp_path):
    """The next call after its end is answered by a server of one's own."""
    server, pid = starter
    assert parent_of_a_fork(tmp_path, server, "gone") not in (pid, 0)
