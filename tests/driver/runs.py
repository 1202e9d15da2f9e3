"""Starting `sweep run` in a process of its own, and seeing what it leaves behind."""

import ipaddress
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

SWEEP = (sys.executable, "-m", "sweep.commands.cli")
DIGESTS = ["init_sha256", "final_sha256", "scores_sha256"]  # columns that two runs with the same bits share
_started: list[subprocess.Popen[str]] = []


def start(study: Path | str, results: Path, *options: str, under: Sequence[str] = ()) -> subprocess.Popen[str]:
    """Start `sweep run`, by another command if one is named; the test ends it, or `end_all` where the test failed."""
    command = [*under, *SWEEP, "run", str(study), "--results", str(results), *options]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": ""},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores Ctrl-C
    )
    _started.append(process)
    return process


def end_all() -> None:
    """End what was started and still runs, and close its pipes."""
    while _started:
        process = _started.pop()
        if process.poll() is None:
            process.kill()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        process.wait(timeout=240)


def sweep_run(study: Path | str, results: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Return the finished `sweep run`."""
    process = start(study, results, *options)
    out, err = process.communicate(timeout=600)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def wait_for(
    condition: Callable[[], Any], seconds: float, what: str, process: subprocess.Popen[str] | None = None
) -> Any:
    """Return the first true value of the condition, or fail after some seconds, or when the process has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        if process is not None and process.poll() is not None:
            raise AssertionError(f"the run ended before {what}: {process.communicate()[1]}")
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s for {what}")


def parts_of(results: Path) -> dict[str, int]:
    """Return file name -> time of writing (ns) of every stored record."""
    return {path.name: path.stat().st_mtime_ns for path in results.glob("tiny/parts/*.parquet")}


def descendants(pid: int) -> dict[int, str]:
    """Return pid -> command line of every process below one (Linux)."""
    ps = ["ps", "-ewwo", "pid=,ppid=,args="]  # ww: COLUMNS would cut the command lines
    lines = subprocess.run(ps, capture_output=True, text=True, check=True).stdout
    table = [line.split(None, 2) for line in lines.splitlines()]
    found: dict[int, str] = {}
    grown = {pid}
    while grown:
        children = {int(row[0]): row[2] for row in table if int(row[1]) in grown}
        grown = set(children) - set(found)
        found |= children
    return found


def listening(pids: Collection[int]) -> list[tuple[str, int]]:
    """Return the (address, port) at which these processes wait for TCP connections (Linux)."""
    inodes = set()
    for pid in pids:
        with suppress(OSError):
            for one in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    inodes.add(str(one.readlink()))
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            host, _, port = words[1].partition(":")
            if words[3] == "0A" and f"socket:[{words[9]}]" in inodes:  # 0A: it listens
                found.append((_host(bytes.fromhex(host)), int(port, 16)))
    return found


def _host(kernels: bytes) -> str:
    """Return an address as people write it; the kernel writes words of four bytes, the last byte first."""
    packed = b"".join(kernels[at : at + 4][::-1] for at in range(0, len(kernels), 4))
    found = ipaddress.ip_address(packed)
    return str(getattr(found, "ipv4_mapped", None) or found)


def alive(pids: Any) -> list[int]:
    """Return those processes that still run; a zombie that nobody has collected does not."""
    running = []
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            running.append(pid)
    return running
