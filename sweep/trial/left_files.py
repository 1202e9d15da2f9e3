"""The files that a user's function left in `run.folder`: which are kept, and what is no file that can be kept."""

import os
import stat
from pathlib import Path

from sweep.errors import InputError

MOST_BYTES = 256 * 2**20  # of all files of a trial: they pass through memory, and through the network
MOST_FILES = 1000
_LONGEST = 200  # bytes of a name, as file systems take 255 with what is put before and after
_WHAT = "run.folder: expected at most {most} in the files that a trial keeps. Received: {came}. Write {do}."


def left_files(folder: Path) -> dict[str, Path]:
    """Return name below the folder -> file, of every file in it; links are none.

    Raises:
        InputError: more files or bytes than are kept, a name that other machines do not take, or no plain file.
    """
    found: dict[str, Path] = {}
    n_bytes = 0
    for one in _every(folder):
        kind = one.lstat()
        if stat.S_ISDIR(kind.st_mode) or stat.S_ISLNK(kind.st_mode):
            continue
        name = one.relative_to(folder).as_posix()
        if odd := _odd(one.relative_to(folder).parts):
            raise InputError(f"run.folder: expected names without {odd}. Received: {name[:80]!r}. Name the file anew.")
        if not stat.S_ISREG(kind.st_mode) or not os.access(one, os.R_OK):
            raise InputError(f"run.folder: expected files that can be read. Received: {name}. Remove it in the end.")
        found[name] = one
        n_bytes += kind.st_size
        if n_bytes > MOST_BYTES:
            came = f"more than {MOST_BYTES >> 20} MiB, with {name} of {kind.st_size / 2**20:,.0f} MiB"
            do = "large files elsewhere, in a folder of your own named by run.trial_id"
            raise InputError(_WHAT.format(most=f"{MOST_BYTES >> 20} MiB", came=came, do=do))
        if len(found) > MOST_FILES:
            raise InputError(_WHAT.format(most=f"{MOST_FILES:,} files", came="more", do="them as one, such as a zip"))
    return found


def links_in(folder: Path) -> list[str]:
    """Return the names of the links in a folder, which are not kept."""
    return [one.relative_to(folder).as_posix() for one in _every(folder) if one.is_symlink()]


def _every(folder: Path) -> list[Path]:
    """Return what is in a folder and its folders, sorted; links are not followed."""
    walked = os.walk(folder)
    return sorted(Path(place) / name for place, folders, files in walked for name in (*folders, *files))


def _odd(parts: tuple[str, ...]) -> str:
    """Return what a name has that a file system or an object store does not take, "" for none."""
    for part in parts:
        try:
            length = len(part.encode())
        except UnicodeEncodeError:
            return "bytes that are no text"
        if length > _LONGEST:
            return f"more than {_LONGEST} bytes"
        if not part.isprintable() or "\\" in part:
            return "line breaks, control characters and backslashes"
    return ""
