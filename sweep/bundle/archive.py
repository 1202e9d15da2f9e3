"""The archive as it is written: a ZIP whose bytes follow from its content alone, with a list of digests in it."""

import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from sweep.errors import InputError
from sweep.store.left_behind import name_beside

FORMAT = 1
MANIFEST = "MANIFEST"
HEAD = "# Seed Sweep bundle, format "
Content = bytes | Path  # of a file in the bundle: its bytes, or the file here that holds them
MOST_GROWTH, FREE = 100, 2**26  # an archive may unpack to so many times its size, and to so many bytes in any case
_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP knows
_PIECE = 2**20  # bytes


def fault_of_name(name: str) -> str:
    """Return why no file of a bundle may have this name, "" if it may: plain words with "/" between, below a folder."""
    parts = name.split("/")
    if "\\" in name or not name.isprintable():
        return "a name with signs that no file of a bundle has"
    if PurePosixPath(name).is_absolute() or ".." in parts or re.match(r"[A-Za-z]:", name):
        return "which leads out of the folder"
    return "a folder, or a name with empty parts" if "" in parts or "." in parts else ""


def manifest_of(contents: Mapping[str, Content]) -> bytes:
    """Return the list of digests, in the form that `sha256sum --check` reads: a line a file, by name.

    contents: name in the archive -> its content.
    """
    lines = [f"{digest_of(contents[name])}  {name}" for name in sorted(contents)]
    return "\n".join([f"{HEAD}{FORMAT}", *lines, ""]).encode()


def digest_of(content: Content) -> str:
    """Return the sha256 of a content."""
    digest = hashlib.sha256()
    for piece in _pieces(content):
        digest.update(piece)
    return digest.hexdigest()


def write_archive(path: Path, contents: Mapping[str, Content]) -> str:
    """Write the archive, whole or not at all, with its MANIFEST, and return its sha256.

    Names are sorted and dates fixed: the same contents give the same bytes.

    Raises:
        InputError: a name that no file of a bundle has, a file that changes while it is packed, or no place to write.
    """
    for name in contents:
        if why := fault_of_name(name):
            raise InputError(f"Expected names of files that every system can unpack. Received: {name!r:.200}, {why}.")
    manifest = manifest_of(contents)
    expected = {name: digest for digest, _, name in (line.partition("  ") for line in manifest.decode().splitlines())}
    beside = name_beside(path)
    try:
        for kind in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
            with zipfile.ZipFile(beside, "w", kind, compresslevel=6) as archive:
                for name in sorted({**contents, MANIFEST: manifest}):
                    content = manifest if name == MANIFEST else contents[name]
                    if _pour(archive, name, content, kind) != expected.get(name) and name != MANIFEST:
                        raise InputError(
                            "Expected files that stay as they are while they are packed. Received: "
                            f"{content!s:.200}, which changed. Give the command again when nothing writes there."
                        )
                whole = sum(entry.file_size for entry in archive.infolist())
            if whole <= most_unpacked(beside):
                break  # what packs too well, as black images, would be taken for an attack: it is not packed
        found = digest_of(beside)
        beside.replace(path)
    except OSError as error:
        raise InputError(
            f"Expected a place for the bundle that can be written. Received: {path}: {error.strerror or error}."
        ) from None
    finally:
        beside.unlink(missing_ok=True)
    return found


def most_unpacked(archive: Path) -> int:
    """Return how many bytes an archive of this size may unpack to."""
    return MOST_GROWTH * archive.stat().st_size + FREE


def _pour(archive: zipfile.ZipFile, name: str, content: Content, kind: int) -> str:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.external_attr = 0o100644 << 16
    entry.compress_type = kind
    entry.file_size = len(content) if isinstance(content, bytes) else content.stat().st_size
    digest = hashlib.sha256()
    with archive.open(entry, "w") as out:
        for piece in _pieces(content):
            digest.update(piece)
            out.write(piece)
    return digest.hexdigest()


def _pieces(content: Content) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
