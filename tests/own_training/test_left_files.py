"""Files that a function leaves in `run.folder`: kept by name, with a limit, and none that cannot be stored."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sweep.errors import InputError
from sweep.trial import left_files
from sweep.trial.left_files import links_in


def test_files_of_folders_are_kept_and_links_are_named(tmp_path: Path) -> None:
    """A name has "/" between its parts; what a link leads to is not read."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "ä c.txt").write_text("x")
    (tmp_path / "out").symlink_to("/etc")
    assert list(left_files.left_files(tmp_path)) == ["a/b/ä c.txt"]
    assert links_in(tmp_path) == ["out"]


def _large(folder: Path) -> None:
    with (folder / "weights.bin").open("wb") as file:
        file.truncate(left_files.MOST_BYTES + 1)  # without a byte on the disk


def _many(folder: Path) -> None:
    for number in range(left_files.MOST_FILES + 1):
        (folder / str(number)).touch()


@pytest.mark.parametrize(
    ("leave", "said"),
    [
        (_large, r"at most 256 MiB .* with weights\.bin of 256 MiB\. Write large files elsewhere"),
        (_many, "at most 1,000 files"),
        (lambda folder: (folder / "two\nlines").touch(), r"names without line breaks.*'two\\nlines'"),
        (lambda folder: (folder / ("a" * 250)).touch(), "names without more than 200 bytes"),
        (lambda folder: (folder / os.fsdecode(b"\xff\xfe")).touch(), "bytes that are no text"),
        (lambda folder: os.mkfifo(folder / "pipe"), "files that can be read. Received: pipe"),
    ],
)
def test_what_cannot_be_kept_is_one_message(tmp_path: Path, leave: Callable[[Path], None], said: str) -> None:
    """It is told before a byte is read, with the name."""
    leave(tmp_path)
    with pytest.raises(InputError, match=said):
        left_files.left_files(tmp_path)
