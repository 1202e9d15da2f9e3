"""The lines that TensorFlow writes to standard error when it is loaded: no study needs them, no setting stops all."""

import codecs
import os
import re
import sys
import threading
from contextlib import suppress
from typing import BinaryIO

_BEGINS = re.compile(
    rb"[IWEF]\d{4} \d\d:|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: |WARNING: All log messages before absl::"
)
_LONGEST_BEGINNING = 48  # characters that tell whether a line is such a note


def is_note(line: str) -> bool:
    """Return whether a line is TensorFlow's."""
    return _BEGINS.match(line.encode(errors="replace")) is not None


def pass_on(pipe: BinaryIO) -> threading.Thread:
    """Return a started thread that writes what comes through a pipe to standard error, without such lines.

    It ends with the pipe, and closes it. A line without an end, such as a progress bar, is shown at once.
    """
    thread = threading.Thread(target=_pass_on, args=(pipe,), daemon=True)
    thread.start()
    return thread


def _pass_on(pipe: BinaryIO) -> None:
    held, begins, hidden = b"", True, False  # of the line that is being written: its beginning, while that is undecided
    decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a read may end within a character
    with pipe:
        while chunk := os.read(pipe.fileno(), 2**16):
            shown = b""
            for piece in chunk.splitlines(keepends=True):
                ends = piece.endswith((b"\n", b"\r"))
                if begins:
                    held += piece
                    if not ends and held[:1] in b"IWEF0123456789" and len(held) < _LONGEST_BEGINNING:
                        continue
                    piece, held, hidden = held, b"", _BEGINS.match(held) is not None
                shown += b"" if hidden else piece
                begins = ends
            _write(decoder.decode(shown))
    _write(decoder.decode(held, final=True))


def _write(text: str) -> None:
    if text and sys.stderr is not None:
        with suppress(OSError, ValueError):  # the stream is gone; whoever writes into the pipe goes on all the same
            sys.stderr.write(text)
            sys.stderr.flush()
