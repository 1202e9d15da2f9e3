"""Ctrl-C that no command answers itself: one line and exit code 130, from the first import on."""

import subprocess
import sys

import pytest

IN_IMPORT = """
import sys
class Pressed:
    def find_spec(self, name, path=None, target=None):
        if name == "sweep.commands.cli":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Pressed())
"""
IN_COMMAND = """
import sys
from unittest import mock
def press(*_):
    raise KeyboardInterrupt
mock.patch("sweep.store.store.load", press).start()
"""
IN_RUN = """
import sys
from unittest import mock
def press(*_, **__):
    raise KeyboardInterrupt
mock.patch("sweep.running.execution.run", press).start()
mock.patch("sweep.running.head_start.import_ahead", lambda *_, **__: None).start()
"""


@pytest.mark.parametrize(
    ("pressed", "words", "said"),
    [
        (IN_IMPORT, ["report", "results/reference"], "sweep: stopped.\n"),
        (IN_COMMAND, ["report", "results/reference"], "sweep: stopped.\n"),
        (IN_RUN, ["run", "portable"], "sweep: stopped. Finished trials are stored; give the same command to go on.\n"),
    ],
    ids=["import", "command", "run"],
)
def test_ctrl_c_is_one_line(pressed: str, words: list[str], said: str) -> None:
    """No traceback, and nothing said twice."""
    program = f"{pressed}\nsys.argv = {['sweep', *words]!r}\nfrom sweep.commands.entry import main\nmain()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=False)
    lines = [line for line in done.stderr.splitlines(keepends=True) if "stopped" in line or "Traceback" in line]
    assert (done.returncode, done.stdout, lines) == (130, "", [said])
