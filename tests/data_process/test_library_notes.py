"""TensorFlow's lines are left out of what a data function writes, and nothing else is."""

import os
import time

import pytest

from sweep.machine import library_notes

NOTES = [
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n",
    "I0000 00:00:1795815415.678057   14769 cudart_stub.cc:31] Could not find cuda drivers on your machine.\n",
    "2026-11-27 20:53:40.529101: I tensorflow/core/util/port.cc:153] oneDNN custom operations are on.\n",
]
OWN = [
    "reading 1,000 images\n", "Identity 7 has no face\n", "2026-11-27 is the day\n", "\r 10%|###   |\r100%|###|\n",
    "42 of 43\n", "é\n", "WARNING: two frames\n", "no end",
]  # fmt: skip


def through(capsys: pytest.CaptureFixture[str], *pieces: bytes) -> str:
    """Return what is shown of what is written in such pieces."""
    out, into = os.pipe()
    thread = library_notes.pass_on(os.fdopen(out, "rb"))
    for piece in pieces:
        os.write(into, piece)
        time.sleep(0.001 if len(pieces) > 20 else 0)
    os.close(into)
    thread.join(10)
    return capsys.readouterr().err


def test_only_tensorflows_lines_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Whole lines, in whatever pieces they come."""
    text = "".join(note + own for note, own in zip(NOTES * 4, OWN, strict=False)).encode()
    assert through(capsys, text) == "".join(OWN)
    assert through(capsys, *(text[at : at + 1] for at in range(len(text)))).encode() == "".join(OWN).encode()


@pytest.mark.parametrize("line", [*NOTES, *OWN])
def test_a_line_is_a_note_or_not(line: str) -> None:
    """By its beginning."""
    assert library_notes.is_note(line) == (line in NOTES)
