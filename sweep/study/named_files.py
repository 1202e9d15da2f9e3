"""Files that decide a model, such as its weights, known by their content: those that a study names, and others."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sweep.store.sealed_json import sha256_of

_LARGE = 2**24  # bytes from which a digest is kept
_SETTLED = 2.0  # seconds; a file that was changed later than this may change again within one tick of its clock
_NOT_CONTENT = {"__pycache__", ".git"}


def named_files(keywords: Any, *, kept: Path, without: Path | None = None, start: Path | None = None) -> dict[str, str]:
    """Return keyword's word -> digest of what it names, for words at any depth that name a file or folder.

    Args:
        keywords: of a study's functions.
        kept: a folder of this machine where digests of large files are kept, by path, size and times.
        without: a folder that is left out of folders: the study's results.
        start: where relative names start; None: in the current folder, as for the functions themselves.
    """
    found = {}
    for word in dict.fromkeys(words(keywords)):
        try:
            path = (start or Path()) / Path(word).expanduser()
            files = list(_files(path, without))
        except (OSError, RuntimeError):
            continue  # too long for a name, not ours to read, or in a home of nobody
        if files:
            digest = hashlib.sha256()
            for name, file in files:
                digest.update(name.encode() + b"\0" + content(file, kept).encode())
            found[word] = digest.hexdigest()[:16]
    return found


def files_outside(said: str) -> dict[str, str]:
    """Return the files of a trial's column `outside`, name -> digest: what its model read and no study names."""
    told = json.loads(said)
    return {**told.get("unnamed_files", {}), **told.get("keras_files", {})}


def changed_files(before: Mapping[str, str], kept: Path) -> list[str]:
    """Return the files that hold something else than before; those that are not here cannot be told."""
    found = []
    for name, digest in before.items():
        try:
            now = content(Path(name).expanduser(), kept)[:16]
        except (OSError, RuntimeError):
            continue
        if digest and now != digest:
            found.append(name)
    return found


def words(value: Any) -> Iterator[str]:
    """Yield every word in keywords, at any depth."""
    if isinstance(value, str) and value and "\0" not in value:
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from words(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from words(one)


def _files(path: Path, without: Path | None) -> Iterator[tuple[str, Path]]:
    """Yield (name below the path, file), sorted; of a prefix of TensorFlow's checkpoints its parts."""
    if path.is_file():
        yield "", path
    elif path.is_dir():
        skipped = without.resolve() if without is not None else None
        for one in sorted(path.rglob("*")):
            parts = one.relative_to(path).parts
            inside = skipped is not None and one.resolve().is_relative_to(skipped)
            if one.is_file() and not inside and not _NOT_CONTENT & set(parts):
                yield "/".join(parts), one
    elif path.with_name(f"{path.name}.index").is_file():
        for one in sorted([*path.parent.glob(f"{path.name}.index"), *path.parent.glob(f"{path.name}.data-*")]):
            yield one.name.removeprefix(path.name), one


def content(file: Path, kept: Path) -> str:
    """Return the sha256 of a file; of a large one it is kept in a folder of this machine."""
    about = file.stat()
    if about.st_size < _LARGE or time.time() - max(about.st_mtime, about.st_ctime) < _SETTLED:
        return sha256_of(file)
    known = [str(file.resolve()), about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino]
    note = kept / "digests" / hashlib.sha256(json.dumps(known).encode()).hexdigest()
    try:
        said = note.read_text(encoding="ascii")
        if len(said) == 64:
            return said
    except (OSError, ValueError):
        pass  # not known yet
    found = sha256_of(file)
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(found, encoding="ascii")
    except OSError:
        pass  # it is read again the next time
    return found
