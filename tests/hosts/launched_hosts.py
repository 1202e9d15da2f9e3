"""A cluster of three hosts made by `ray up` over SSH, from a fourth; the head is lost in the middle of a study.

`launched_hosts.py FOLDER` with tiny.yaml, its models and the template on-prem.yaml in it, in namespaces of its own
(namespaces.py says how). Each host has processes, temporary files and a home of its own, and an SSH server. When this
script ends, so does all that it started. It prints as JSON what every command said and gave back.
"""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from hosts import make_network, on_host, until

LAPTOP, HEAD, WORKERS = 4, 1, (2, 3)
# Stands in for what a machine has of its own: processes, /tmp/ray, shared memory, and the home of its user.
MACHINE = """\
set -e
for one in /tmp/ray /dev/shm; do mkdir -p $one; mount -t tmpfs tmpfs $one; done
mkdir -p /run/sshd
mount --bind {home}/passwd /etc/passwd
exec "$@"
"""
SERVER = """\
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/key.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
"""
NODES = """\
import ray
ray.init(address="auto", log_to_driver=False, logging_level="ERROR")
print(sum(node["Alive"] for node in ray.nodes()))
"""


def main(folder: Path) -> dict[str, Any]:
    """Return what each step said and gave back, and seconds of some."""
    make_network(HEAD, *WORKERS, LAPTOP)
    for name in ("host_key", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    (folder / "sshd_config").write_text(SERVER.format(folder=folder))
    for host in (HEAD, *WORKERS, LAPTOP):
        furnish(folder, host)
    token = folder / "home4" / ".ray" / "auth_token"
    token.parent.mkdir()
    token.touch(mode=0o600)
    token.write_text(secrets.token_hex(32))
    (folder / "on-prem.yaml").write_text(filled_in(folder))
    head = machine(folder, HEAD)
    for host in WORKERS:
        machine(folder, host)
    parts = folder / "results" / "tiny" / "parts"
    with Laptop(folder) as laptop:
        found: dict[str, Any] = {"token": token.read_text()}
        began = time.monotonic()
        found["up"] = laptop.sweep("submit", "--cluster", "on-prem.yaml", "--up")
        until(lambda: n_nodes(folder) == 3, "three nodes")
        found["seconds_up"] = time.monotonic() - began
        first = laptop.start("submit", "tiny.yaml", "--cluster", "on-prem.yaml")
        until(lambda: first.poll() is not None or any(parts.glob("*.parquet")), "a record brought home")
        head.kill()
        head.wait()
        below = Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text()  # nsenter passes no signal on
        os.kill(int(below), signal.SIGINT)
        found["left"] = laptop.end(first)
        found["home_before"] = sorted(path.name for path in parts.glob("*.parquet"))
        machine(folder, HEAD)
        began = time.monotonic()
        found["again"] = laptop.sweep("submit", "tiny.yaml", "--cluster", "on-prem.yaml", "--up")
        found["seconds_again"] = time.monotonic() - began
        found["status"] = laptop.sweep("status")
        found["down"] = laptop.sweep("submit", "--cluster", "on-prem.yaml", "--down")
        began = time.monotonic()
        until(lambda: not rays(), "the end of all nodes", 120)
        found["seconds_to_the_last_node's_end"] = time.monotonic() - began
    return found


def furnish(folder: Path, host: int) -> None:
    """Give a host a home, with the environment of the lock file in the place where the template would install it."""
    home = folder / f"home{host}"
    (home / "seedsweep").mkdir(parents=True)
    (home / ".bashrc").touch()  # Ray's launcher reads it
    (home / "seedsweep" / "venv").symlink_to(sys.prefix)
    people = Path("/etc/passwd").read_text()
    moved = re.sub(r"^(root:.*):[^:\n]*:[^:\n]*$", rf"\1:{home}:/bin/bash", people, flags=re.MULTILINE)
    (home / "passwd").write_text(moved)


def filled_in(folder: Path) -> str:
    """Return the template as a person would fill it in, for one processor a node, on which no GPU is."""
    text = (folder / "template.yaml").read_text()
    for before, after in (
        ("head_ip: FILL-IN", f"head_ip: 10.78.0.{HEAD}"),
        ("node-ip-address=FILL-IN", f"node-ip-address=10.78.0.{HEAD}"),
        ("[FILL-IN, FILL-IN]", str([f"10.78.0.{host}" for host in WORKERS])),
        ("ssh_user: FILL-IN", "ssh_user: root"),
        ("~/.ssh/FILL-IN", str(folder / "key")),
        (": locks/requirements-gpu.lock", f": {folder / 'requirements.lock'}"),
        ("requirements-gpu.lock", "requirements.lock"),
        ("ray start --", "ray start --num-cpus=1 --"),
    ):
        assert before in text, before
        text = text.replace(before, after)
    return text


def own_machine(folder: Path, host: int) -> list[str]:
    """Return the words before a command that give it a machine of its own, but for the network."""
    own = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]
    return [*own, "bash", "-c", MACHINE.format(home=folder / f"home{host}"), "-"]


def machine(folder: Path, host: int) -> subprocess.Popen[bytes]:
    """Start a host; killing the process is pulling its plug."""
    words = [*own_machine(folder, host), "/usr/sbin/sshd", "-D", "-f", str(folder / "sshd_config")]
    started = on_host(host, words)  # ip and unshare run in each other's place, so this process is the machine's
    until(lambda: on_host(host, ["bash", "-c", f"exec 3<>/dev/tcp/10.78.0.{host}/22"]).wait() == 0, "sshd", 60)
    return started


class Laptop:
    """The fourth host, from which the cluster is used: one machine for all commands, since Ray keeps state in /tmp."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = 0

    def __enter__(self) -> "Laptop":
        """Start it: a process that holds its namespaces, which commands enter."""
        self._holder = on_host(LAPTOP, [*own_machine(self._folder, LAPTOP), "sleep", "infinity"])
        until(lambda: self._inside() is not None, "the laptop", 60)
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._holder.kill()
        self._holder.wait()

    def _inside(self) -> str | None:
        """Return the id of the process that sleeps in it."""
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if (entry / "cmdline").read_bytes() == b"sleep\0infinity\0":
                    return entry.name
            except OSError:
                continue
        return None

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """Start `sweep` there; what it says goes to a file."""
        self._log += 1
        enter = ["nsenter", "--target", str(self._inside()), "--mount", "--net", "--pid", "--"]
        path = f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin"
        plain = ["env", "-i", f"HOME={self._folder / 'home4'}", f"PATH={path}", "TMPDIR=/tmp/ray"]
        there = ["bash", "-c", 'cd "$0" && exec "$@"', str(self._folder)]
        with (self._folder / f"said{self._log}").open("wb") as said:
            started = subprocess.Popen(
                [*enter, *plain, *there, sys.executable, "-m", "sweep.commands.cli", *words],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
        started.args = said.name
        return started

    def end(self, started: "subprocess.Popen[bytes]") -> dict[str, Any]:
        """Return exit code and words of what was started, when it has ended."""
        code = started.wait(timeout=600)
        return {"exit_code": code, "said": Path(str(started.args)).read_text()}

    def sweep(self, *words: str) -> dict[str, Any]:
        """Return exit code and words of `sweep`."""
        return self.end(self.start(*words))


def n_nodes(folder: Path) -> int:
    """Return how many nodes the head knows to be alive."""
    options = ["-i", str(folder / "key"), "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]
    words = ["ssh", *options, f"root@10.78.0.{HEAD}", "RAY_AUTH_MODE=token", "seedsweep/venv/bin/python", "-"]
    asked = on_host(LAPTOP, words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    said, _ = asked.communicate(NODES.encode(), timeout=120)
    return int(said) if said.strip().isdigit() else 0


def rays() -> list[str]:
    """Return the command lines of all Ray nodes that run on any of the hosts."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith((b"/raylet", b"/gcs_server")):
            found.append(words[0].decode())
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))) + "\n")
