"""The errors that a user can meet, as one small tree.

SweepError            anything that ends the command with one message and no traceback
├── InputError        the input is wrong: a file, an option, the data (exit code 2)
└── ClusterError      the machine or the cluster could not do it (exit code 3)

A message says what was expected, what came and what to do, in one or two lines.
"""

import difflib
import math
import re
from collections.abc import Iterable

# What a person's code may raise in a process of its own, which Ctrl-C does not reach.
OF_USERS_CODE = (Exception, SystemExit, KeyboardInterrupt)

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # Keras writes errors in bold
_MOST_CHARACTERS, _MOST_LINES = 1900, 12  # of a message


class SweepError(Exception):
    """Ends the command with its message alone, without a traceback; what it quotes is made printable and short."""

    exit_code = 1

    def __str__(self) -> str:
        """Return the message; of a long one the beginning and the end, which says what to do."""
        lines = printable(super().__str__()).splitlines()
        if len(lines) > _MOST_LINES:
            lines = [*lines[: _MOST_LINES - 2], f"... {len(lines) - _MOST_LINES + 1} more lines ...", lines[-1]]
        text = "\n".join(lines)
        end = _MOST_CHARACTERS // 3
        return text if len(text) <= _MOST_CHARACTERS else f"{text[: 2 * end]} ... {text[-end:]}"


class InputError(SweepError):
    """The input is wrong: expected, received, what to do."""

    exit_code = 2


class ClusterError(SweepError):
    """The machine or the cluster could not do what was asked."""

    exit_code = 3


def printable(text: str) -> str:
    """Return text that a terminal takes for nothing but text: control characters and broken Unicode with escapes."""
    text = text.encode(errors="backslashreplace").decode()
    return "".join(one if one.isprintable() or one in "\n\t" else repr(one)[1:-1] for one in text)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the nearest known word, or an empty string."""
    match = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean '{match[0]}'?" if match else ""


def large(n: int) -> str:
    """Return a whole number for a person: with commas, or by its power of ten."""
    return f"{n:,}" if abs(n) < 10**12 else f"about {'-' if n < 0 else ''}10^{int(math.log10(abs(n)))}"


def one_line(error: BaseException) -> str:
    """Return type and message of an error in one line; an operation without a deterministic kernel is explained."""
    text = " ".join(_COLOURS.sub("", str(error)).split())[:500]
    if "eterministic" in text and type(error).__name__ == "UnimplementedError":
        return (
            f"Expected only operations with a deterministic GPU kernel. Received: {text} "
            "Replace that operation, or set `determinism: off` and give up runs that repeat to the bit."
        )
    return text if isinstance(error, InputError) else f"{type(error).__name__}{': ' * bool(text)}{text}"
