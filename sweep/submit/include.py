"""The files that a study lists under `submit: {include: [...]}`: inside its folders, and no key unless it is named."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from sweep.errors import InputError

# Files that hold secrets by custom; a pattern or a folder does not take them along.
_KEYS = (
    *("id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "*.pem", "*.key", "*.ppk", "*.p12", "*.pfx", "*.jks", "*.kdbx"),
    *(
        "*.keytab",
        "*.gpg",
        "*.asc",
        "*.env",
        "*.age",
        "*token*",
        "*secret*",
        "*credential*",
        "*password*",
        "kubeconfig*",
    ),
)
_MARKS = ("pyvenv.cfg", "conda-meta", "study.json", "CACHEDIR.TAG")  # of environments, results and caches


@dataclass(frozen=True)
class Included:
    """Files that go along. left: hidden files, keys and links that lead outside, which a pattern met and left here."""

    files: tuple[Path, ...]
    left: tuple[Path, ...]


def included(entries: Sequence[str], folder: Path, here: Path, keep_out: Iterable[Path]) -> Included:
    """Return the files that the entries name.

    Args:
        entries: paths or patterns that start from `folder`.
        folder, here: of the study file and of the command; nothing outside of both goes along.
        keep_out: files and folders that stay here whatever names them: results, caches, the token.

    Raises:
        InputError: an entry that names nothing, something outside the two folders, or what must stay.
    """
    inside, out = [folder.resolve(), here.resolve()], {path.resolve() for path in keep_out}
    files: dict[Path, None] = {}
    left: dict[Path, None] = {}
    for entry in entries:
        exact = Path(os.path.normpath(folder / entry))
        if exact.is_file():
            found = [exact]
            _check_may_go(entry, exact, inside, out)
        elif exact.is_dir():
            _check_may_go(entry, exact, inside, out)
            found = list(_below(exact, out, left))
        else:
            found = [path for path in _matching(folder, entry) if not _stays(path, folder, out)]
            outside = next((path for path in found if not _is_inside(path.parent, inside)), None)
            if outside is not None:
                _check_may_go(entry, outside, inside, out)
        going = [path for path in found if path == exact or not _guarded(path, exact, folder)]
        going = [path for path in going if path == exact or _is_inside(path, inside)]
        left |= dict.fromkeys(path for path in found if path not in going)
        if not going:
            why = (
                "" if not found else f" but {found[0].name}: hidden files and keys go only where they are named exactly"
            )
            raise InputError(
                f"submit.include: expected files below {folder}. Received: {entry}, which matches nothing{why}. "
                "Name a file, a folder or a pattern (*, **), from the study file's folder."
            )
        files |= dict.fromkeys(going)
    return Included(tuple(files), tuple(path for path in left if path not in files))


def _matching(folder: Path, pattern: str) -> list[Path]:
    try:
        found = [Path(os.path.normpath(path)) for path in folder.glob(pattern)]
    except (ValueError, NotImplementedError, IndexError):
        return []
    return sorted(path for path in found if path.is_file())


def _below(top: Path, out: set[Path], left: dict[Path, None]) -> Iterator[Path]:
    """Yield the files below a folder, without what stays here; links to folders are not followed."""
    for at, folders, names in os.walk(top):
        folder = Path(at)
        left |= dict.fromkeys(folder / name for name in folders if name.startswith("."))
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not _own(folder / name, out))
        for name in sorted(names):
            path = folder / name
            if path.is_file() and path.resolve() not in out:
                yield path


def _check_may_go(entry: str, path: Path, inside: Sequence[Path], out: set[Path]) -> None:
    if not _is_inside(path, inside):
        raise InputError(
            f"submit.include: expected files below {' or '.join(dict.fromkeys(map(str, inside)))}. Received: {entry}, "
            f"which leads to {path.resolve()}. Copy it there, or put it on the nodes."
        )
    if any(_own(one, out) for one in (path, *path.parents) if _is_inside(one, inside) and one.resolve() not in inside):
        raise InputError(
            f"submit.include: expected code and small files. Received: {entry}, which is or lies in results, a cache, "
            "an environment or a token; these are never sent."
        )


def _stays(path: Path, folder: Path, out: set[Path]) -> bool:
    """Return whether a file that a pattern met is of results, a cache or an environment."""
    between = [one for one in (path, *path.parents) if one.is_relative_to(folder) and one != folder]
    return any(_own(one, out) for one in between)


def _own(path: Path, out: set[Path]) -> bool:
    """Return whether a file or folder is results, a cache, an environment or the token."""
    if path.resolve() in out or path.name == "__pycache__":
        return True
    return path.is_dir() and any((path / mark).exists() for mark in _MARKS)


def _guarded(path: Path, named: Path, folder: Path) -> bool:
    """Return whether a file is hidden or a key, seen from what was named."""
    start = named if path.is_relative_to(named) else folder
    parts = path.relative_to(start).parts if path.is_relative_to(start) else path.parts[-1:]
    if any(part.startswith(".") for part in parts) or any(fnmatch(path.name.lower(), key) for key in _KEYS):
        return True
    with path.open("rb") as file:
        return b"PRIVATE KEY-----" in file.read(4096)


def _is_inside(path: Path, inside: Sequence[Path]) -> bool:
    return any(path.resolve().is_relative_to(folder) for folder in inside)
