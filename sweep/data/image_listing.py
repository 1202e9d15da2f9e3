"""What lies in an image folder: every image with its size and times, found without opening any."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from sweep.errors import InputError, nearest

SUFFIXES = (".png", ".jpg", ".jpeg", ".pgm", ".ppm", ".pnm", ".pbm", ".bmp", ".tif", ".tiff", ".webp")
KINDS = "PNG, JPEG, TIFF, WebP, PGM, PPM, BMP"
_MOST_VISITS = 100  # of one folder, through links
_NO_DATA = {"thumbs.db", "desktop.ini", "__macosx"}  # left by file managers, as is every name that begins with a dot


_Inode = tuple[int, int]


@dataclass(frozen=True)
class Listing:
    """The files below a folder.

    images: path relative to the root, "/" between its parts, sorted -> (bytes, modified, changed), times in ns.
    others: what is no image of a kind we read, sorted. folders: all folders, sorted. A link counts as what it points
    to: what two links lead to stands here twice, under both names. one_folder: path of a folder -> the first of the
    paths that lead to the same folder, where there are several; one that is no link is before those that are.
    """

    root: Path
    images: dict[str, tuple[int, int, int]]
    others: tuple[str, ...]
    folders: tuple[str, ...]
    one_folder: dict[str, str] = field(default_factory=dict)

    def name_of_folder(self, path: str) -> str:
        """Return the last word of a folder's path; one word for all links to one folder."""
        return self.one_folder.get(path, path).rpartition("/")[2]


def list_images(root: Path) -> Listing:
    """Return what lies below the root; hidden files, Thumbs.db and the like are left out, links are followed.

    A link back to a folder that it lies in is left out. About 10 µs an image. Raises InputError where the folder is
    missing, a name is not valid Unicode, or links lead to one folder over a hundred times.
    """
    check_folder(root)
    images: dict[str, tuple[int, int, int]] = {}
    others: list[str] = []
    folders: list[str] = []
    visits: dict[_Inode, list[str]] = {}
    links: set[str] = set()
    waiting: list[tuple[str, Path, frozenset[_Inode]]] = [("", root, frozenset())]
    while waiting:
        prefix, folder, above = waiting.pop()
        status = folder.stat()
        here = (status.st_dev, status.st_ino)
        if here in above:
            continue  # a link back to a folder above
        visits.setdefault(here, []).append(prefix.removesuffix("/"))
        if len(visits[here]) > _MOST_VISITS:
            raise InputError(
                f"Expected links that lead to a folder at most {_MOST_VISITS} times. Received: more to "
                f"{folder.resolve()}. Remove the links."
            )
        within = above | {here}
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.startswith(".") or entry.name.lower() in _NO_DATA:
                    continue
                name = _checked(prefix + entry.name)
                if entry.is_dir():
                    folders.append(name)
                    if entry.is_symlink():
                        links.add(name)
                    waiting.append((f"{name}/", folder / entry.name, within))
                elif entry.name.lower().endswith(SUFFIXES) and (entry.is_file() or _leads_nowhere(entry)):
                    images[name] = stamp(entry)
                else:
                    others.append(name)
    several = [sorted(paths, key=lambda path: (path in links, path)) for paths in visits.values() if len(paths) > 1]
    same = {path: paths[0] for paths in several for path in paths}
    return Listing(root, dict(sorted(images.items())), tuple(sorted(others)), tuple(sorted(folders)), same)


def _leads_nowhere(entry: os.DirEntry[str]) -> bool:
    """Return whether this is a link to nothing, or one in a circle; a pipe or a device is none."""
    return entry.is_symlink() and not Path(entry.path).exists()


def stamp(entry: os.DirEntry[str] | Path) -> tuple[int, int, int]:
    """Return (bytes, modified, changed) of a file: it is taken for unchanged while these are."""
    try:
        status = entry.stat()
    except OSError:
        return (-1, 0, 0)  # a link that leads nowhere: reported as unreadable when it is opened
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def check_folder(root: Path) -> None:
    """Raise InputError naming the nearest existing name unless the root is a folder."""
    if root.is_dir():
        return
    if root.is_symlink():
        raise InputError(f"Expected a folder of images. Received: {root}, a link that leads to no folder.")
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
