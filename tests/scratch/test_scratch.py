"""Temporary files: one folder a process, deleted with it, or by the next where it was killed; nobody else may look."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process.test_process import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and signals as Unix has them")
ASK = (
    "from sweep.machine import scratch; made = scratch.folder(); (made / 'file').write_text('x'); "
    "print(made, flush=True); "
)


@pytest.fixture
def short() -> Iterator[Path]:
    """Return a folder whose path has room for a socket's."""
    with tempfile.TemporaryDirectory(prefix="t", dir="/tmp") as made:
        yield Path(made)


def run(program: str, place: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Return a finished program whose temporary folder is `place`."""
    surroundings = {**os.environ, "TMPDIR": str(place), **variables}
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=surroundings, capture_output=True, text=True)


def left(place: Path) -> list[str]:
    """Return the folders of processes that are there."""
    return [one.name for one in place.glob("seedsweep-*/p*")]


def test_a_process_deletes_its_folder(short: Path) -> None:
    """After a normal end, and after an exception, nothing is left but the empty place for the next."""
    done = run(ASK, short)
    made = Path(done.stdout.strip())
    assert made.parent.parent == short
    assert left(short) == []
    assert run(ASK + "1 / 0", short).returncode == 1
    assert left(short) == []
    assert (short / f"seedsweep-{os.getuid()}").stat().st_mode & 0o777 == 0o700


def test_what_a_killed_process_left_goes_with_the_next(short: Path) -> None:
    """The next process deletes it, and nothing of those that live."""
    living = subprocess.Popen(
        [sys.executable, "-c", ASK + "input()"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(short)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert living.stdout is not None
    assert living.stdin is not None
    its = Path(living.stdout.readline().strip())
    killed = run(ASK + "import os; os.kill(os.getpid(), 9)", short)
    assert killed.returncode == -signal.SIGKILL
    gone = Path(killed.stdout.strip())
    assert (gone / "file").exists()
    run(ASK, short)
    assert not gone.exists()
    assert (its / "file").exists()
    living.communicate("\n", timeout=60)
    assert left(short) == []


def test_a_forked_process_has_a_folder_of_its_own(short: Path) -> None:
    """A child that ends does not delete what its parent uses."""
    program = ASK + (
        "import os\nchild = os.fork()\n"
        "if not child: print(scratch.folder() != made, flush=True); os._exit(0)\n"
        "os.waitpid(child, 0); print((made / 'file').exists())"
    )
    assert run(program, short).stdout.split()[1:] == ["True", "True"]


def test_the_logs_of_a_killed_runs_ray_are_kept(short: Path) -> None:
    """Those of the last failure, in one place; the rest of Ray's files goes."""
    for at in (1, 2):
        logs = "logs = made / 'r' / 'session_2026-01-01' / 'logs'; logs.mkdir(parents=True); "
        write = f"(logs / 'raylet.out').write_text('{at}'); import os; os.kill(os.getpid(), 9)"
        run(ASK + logs + write, short)
    run("from sweep.machine import scratch; scratch.sweep_up()", short)
    assert left(short) == []
    kept = short / f"seedsweep-{os.getuid()}" / "ray-logs-of-the-last-failure"
    assert (kept / "raylet.out").read_text() in ("1", "2")
    assert [one.name for one in kept.iterdir()] == ["raylet.out"]


def test_a_place_that_belongs_to_another_is_refused(short: Path) -> None:
    """A link in the place of the folder is not followed: who put it there would read along."""
    (short / "elsewhere").mkdir()
    (short / f"seedsweep-{os.getuid()}").symlink_to(short / "elsewhere")
    done = run(ASK, short)
    assert done.returncode == 1
    assert "it belongs to another" in done.stderr
    assert list((short / "elsewhere").iterdir()) == []


def test_a_long_path_is_given_up_for_a_short_one(tmp_path: Path) -> None:
    """A batch system's temporary folder may have no room for Ray's sockets below it."""
    assert Path(run(ASK, tmp_path).stdout.strip()).is_relative_to("/tmp")  # noqa: S108 (that is what is asserted)
