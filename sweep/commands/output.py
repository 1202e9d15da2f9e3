"""What a command writes: one JSON object or text on standard output, everything else on standard error."""

import sys
from typing import Any, NoReturn, TextIO

import typer

from sweep.errors import printable
from sweep.errors.plain_json import json_text


def say(text: str, *, styled: bool = False) -> None:
    """Write lines for the person, on standard output; styled: they hold a terminal's own codes, which stay."""
    sys.stdout.write(_writable(text if styled else printable(text), sys.stdout) + "\n")


def note(text: str) -> None:
    """Write a line of progress or warning, on standard error."""
    sys.stderr.write(_writable(printable(text), sys.stderr) + "\n")
    sys.stderr.flush()


STOPPED = 130  # exit code of a command that Ctrl-C ended
_told: list[str] = []  # what a command said of its own end


def stopped(text: str = "stopped.") -> NoReturn:
    """Say that Ctrl-C ended the command, and what that means; and end it."""
    _told.append(text)
    note(f"sweep: {text}")
    raise typer.Exit(STOPPED) from None


def told_of_end() -> bool:
    """Return whether a command said itself that it was stopped."""
    return bool(_told)


def _writable(text: str, stream: TextIO) -> str:
    """Return text that the stream can write: what its encoding lacks with escapes."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, errors="backslashreplace").decode(encoding)


def say_json(answer: dict[str, Any]) -> None:
    """Write one JSON object on standard output; a number that is not finite becomes null, as JSON has none."""
    sys.stdout.write(json_text(answer) + "\n")
