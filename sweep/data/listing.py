"""What lies in an image folder: every image with its size and times, found without opening any."""

import os
from dataclasses import dataclass
from pathlib import Path

from sweep.errors import InputError, nearest

SUFFIXES = (".png", ".jpg", ".jpeg", ".pgm", ".bmp")
_NO_DATA = {"thumbs.db", "desktop.ini", "__macosx"}  # left by file managers, as is every name that begins with a dot


@dataclass(frozen=True)
class Listing:
    """The files below a folder.

    images: path relative to the root, "/" between its parts, sorted -> (bytes, modified, changed), times in ns.
    others: files that are no image of a kind we read, sorted. folders: all folders, sorted.
    """

    root: Path
    images: dict[str, tuple[int, int, int]]
    others: tuple[str, ...]
    folders: tuple[str, ...]


def list_images(root: Path) -> Listing:
    """Return what lies below the root; hidden files, Thumbs.db and the like are left out, links are followed.

    About 10 µs an image. Raises InputError where the folder is missing or a name is not valid Unicode.
    """
    check_folder(root)
    images: dict[str, tuple[int, int, int]] = {}
    others: list[str] = []
    folders: list[str] = []
    seen: set[tuple[int, int]] = set()
    waiting = [("", root)]
    while waiting:
        prefix, folder = waiting.pop()
        status = folder.stat()
        if (status.st_dev, status.st_ino) in seen:
            continue  # a link back to a folder above, or a second link to one folder
        seen.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.startswith(".") or entry.name.lower() in _NO_DATA:
                    continue
                name = _checked(prefix + entry.name)
                if entry.is_dir():
                    folders.append(name)
                    waiting.append((f"{name}/", folder / entry.name))
                elif entry.name.lower().endswith(SUFFIXES):
                    images[name] = stamp(entry)
                else:
                    others.append(name)
    return Listing(root, dict(sorted(images.items())), tuple(sorted(others)), tuple(sorted(folders)))


def stamp(entry: os.DirEntry[str] | Path) -> tuple[int, int, int]:
    """Return (bytes, modified, changed) of a file: it is taken for unchanged while these are."""
    try:
        status = entry.stat()
    except FileNotFoundError:
        return (-1, 0, 0)  # a link that leads nowhere: reported as unreadable when it is opened
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def check_folder(root: Path) -> None:
    """Raise InputError naming the nearest existing name unless the root is a folder."""
    if root.is_dir():
        return
    if root.exists():
        raise InputError(f"Expected a folder of images. Received: the file {root}.")
    missing = root
    while missing.parent != missing and not missing.parent.is_dir():
        missing = missing.parent
    siblings = [path.name for path in missing.parent.iterdir()] if missing.parent.is_dir() else []
    raise InputError(
        f"Expected the folder {root}. Received: no {missing.name!r} in {missing.parent.absolute()}."
        f"{nearest(missing.name, siblings)}"
    )


def _checked(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        raise InputError(
            f"Expected file names in Unicode (UTF-8). Received: {name.encode(errors='backslashreplace').decode()}. "
            "Rename the file."
        ) from None
    return name
