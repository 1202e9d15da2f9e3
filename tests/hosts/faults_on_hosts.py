"""A study on three hosts made of network namespaces: one is cut off, one joins late, one dies; prints times as JSON.

`faults_on_hosts.py FOLDER` with tiny.yaml in it, in namespaces of its own (namespaces.py says how). The first
host has the driver and the results, which the others do not see. When this script ends, so does all that it started.
"""

import json
import os
import re
import secrets
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from hosts import ip, make_network, on_host, until

HEAD = "10.78.0.1:6379"
# Told of every change in which nodes are alive; a process of its own, since this one is on no host.
WATCH = """\
import json, ray, sys, time
ray.init(address=sys.argv[1], log_to_driver=False, logging_level="ERROR")
seen = {}
while True:
    for node in ray.nodes():
        if seen.get(node["NodeManagerAddress"]) != node["Alive"]:
            seen[node["NodeManagerAddress"]] = node["Alive"]
            print(json.dumps([time.time(), node["NodeManagerAddress"], node["Alive"]]), flush=True)
    time.sleep(0.2)
"""
SWEEP = (sys.executable, "-m", "sweep.commands.cli")


def main(folder: Path) -> dict[str, Any]:
    """Return the exit code, what the command said, and seconds: a cut noticed, a death noticed, a late node used."""
    make_network(1, 2, 3, 4)
    results = folder / "results"
    results.mkdir()
    os.environ.update(settings(folder))
    on_host(1, ["ray", "start", "--head", "--port=6379", "--num-cpus=0", "--include-dashboard=false", *address(1)])
    until(lambda: listens(), "the head")
    for host in (2, 3):
        worker(host, results)
    watched = folder / "watched"
    with watched.open("w") as file:
        on_host(1, [sys.executable, "-c", WATCH, HEAD], stdout=file)
    until(lambda: {"10.78.0.2", "10.78.0.3"} <= alive(watched), "two nodes")
    with (folder / "said").open("w") as said:
        run = on_host(
            1,
            [*SWEEP, "run", "tiny.yaml", "--address", HEAD, "--results", str(results)],
            stdout=said,
            stderr=said,
            cwd=folder,
        )

    def hosts() -> set[str]:
        return {node for node, _ in stored(results)}

    def ended() -> bool:
        if run.poll() is not None:
            raise SystemExit(f"the run ended early: {(folder / 'said').read_text()}")
        return False

    until(
        lambda: ended() or {"10.78.0.2", "10.78.0.3"} <= {node for node, _ in stored(results)}, "a record of each node"
    )
    ip("-n", "host3", "link", "set", "wire3", "down")
    cut = time.time()
    until(lambda: ended() or change(watched, "10.78.0.3", False), "the cut to be noticed")
    worker(4, results)  # timed apart: before the cut is noticed a late node waits for that as well
    until(lambda: ended() or "10.78.0.4" in hosts(), "a record of the late node")
    kill_raylet("10.78.0.2")
    killed = time.time()
    run.wait(timeout=900)
    joined, used = change(watched, "10.78.0.4", True), min(at for node, at in stored(results) if node == "10.78.0.4")
    return {
        "exit_code": run.returncode,
        "said": (folder / "said").read_text(),
        "cut_noticed": change(watched, "10.78.0.3", False) - cut,
        "late_node_stored": used - joined,
        "death_noticed": change(watched, "10.78.0.2", False) - killed,
    }


def settings(folder: Path) -> dict[str, str]:
    """Return the environment of every host: a token, and the health check that docs/many-nodes.md recommends."""
    token = folder / "token"
    token.touch(mode=0o600)
    token.write_text(secrets.token_hex(32))
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(token),
        "RAY_health_check_period_ms": "1000",
        "RAY_health_check_timeout_ms": "2000",
        "RAY_health_check_failure_threshold": "3",
        "RAY_USAGE_STATS_ENABLED": "0",
        "PYTHONWARNINGS": "",
    }


def worker(host: int, results: Path) -> None:
    """Start a node with one processor, temporary files of its own, and another folder in the place of the results."""
    own = f'for one in "$RAY_TMPDIR" /dev/shm {results}; do mount -t tmpfs tmpfs "$one"; done; exec "$@"'
    start = ["ray", "start", f"--address={HEAD}", "--num-cpus=1", *address(host), "--block"]
    on_host(host, ["unshare", "--mount", "bash", "-c", own, "-", *start])


def address(host: int) -> list[str]:
    """Return the option that names a host's own address."""
    return [f"--node-ip-address=10.78.0.{host}"]


def listens() -> bool:
    """Return whether the head takes connections."""
    probe = f"import socket; socket.create_connection(({HEAD.partition(':')[0]!r}, 6379), 1)"
    return on_host(1, [sys.executable, "-c", probe]).wait() == 0


def changes(watched: Path) -> list[tuple[float, str, bool]]:
    """Return every change that was seen: when, of which address, alive or not."""
    lines = watched.read_text().splitlines(keepends=True)  # Ray says things of its own there
    return [tuple(json.loads(line)) for line in lines if line.startswith("[") and line.endswith("\n")]


def alive(watched: Path) -> set[str]:
    """Return the addresses of the nodes that are alive."""
    state = {node: up for _, node, up in changes(watched)}
    return {node for node, up in state.items() if up}


def change(watched: Path, node: str, up: bool) -> float:
    """Return when a node was first seen alive, or dead; 0 if it was not."""
    return next((at for at, name, state in changes(watched) if (name, state) == (node, up)), 0.0)


def stored(results: Path) -> list[tuple[str, float]]:
    """Return node and time of storing of every record that is ok."""
    found = []
    for part in results.glob("tiny/parts/*.parquet"):
        text = b"".join(pq.read_schema(part).metadata.values()).decode()
        node = re.search(r'"node": ?"([^"]*)"', text)
        if node and re.search(r'"status": ?"ok"', text):
            found.append((node[1], part.stat().st_mtime))
    return found


def kill_raylet(node: str) -> None:
    """Kill the process that is a node to Ray."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"/raylet") and f"--node_ip_address={node}".encode() in words:
            os.kill(int(entry.name), signal.SIGKILL)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))) + "\n")
