"""Hosts made of network namespaces, from inside namespaces of the script's own: see namespaces.py for those."""

import subprocess
import time
from collections.abc import Callable
from typing import Any


def ip(*words: str) -> None:
    """Call ip."""
    subprocess.run(["ip", *words], check=True)


def make_network(*hosts: int) -> None:
    """Join hosts by a bridge; host 1 has the address 10.78.0.1 and so on. What ip writes is not the machine's."""
    ip("link", "set", "lo", "up")
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    ip("link", "add", "bridge", "type", "bridge")
    ip("link", "set", "bridge", "up")
    for host in hosts:
        ip("netns", "add", f"host{host}")
        ip("link", "add", f"port{host}", "type", "veth", "peer", "name", f"wire{host}", "netns", f"host{host}")
        ip("link", "set", f"port{host}", "master", "bridge", "up")
        ip("-n", f"host{host}", "addr", "add", f"10.78.0.{host}/24", "dev", f"wire{host}")
        ip("-n", f"host{host}", "link", "set", f"wire{host}", "up")
        ip("-n", f"host{host}", "link", "set", "lo", "up")


def on_host(host: int, words: list[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start a command on a host; `ray start` stays in the foreground."""
    words = [*words, "--block"] if words[:2] == ["ray", "start"] else words
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(["ip", "netns", "exec", f"host{host}", *words], **{**quiet, **options})


def until(condition: Callable[[], Any], what: str, seconds: float = 420) -> None:
    """Return when the condition holds.

    Raises:
        SystemExit: it does not within that time.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"waited {seconds} s for {what}")
        time.sleep(0.1)
