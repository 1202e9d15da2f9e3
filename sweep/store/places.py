"""Where results lie: a folder, or a prefix in an object store, through the few acts that both know.

A folder is a `pathlib.Path`. `s3://bucket/prefix` and `gs://bucket/prefix` are an `ObjectPath`, which has those
methods of a Path that the store calls.
"""

import contextlib
import errno
import mmap
import os
import re
import socket
import tempfile
import time
import uuid
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa
from pyarrow import fs

from sweep.errors import InputError
from sweep.store.paths import path_of, shown
from sweep.store.processes import runs

_SCHEMES = ("s3", "gs")
_OLD = 3600.0  # seconds after which a file that another host began to write is taken for left behind
_HOST = re.sub(r"[^\w-]", "-", socket.gethostname())
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)  # answers to link(2)


@dataclass(frozen=True)
class ObjectPath:
    """An object, or a prefix of objects.

    scheme: s3 or gs. bucket: as the address names it. key: below the bucket, "" for all of it. query: what the address
    says of the store itself, such as endpoint_override=127.0.0.1:9000.
    """

    scheme: str
    bucket: str
    key: str
    query: str = ""

    def __str__(self) -> str:
        """Return the address, from which `place` makes the same again."""
        return f"{self.scheme}://{self.bucket}/{self.key}" + (f"?{self.query}" if self.query else "")

    def __truediv__(self, name: str) -> "ObjectPath":
        """Return what lies below."""
        return replace(self, key=f"{self.key}/{name}".strip("/"))

    @property
    def name(self) -> str:
        """Return the last word of the key."""
        return self.key.rpartition("/")[2]

    @property
    def parent(self) -> "ObjectPath":
        """Return what it lies in."""
        return replace(self, key=self.key.rpartition("/")[0])

    def is_file(self) -> bool:
        """Return whether there is such an object."""
        return bool(_store(self).get_file_info(self._within).type == fs.FileType.File)

    exists = is_file

    def read_bytes(self) -> bytes:
        """Return the object, by one request: all of it is of one time, also while it is replaced."""
        with self.open_at_random() as file:
            return bytes(file.read())

    def open_at_random(self) -> Any:
        """Return the object as a file of which parts can be read."""
        return _store(self).open_input_file(self._within)

    def put(self, content: Any) -> None:
        """Store an object: a reader sees the old or the new."""
        with _store(self).open_output_stream(self._within) as stream:
            stream.write(content)  # in one call: what interrupts comes after it, and never leaves half an object

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove the object."""
        try:
            _store(self).delete_file(self._within)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def names(self) -> list[str]:
        """Return the names of the objects right below."""
        below = fs.FileSelector(self._within, allow_not_found=True)
        return [one.base_name for one in _store(self).get_file_info(below) if one.type == fs.FileType.File]

    @property
    def _within(self) -> str:
        return f"{self.bucket.rpartition('@')[2]}/{self.key}".rstrip("/")


Place = Path | ObjectPath


def place(said: str | Place) -> Place:
    """Return what an address or the path of a folder means; file:// is a folder.

    Raises:
        InputError: another kind of address, or one with a key in it, which would be stored with the results.
    """
    if isinstance(said, ObjectPath):
        return said
    if "://" not in str(said):
        return path_of(said)
    try:
        address = urlsplit(str(said))
    except ValueError as error:  # a bracket that is left open, say
        raise InputError(f"Expected an address as s3://bucket/prefix. Received: {shown(str(said))}: {error}.") from None
    if address.scheme == "file" and address.netloc in ("", "localhost"):
        return path_of(unquote(address.path))
    if address.scheme not in _SCHEMES or not address.netloc:
        raise InputError(
            "Expected a folder, s3://bucket/prefix, gs://bucket/prefix or file:///folder. "
            f"Received: {shown(str(said))}."
        )
    if address.password or "secret_key" in address.query:
        raise InputError(
            f"Expected an address without a key. Received: one for {address.scheme}://{address.hostname}. Keys belong "
            "into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or into ~/.aws/credentials, on every node."
        )
    return ObjectPath(address.scheme, address.netloc, address.path.strip("/"), address.query)


def absolute(where: Place) -> Place:
    """Return the same place, whatever the current folder is."""
    return where if isinstance(where, ObjectPath) else where.expanduser().absolute()


def make_folder(where: Place) -> None:
    """Make a folder; an object store needs none."""
    if isinstance(where, Path) and not where.is_dir():
        where.mkdir(parents=True, exist_ok=True)
        flush_folder(where.parent)


def names(where: Place) -> list[str]:
    """Return the names of the files in a folder, in order; a missing folder has none."""
    if isinstance(where, ObjectPath):
        return sorted(where.names())
    return sorted(os.listdir(where)) if where.is_dir() else []  # noqa: PTH208 (10,000 names, no Path each)


def whole(where: Place) -> Any:
    """Return what pyarrow reads a Parquet file from, as it is now: an object is fetched by one request."""
    return pa.BufferReader(where.read_bytes()) if isinstance(where, ObjectPath) else where


def at_random(where: Place) -> Any:
    """Return what pyarrow reads some of a Parquet file from."""
    return where.open_at_random() if isinstance(where, ObjectPath) else where


def replace_file(path: Place, write: Any) -> None:
    """Write a file so that a reader sees the old or the new, never half.

    A file is written beside its place, forced to the disk and renamed, and so is the rename; an object is put by one
    request.

    Args:
        path: the file.
        write: called with an open binary file. What breaks off leaves `.NAME.*` behind at most, which no reader takes.
    """
    if isinstance(path, ObjectPath):
        with tempfile.TemporaryFile() as file:
            write(file)
            file.flush()
            if os.fstat(file.fileno()).st_size:
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                    path.put(content)
            else:
                path.put(b"")
        return
    beside = name_beside(path)
    try:
        write_new(beside, write)
        move_into(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_new(path: Path, write: Any, *, flush: bool = True) -> None:
    """Write a new file. write: called with the open binary file. flush: whether it is forced to the disk."""
    with path.open("xb") as file:
        write(file)
        if flush:
            file.flush()
            os.fsync(file.fileno())


def move_into(beside: Path, path: Place) -> None:
    """Put a written file in its place: by a rename that is forced to the disk, or by one request."""
    if isinstance(path, ObjectPath):
        with beside.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            path.put(content)
        return
    beside.replace(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Force the names in a folder to the disk: a rename alone may be lost in a power cut."""
    try:
        number = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # a system that opens no folders
    try:
        os.fsync(number)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):  # a share that cannot: it flushes by itself
            raise
    finally:
        os.close(number)


def name_beside(path: Path) -> Path:
    """Return where a file is written before it is renamed to `path`; the name tells who writes it."""
    return path.with_name(f".{path.name}.{_HOST}.{os.getpid()}.{uuid.uuid4().hex}")


def remove_left(folder: Path, name: str) -> None:
    """Remove what killed writers left beside files of a name: their process is gone, or the file is old.

    name: a regular expression of the files' names.
    """
    left = re.compile(rf"\.(?:{name})\.(?:(?P<host>[^.]+)\.(?P<pid>\d+)\.)?[0-9a-f]{{32}}")
    for one in names(folder):
        found = left.fullmatch(one) if one.startswith(".") else None
        if found is None:
            continue
        path = folder / one
        with contextlib.suppress(OSError):  # its writer was faster, or it is another user's
            ended = found["host"] == _HOST and not runs(int(found["pid"]))
            if ended or time.time() - path.stat().st_mtime > _OLD:
                path.unlink(missing_ok=True)


def probe(where: Place) -> None:
    """Write something there and remove it.

    Raises:
        OSError: it cannot be written: no such bucket, no right, no room.
    """
    make_folder(where)
    if isinstance(where, ObjectPath):
        token = where / f".probe-{uuid.uuid4().hex}"
        token.put(b"probe")
        token.unlink(missing_ok=True)
        return
    with tempfile.TemporaryFile(dir=where) as file:
        file.write(b"probe")
        file.flush()
        os.fsync(file.fileno())


def create_file(path: Place, write: Any, *, flush: bool = True) -> None:
    """Write a new file, whole or not at all; of several writers one alone makes it, and nothing there is replaced.

    A folder: written beside, forced to the disk, and linked to its name. Where the file system knows no links (some
    shares), the name is reserved by a file that one writer alone can make, then renamed to; a writer that is killed
    in between leaves the name taken. An object store without conditional requests: a name that is taken is seen
    before, but two writers of the same moment both write, and the later one stays.

    Args:
        path: the file.
        write: called with an open binary file.
        flush: whether file and name are forced to the disk; what means nothing after a power cut need not be.

    Raises:
        FileExistsError: there is such a file.
    """
    if path.exists():
        raise FileExistsError(errno.EEXIST, "there already", str(path))
    if isinstance(path, ObjectPath):
        replace_file(path, write)
        return
    beside = name_beside(path)
    try:
        write_new(beside, write, flush=flush)
        try:
            path.hardlink_to(beside)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _rename_alone(beside, path)
        if flush:
            flush_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def _rename_alone(beside: Path, path: Path) -> None:
    """Rename to a name that nobody else has or gets meanwhile."""
    taken = path.with_name(f".{path.name}.taken")
    taken.touch(exist_ok=False)
    try:
        if path.exists():
            raise FileExistsError(errno.EEXIST, "there already", str(path))
        beside.rename(path)
    finally:
        taken.unlink(missing_ok=True)


def changed_at(where: Place) -> float:
    """Return when a file was written, in seconds of the storage's clock.

    Raises:
        FileNotFoundError: there is none.
    """
    if isinstance(where, Path):
        return where.stat().st_mtime
    info = _store(where).get_file_info(where._within)
    if info.type != fs.FileType.File:
        raise FileNotFoundError(errno.ENOENT, "no such object", str(where))
    return float(info.mtime_ns) / 1e9


def _store(path: ObjectPath) -> Any:
    return _opened(path.scheme, path.bucket, path.query)


@cache
def _opened(scheme: str, bucket: str, query: str) -> Any:
    # A small object is put by one request then, and not by the three of an upload in pieces.
    # Google's library waits a quarter of an hour for credentials or a server where nothing else is said.
    usual = "allow_delayed_open=true" if scheme == "s3" else "" if "retry_limit" in query else "retry_limit_seconds=8"
    options = "&".join(filter(None, [query, usual]))
    try:
        return fs.FileSystem.from_uri(f"{scheme}://{bucket}/?{options}".rstrip("?"))[0]
    except pa.ArrowInvalid as error:
        raise InputError(
            f"Expected an address of an object store. Received: {scheme}://{bucket}?{query}: {error}"
        ) from None
