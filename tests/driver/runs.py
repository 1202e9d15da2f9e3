"""Starting `sweep run` in a process of its own, and seeing what it leaves behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def start(study: Path | str, results: Path, *options: str) -> subprocess.Popen[str]:
    """Start `sweep run`; the caller ends it."""
    command = [sys.executable, "-m", "sweep.cli", "run", str(study), "--results", str(results), *options]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": ""},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores Ctrl-C
    )


def sweep_run(study: Path | str, results: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Return the finished `sweep run`."""
    process = start(study, results, *options)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def wait_for(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """Return the first true value of the condition, or fail after some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s for {what}")


def parts_of(results: Path) -> dict[str, int]:
    """Return file name -> time of writing (ns) of every stored record."""
    return {path.name: path.stat().st_mtime_ns for path in results.glob("tiny/parts/*.parquet")}


def descendants(pid: int) -> dict[int, str]:
    """Return pid -> command line of every process below one (Linux)."""
    lines = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    table = [line.split(None, 2) for line in lines.splitlines()]
    found: dict[int, str] = {}
    grown = {pid}
    while grown:
        children = {int(row[0]): row[2] for row in table if int(row[1]) in grown}
        grown = set(children) - set(found)
        found |= children
    return found


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
