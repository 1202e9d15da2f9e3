"""The command in this process, which the fixture `one_ray` has connected to Ray: neither Python nor Ray start anew."""

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sweep.commands.cli import main
from sweep.machine.caller_state import put_back


def sweep_here(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Return the finished command `sweep`: exit code, standard output, standard error."""
    out, err = io.StringIO(), io.StringIO()
    code: Any = 0
    with put_back(), patch.object(sys, "argv", ["sweep", *map(str, words)]), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())
