"""Running a script in namespaces of its own, in which hosts can be made; or the reason why this machine has none."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

OWN = ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"]


def skip_without_namespaces(*needed: str) -> None:
    """Skip the test where hosts cannot be made, or one of the commands that it needs is not installed."""
    for command in ("unshare", "ip", *needed):
        if shutil.which(command, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") is None:
            pytest.skip(f"the hosts of this test need the command {command}, which is not installed")
    tried = subprocess.run(
        [*OWN, "ip", "link", "add", "one", "type", "veth", "peer", "name", "two"], capture_output=True, text=True
    )
    if tried.returncode:
        pytest.skip(f"no network namespaces here: {tried.stderr.strip()}")


@contextmanager
def short_folder(below: str = "/tmp") -> Iterator[Path]:  # noqa: S108 (the name is random)
    """Yield a folder that is removed afterwards, with a path so short that Ray's sockets can lie below it."""
    folder = Path(below) / f"seedsweep-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_on_hosts(script: Path, folder: Path) -> dict[str, Any]:
    """Return what a script, given the folder, prints as JSON in its last line; the test fails where it fails.

    When it ends, so does all that it started, and the networks and mounts that it made are gone.
    """
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    with short_folder() as temporary:
        done = subprocess.run(
            [*OWN, sys.executable, str(script), str(folder)],
            env=surroundings | {"RAY_TMPDIR": str(temporary), "TMPDIR": str(temporary)},
            capture_output=True,
            text=True,
            timeout=1500,
        )
    assert done.returncode == 0, done.stderr[-5000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
