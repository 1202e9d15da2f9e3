"""An archive of somebody's, opened: nothing of it is believed before every name and every digest was looked at."""

import hashlib
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweep.bundle.archive import FORMAT, HEAD, MANIFEST, MOST_GROWTH, fault_of_name, most_unpacked
from sweep.errors import InputError

ABOUT = "bundle.json"
_MOST_FILES = 1_000_000
_MOST_LISTED = 2**28  # bytes of MANIFEST and bundle.json
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
_AGAIN = "Take it anew from where it came from"


@dataclass(frozen=True)
class Bundle:
    """An archive whose files are those of its MANIFEST, to the bit.

    digests: name -> sha256. about: bundle.json: what the bundle says of itself.
    """

    path: Path
    digests: Mapping[str, str]
    about: dict[str, Any]

    def below(self, folder: str) -> list[str]:
        """Return the names of the files below a folder of the bundle, without the folder's own name."""
        return sorted(name.removeprefix(f"{folder}/") for name in self.digests if name.startswith(f"{folder}/"))

    def read(self, name: str) -> bytes:
        """Return a file of the bundle, which is what the MANIFEST says."""
        with _archive(self.path) as archive:
            return b"".join(_checked(archive, self.path, name, self.digests[name]))


def open_bundle(path: Path) -> Bundle:
    """Return an archive of `sweep bundle` after every name, size and digest was checked; nothing is written.

    Raises:
        InputError: no such file, not made by `sweep bundle`, cut off, changed, or a name that leads out of a folder.
    """
    if not path.is_file():
        raise InputError(f"Expected a bundle, the file that `sweep bundle` makes. Received: {path}, which is no file.")
    with _archive(path) as archive:
        names = _names(archive, path)
        if MANIFEST not in names:
            raise InputError(
                f"Expected a bundle of `sweep bundle`, with {MANIFEST} in it. Received: {path}, a ZIP without one."
            )
        digests = _listed(_short(archive, path, MANIFEST), path)
        for name in digests:
            if name not in names:
                raise InputError(
                    f"Expected every file of {MANIFEST} in {path}. Received: none called {name}. {_AGAIN}."
                )
        for name in names:
            if name != MANIFEST and name not in digests:
                raise InputError(
                    f"Expected the files of {MANIFEST} alone in {path}. Received: {name} besides. {_AGAIN}."
                )
        for name, digest in digests.items():
            for _ in _checked(archive, path, name, digest):
                pass
        return Bundle(path, digests, _about(archive, path, digests))


def unpack(bundle: Bundle, folder: Path) -> None:
    """Write every file of a bundle below a folder; each is compared with its digest once more.

    Raises:
        InputError: something is in the folder already, or it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(
                f"Expected a new or an empty folder to unpack into. Received: {folder}, which holds files. Name "
                "another with --into FOLDER, or remove it."
            )
        with _archive(bundle.path) as archive:
            for name in (MANIFEST, *bundle.digests):
                place = folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                with place.open("xb") as file:
                    for piece in _checked(archive, bundle.path, name, bundle.digests.get(name, "")):
                        file.write(piece)
    except OSError as error:
        raise InputError(
            f"Expected a folder that can be written. Received: {folder}: {error.strerror or error}."
        ) from None


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError(
            f"Expected a whole bundle, as `sweep bundle` makes it. Received: {path}: {error}. If it was cut off on its "
            "way, take it anew."
        ) from None
    with archive:
        yield archive


def _names(archive: zipfile.ZipFile, path: Path) -> set[str]:
    """Return the names of an archive's files, if each is a plain file below it."""
    every = archive.infolist()
    whole = sum(entry.file_size for entry in every)
    if len(every) > _MOST_FILES or whole > most_unpacked(path):
        raise InputError(
            f"Expected a bundle that unpacks to at most {MOST_GROWTH} times its size. Received: {path}, "
            f"{len(every):,} files of {whole:,} bytes. Nothing of it was unpacked."
        )
    seen: set[str] = set()
    for entry in every:
        why = _fault(entry)
        if not why and entry.filename in seen:
            why = "a name that stands there twice"
        if why:
            raise InputError(
                f"Expected plain files below one folder in {path}. Received: {entry.filename!r:.200}, {why}. Nothing "
                "of it was unpacked."
            )
        seen.add(entry.filename)
    return seen


def _fault(entry: zipfile.ZipInfo) -> str:
    """Return what is wrong with an entry, "" if nothing is."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.orig_filename != entry.filename:
        return "a name with signs that no file of a bundle has"
    if why := fault_of_name(entry.filename):
        return why
    if kind not in (0, stat.S_IFREG):
        return "a link or another thing that is no plain file"
    if entry.flag_bits & 0x1:
        return "which is encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "which is packed in a way that no bundle uses"
    return ""


def _listed(manifest: bytes, path: Path) -> dict[str, str]:
    """Return name -> sha256 of a MANIFEST."""
    try:
        first, *lines = manifest.decode().splitlines()
        if not first.startswith(HEAD):
            raise ValueError(f"its first line is {first[:80]!r}")
        if first.removeprefix(HEAD) != str(FORMAT):
            raise InputError(
                f"Expected a bundle of format {FORMAT}. Received: {path}, {first.removeprefix('# ')[:80]}. Update Seed "
                "Sweep."
            )
        found = [_LINE.fullmatch(line) for line in lines]
        if not lines or None in found:
            raise ValueError(f"line {found.index(None) + 2 if lines else 2} is no digest and name")
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError(f"Expected a {MANIFEST} of `sweep bundle` in {path}. Received: {error}.") from None
    return {match[2]: match[1] for match in found if match is not None}


def _short(archive: zipfile.ZipFile, path: Path, name: str) -> bytes:
    if archive.getinfo(name).file_size > _MOST_LISTED:
        raise InputError(f"Expected a {name} of a bundle's size in {path}. Received: one that is too long.")
    return b"".join(_checked(archive, path, name, ""))


def _checked(archive: zipfile.ZipFile, path: Path, name: str, expected: str) -> Iterator[bytes]:
    """Yield a file in pieces, and raise InputError at its end where it is another one; expected: "" asks no digest."""
    digest = hashlib.sha256()
    try:
        with archive.open(name) as file:
            while piece := file.read(2**20):
                digest.update(piece)
                yield piece
    except _BROKEN as error:
        raise InputError(
            f"Expected {name} in {path} as its {MANIFEST} says. Received: a damaged one ({error}). {_AGAIN}."
        ) from None
    if expected and digest.hexdigest() != expected:
        raise InputError(
            f"Expected {name} in {path} with sha256 {expected[:16]}..., as its {MANIFEST} says. Received: "
            f"{digest.hexdigest()[:16]}...: it was changed. {_AGAIN}."
        )


def _about(archive: zipfile.ZipFile, path: Path, names: Mapping[str, str] | Sequence[str]) -> dict[str, Any]:
    try:
        if ABOUT not in names or "results/study.json" not in names:
            raise ValueError(f"no {ABOUT if ABOUT not in names else 'results/study.json'}")
        found: dict[str, Any] = json.loads(_short(archive, path, ABOUT))
        if fault := _fault_of_about(found):
            raise ValueError(fault)
    except (ValueError, RecursionError) as error:
        raise InputError(f"Expected {ABOUT} of `sweep bundle` in {path}. Received: {error}.") from None
    return found


_KINDS = {"code": dict, "packages": dict, "trials": dict, "python": list, "files_named": list}


def _fault_of_about(found: Any) -> str:
    """Return what of bundle.json is not as `sweep bundle` writes it, "" if nothing."""
    if not isinstance(found, dict):
        return "no mapping"
    for key, kind in _KINDS.items():
        if not isinstance(found.get(key), kind):
            return f"{key}, which is no {kind.__name__}"
    code = found["code"]
    lists = [*found["packages"].values(), *(code.get(key) for key in ("modules", "missing"))]
    words = [*found["python"], *(word for one in lists if isinstance(one, list) for word in one)]
    if not all(isinstance(one, list) for one in lists) or not all(isinstance(one, str) for one in words):
        return "code, packages or python with something else than lists of words"
    return ""
