"""The errors that a user can meet, as one small tree.

SweepError            anything that ends the command with one message and no traceback
├── InputError        the input is wrong: a file, an option, the data (exit code 2)
└── ClusterError      the machine or the cluster could not do it (exit code 3)

A message says what was expected, what came and what to do, in one or two lines.
"""

import difflib
from collections.abc import Iterable


class SweepError(Exception):
    """Ends the command with its message alone, without a traceback."""

    exit_code = 1


class InputError(SweepError):
    """The input is wrong: expected, received, what to do."""

    exit_code = 2


class ClusterError(SweepError):
    """The machine or the cluster could not do what was asked."""

    exit_code = 3


def nearest(word: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the nearest known word, or an empty string."""
    match = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean '{match[0]}'?" if match else ""


def one_line(error: BaseException) -> str:
    """Return type and message of an error in one line; an operation without a deterministic kernel is explained."""
    text = " ".join(str(error).split())[:500]
    if "eterministic" in text and type(error).__name__ == "UnimplementedError":
        return (
            f"Expected only operations with a deterministic GPU kernel. Received: {text} "
            "Replace that operation, or set `determinism: off` and give up runs that repeat to the bit."
        )
    return text if isinstance(error, InputError) else f"{type(error).__name__}: {text}"
