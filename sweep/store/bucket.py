"""A bucket as storage: an object is put by one request; nobody can be kept off, and nothing be renamed."""

import errno
import mmap
import os
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import fs

from sweep.store import reachable
from sweep.store.object_path import ObjectPath


@dataclass(frozen=True)
class Bucket:
    """What the store does at an address of an object store; see `Storage` in `sweep.store.places` for each act."""

    path: ObjectPath

    exclusive = False
    reads_whole = False
    readers = 16  # it answers in tens of milliseconds

    def absolute(self) -> ObjectPath:
        """Return the address, which depends on no current folder."""
        return self.path

    def check_reach(self) -> None:
        """Raise InputError where no server answers."""
        reachable.refuse_silence(self.path)

    def check_there(self) -> None:
        """Do nothing: a prefix needs no making."""

    def make(self) -> None:
        """Do nothing: a prefix needs no making."""

    def names(self) -> list[str]:
        """Return the names of the objects right below, in order."""
        return sorted(self.path.names())

    def folders_with(self, name: str) -> list[str]:
        """Return nothing: to look for them would ask for every object below."""
        return []

    def whole(self) -> Any:
        """Return the object, fetched by one request."""
        return pa.BufferReader(self.path.read_bytes())

    def table(self, *, whole: bool) -> Any:
        """Return the object: fetched by one request, or open for some of it."""
        return self.whole() if whole else self.path.open_at_random()

    def changed_at(self) -> float:
        """Return when the object was put."""
        info = self.path.info()
        if info.type != fs.FileType.File:
            raise FileNotFoundError(errno.ENOENT, "no such object", str(self.path))
        return float(info.mtime_ns) / 1e9

    def replace(self, write: Any) -> None:
        """Write a file here, then put it by one request."""
        with tempfile.TemporaryFile() as file:
            write(file)
            file.flush()
            self._put(file)

    def take(self, written: Path) -> None:
        """Put a written file by one request; the file stays."""
        with written.open("rb") as file:
            self._put(file)

    def create(self, write: Any, *, flush: bool = True) -> None:
        """Put a new object. A name that is taken is seen before, but two writers of the same moment both write."""
        if self.path.exists():
            raise FileExistsError(errno.EEXIST, "there already", str(self.path))
        self.replace(write)

    def touch(self) -> None:
        """Put a small object."""
        self.path.put(b"now")

    def renew(self, content: bytes) -> None:
        """Put the object again."""
        self.path.put(content)

    def set_aside(self, name: str) -> bool:
        """Copy the object to another name, and return whether there was one."""
        if not self.path.exists():
            return False
        (self.path.parent / name).put(self.path.read_bytes())
        return True

    def probe(self) -> None:
        """Put a small object and remove it."""
        token = self.path / f".probe-{uuid.uuid4().hex}"
        token.put(b"probe")
        token.unlink(missing_ok=True)

    def turn(self, name: str) -> AbstractContextManager[object]:
        """Return nothing that keeps others off: an object store knows no turns."""
        return nullcontext()

    @contextmanager
    def drafts(self, names: Sequence[str]) -> Iterator[dict[str, Path]]:
        """Give names in a temporary folder of this machine."""
        with tempfile.TemporaryDirectory() as room:
            yield {name: Path(room) / name for name in names}

    def remove_drafts(self, names: Sequence[str]) -> None:
        """Do nothing: drafts lie on the machine that writes them."""

    def remove_left(self, name: str) -> None:
        """Do nothing: an object is there whole or not at all."""

    def _put(self, file: Any) -> None:
        if not os.fstat(file.fileno()).st_size:
            self.path.put(b"")
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            self.path.put(content)
