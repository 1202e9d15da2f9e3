"""A fresh process for a call: its value, its faults and its death reach the caller, and it never outlives it."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from multiprocessing import util
from pathlib import Path

import pytest

from sweep.machine import process
from tests.process import calls

ROOT = Path(__file__).parents[2]
IMPORTS = "from sweep.machine import process; from tests.process import calls"


@pytest.fixture(autouse=True)
def no_log_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After every call, however it ended, the temporary folder is as empty as before."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield
    assert [one.name for one in place.iterdir() if one.name.startswith("seedsweep-") and one.suffix == ".log"] == []


def gone(pid: int, seconds: float = 120) -> bool:
    """Return whether a process ends within some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_value_comes_back() -> None:
    """What the function returns is the outcome, without crash and without log."""
    assert process.call(calls.double, 21) == process.Outcome(value=42)
    assert process.call(calls.double, "") == process.Outcome(value="")


def test_every_call_has_a_process_of_its_own() -> None:
    """Two calls meet two processes, and neither is the caller's."""
    pids = {process.call(calls.who, None).value[0] for _ in range(3)} | {os.getpid()}
    assert len(pids) == 4
    assert all(gone(pid) for pid in pids - {os.getpid()})


@pytest.mark.skipif(sys.platform != "linux", reason="glibc reads it, and /proc shows what it read")
def test_the_heap_has_room_from_the_start() -> None:
    """What glibc reads when the fork server starts is there by then: later would change nothing."""
    ask = f"{IMPORTS}; print(process.call(calls.at_start, calls.HEAP))"
    surroundings = {name: value for name, value in os.environ.items() if name != calls.HEAP}
    done = subprocess.run(  # a program of its own, since a fork server that is there already read nothing
        [sys.executable, "-c", ask], cwd=ROOT, env=surroundings, capture_output=True, text=True, check=True
    )
    assert f"value='{64 * 2**20}'" in done.stdout


def test_an_exception_is_raised_with_its_trace() -> None:
    """A fault of the function is an error here, and tells where it happened."""
    with pytest.raises(RuntimeError, match="ValueError: no such thing") as caught:
        process.call(calls.fail, "no such thing")
    assert "calls.py" in str(caught.value)
    assert "outside the trial" in str(caught.value)


def test_leaving_by_sys_exit_is_a_fault_with_a_trace() -> None:
    """A user's sys.exit ends neither the caller nor the knowledge of where it stood."""
    with pytest.raises(RuntimeError, match="SystemExit: 3"):
        process.call(calls.leave, 3)


def test_a_killed_process_is_a_crash_with_its_signal() -> None:
    """SIGKILL, as the kernel sends it when memory runs out, is told with what the process had printed."""
    outcome = process.call(calls.print_and_be_killed, "the last thing it said")
    assert outcome.value is None
    assert outcome.crash == "killed by signal 9 (often: out of memory)"
    assert outcome.log.splitlines() == ["the last thing it said", "the last thing it said on stderr"]


def test_a_process_that_ends_without_an_answer_is_a_crash() -> None:
    """An exit in the middle, even with code 0, is not taken for an answer."""
    assert process.call(calls.end, 3).crash == "ended with exit code 3 and no answer"
    assert process.call(calls.end, 0).crash == "ended with exit code 0 and no answer"


def test_the_end_of_a_long_log_is_kept() -> None:
    """Of what a crashed process printed, the last lines are the ones that tell."""
    outcome = process.call(calls.print_much, 5_000_000)
    assert "signal 6" in outcome.crash
    assert "last word" in outcome.log
    assert len(outcome.log) <= 4000


def test_an_answer_that_cannot_be_sent_is_a_crash_with_its_trace() -> None:
    """A value that cannot be pickled is told as such."""
    outcome = process.call(calls.answer_what_cannot_be_sent, None)
    assert outcome.crash
    assert "pickle" in outcome.log


def test_an_argument_that_cannot_be_sent_is_raised() -> None:
    """Then no process starts, and no log stays."""
    with pytest.raises(Exception, match="pickle"):
        process.call(calls.double, lambda: None)


def test_big_arguments_and_answers_pass() -> None:
    """Ten megabytes each way are more than any pipe holds."""
    outcome = process.call(calls.double, b"x" * 10_000_000)
    assert outcome.value == b"x" * 20_000_000


def test_the_callers_main_module_is_as_before() -> None:
    """It is hidden while a process starts, and whole again afterwards, even when no process could be started."""
    main = sys.modules["__main__"]
    before = (main.__spec__, getattr(main, "__file__", None))
    process.call(calls.double, 1)
    with pytest.raises(Exception, match="pickle"):
        process.call(calls.double, lambda: None)
    assert (main.__spec__, getattr(main, "__file__", None)) == before


def test_a_script_without_a_guard_may_call(tmp_path: Path) -> None:
    """A user's script that runs a study at its top level is run once, not once a process."""
    script = tmp_path / "script.py"
    script.write_text(
        "from sweep.machine import process\nfrom tests.process import calls\nprint('here', flush=True)\n"
        "print(process.call(calls.double, 2).value)\n"
    )
    answer = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert answer.stdout.split() == ["here", "4"]
    assert answer.stderr == ""


def test_a_temporary_folder_with_a_long_path_will_do(tmp_path: Path) -> None:
    """A socket's path is short by nature; a batch system's temporary folder may be longer."""
    place = tmp_path / ("long" * 20)
    place.mkdir()
    program = f"{IMPORTS}; print(process.call(calls.double, 2).value)"
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(place)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert answer.stdout == "4\n", answer.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_process_ends_with_its_caller(tmp_path: Path, how: signal.Signals) -> None:
    """However the caller dies, its process and its fork server are gone within seconds, and so is the log."""
    said = tmp_path / "pid"
    program = f"{IMPORTS}; process.call(calls.say_and_sleep, {str(said)!r})"
    place = tmp_path / "callers"
    place.mkdir()
    caller = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env={**os.environ, "TMPDIR": str(place)}, stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + 180
    while not said.exists() and caller.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    pid = int(said.read_text())
    server = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    caller.send_signal(how)
    caller.wait(120)
    assert gone(pid)
    assert gone(server)
    assert [one.name for one in place.iterdir() if one.suffix == ".log"] == []


def test_a_call_within_another_leaves_the_temporary_folder_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes another folder for a moment, and none takes that of another for the caller's."""
    second = threading.Thread(target=process._before_the_server)

    def slow() -> None:
        if second.ident is None:
            second.start()
        else:
            time.sleep(0.2)  # ends after the first
        time.sleep(0.1)

    monkeypatch.setattr(util, "get_temp_dir", slow)
    before = tempfile.tempdir
    process._before_the_server()
    second.join()
    assert tempfile.tempdir == before
