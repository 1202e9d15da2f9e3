"""The command `sweep` in this warm process, held to what every malformed input must get."""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch

from sweep.commands.cli import main
from tests.fuzz.hanging import ended_when_it_hangs

LINES, CHARACTERS = 12, 2000


def answer_of(*words: object) -> tuple[int, str, str]:
    """Return exit code, standard output and standard error of the command; an exception that escapes is a traceback."""
    out, err = io.StringIO(), io.StringIO()
    with patch.object(sys, "argv", ["sweep", *map(str, words)]), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
    return code, out.getvalue(), err.getvalue()


def check_answer(*words: object) -> int:
    """Return the exit code, 0 to 3, of a command that ends, says little, and gives JSON where it is asked for."""
    with ended_when_it_hangs():
        code, out, err = answer_of(*words)
    assert code in (0, 1, 2, 3), err
    assert "Traceback" not in err
    assert "This is a fault of Seed Sweep" not in err, err
    assert len(err.splitlines()) <= LINES, err
    assert len(err) <= CHARACTERS, err
    assert all(mark not in out + err for mark in ("\x1b", "\0")), "a control character reaches the terminal"
    if code >= 2:
        assert out == ""
        assert err.strip(), "a refusal without a word"
    elif "--json" in words:
        json.loads(out)
    else:
        assert len(out.splitlines()) <= 40
    return code
