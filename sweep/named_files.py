"""Files and folders that a study names by a keyword: weights of a model's function, say; known by their content."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_LARGE = 2**24  # bytes from which a digest is kept
_SETTLED = 2.0  # seconds; a file that was changed later than this may change again within one tick of its clock
_NOT_CONTENT = {"__pycache__", ".git"}


def named_files(keywords: Mapping[str, Any], *, kept: Path, without: Path | None = None) -> dict[str, str]:
    """Return keyword's word -> digest of what it names, for words at any depth that name a file or folder.

    Args:
        keywords: of a study's functions. Relative names start in the current folder, as for the functions themselves.
        kept: a folder of this machine where digests of large files are kept, by path, size and times.
        without: a folder that is left out of folders: the study's results.
    """
    found = {}
    for word in dict.fromkeys(words(keywords)):
        path = Path(word).expanduser()
        try:
            files = list(_files(path, without))
        except OSError:
            continue  # too long for a name, or not ours to read
        if files:
            digest = hashlib.sha256()
            for name, file in files:
                digest.update(name.encode() + b"\0" + _content(file, kept).encode())
            found[word] = digest.hexdigest()[:16]
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


def _content(file: Path, kept: Path) -> str:
    about = file.stat()
    if about.st_size < _LARGE or time.time() - max(about.st_mtime, about.st_ctime) < _SETTLED:
        return _digest(file)
    known = [str(file.resolve()), about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino]
    note = kept / "digests" / hashlib.sha256(json.dumps(known).encode()).hexdigest()
    try:
        said = note.read_text(encoding="ascii")
        if len(said) == 64:
            return said
    except (OSError, ValueError):
        pass  # not known yet
    found = _digest(file)
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(found, encoding="ascii")
    except OSError:
        pass  # it is read again the next time
    return found


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
