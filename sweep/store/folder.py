"""A folder as storage: a file is written beside its place, forced to the disk, and renamed."""

import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from filelock import FileLock

from sweep.store import left_behind
from sweep.store.left_behind import name_beside

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)  # answers to link(2)


@dataclass(frozen=True)
class Folder:
    """What the store does at a path of a file system; see `Storage` in `sweep.store.places` for each act."""

    path: Path

    exclusive = True
    reads_whole = True
    readers = 4

    def absolute(self) -> Path:
        """Return the same path from the root, `~` opened up."""
        return self.path.expanduser().absolute()

    def check_reach(self) -> None:
        """Do nothing: a file system answers, or says itself why not."""

    def check_there(self) -> None:
        """Raise FileNotFoundError where the folder is gone: what is made in its place would lie below a mount point."""
        if not self.path.is_dir():
            raise FileNotFoundError(errno.ENOENT, "the folder of results is gone", str(self.path))

    def make(self) -> None:
        """Make the folder and those above, their names forced to the disk."""
        if not self.path.is_dir():
            self.path.mkdir(parents=True, exist_ok=True)
            flush_folder(self.path.parent)

    def names(self) -> list[str]:
        """Return the names of the files in the folder, in order; a missing folder has none."""
        return sorted(os.listdir(self.path)) if self.path.is_dir() else []  # noqa: PTH208 (10,000 names, no Path each)

    def folders_with(self, name: str) -> list[str]:
        """Return the folders right below that hold a file of this name."""
        return [str(item.parent) for item in self.path.glob(f"*/{name}")]

    def whole(self) -> Any:
        """Return the path, which pyarrow opens."""
        return self.path

    def table(self, *, whole: bool) -> Any:
        """Return the open file, which stays the same while another takes its place; ValueError for a folder."""
        if self.path.is_dir():
            raise ValueError("is a folder")
        return pa.OSFile(str(self.path))

    def changed_at(self) -> float:
        """Return when the file was written."""
        return self.path.stat().st_mtime

    def replace(self, write: Any) -> None:
        """Write beside, force to the disk, rename, and force the rename; a break leaves `.NAME.*` at most."""
        beside = name_beside(self.path)
        try:
            write_new(beside, write)
            self.take(beside)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise

    def take(self, written: Path) -> None:
        """Rename a written file to this path, and force the rename to the disk."""
        written.replace(self.path)
        flush_folder(self.path.parent)

    def create(self, write: Any, *, flush: bool = True) -> None:
        """Write beside, force to the disk, and link to the name, which one writer alone can do.

        Where the file system knows no links (some shares), the name is reserved by a file that one writer alone can
        make, then renamed to; a writer that is killed in between leaves the name taken.
        """
        if self.path.exists():
            raise FileExistsError(errno.EEXIST, "there already", str(self.path))
        beside = name_beside(self.path)
        try:
            write_new(beside, write, flush=flush)
            try:
                self.path.hardlink_to(beside)
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                _rename_alone(beside, self.path)
            if flush:
                flush_folder(self.path.parent)
        finally:
            beside.unlink(missing_ok=True)

    def touch(self) -> None:
        """Make an empty file."""
        self.path.touch()

    def renew(self, content: bytes) -> None:
        """Set the file's time to now; its content stays."""
        os.utime(self.path)

    def set_aside(self, name: str) -> bool:
        """Rename the file, and return whether there was one."""
        if not self.path.exists():
            return False
        self.path.rename(self.path.with_name(name))
        return True

    def probe(self) -> None:
        """Write a file without a name in the folder."""
        self.make()
        with tempfile.TemporaryFile(dir=self.path) as file:
            file.write(b"probe")
            file.flush()
            os.fsync(file.fileno())

    def turn(self, name: str) -> AbstractContextManager[object]:
        """Return a lock in the folder, which one process holds at a time."""
        return FileLock(self.path / name)

    @contextmanager
    def drafts(self, names: Sequence[str]) -> Iterator[dict[str, Path]]:
        """Give names beside the files, so that a draft is renamed into its place."""
        drafts = {name: name_beside(self.path / name) for name in names}
        try:
            yield drafts
        finally:
            for draft in drafts.values():
                draft.unlink(missing_ok=True)

    def remove_drafts(self, names: Sequence[str]) -> None:
        """Remove what was written beside these files, whoever did: the turn is ours."""
        for name in names:
            for left in self.path.glob(f".{name}.*"):
                left.unlink(missing_ok=True)

    def remove_left(self, name: str) -> None:
        """Remove what killed writers left beside files of a name, a regular expression."""
        left_behind.remove_left(self.path, name)


def write_new(path: Path, write: Any, *, flush: bool = True) -> None:
    """Write a new file. write: called with the open binary file. flush: whether it is forced to the disk."""
    with path.open("xb") as file:
        write(file)
        if flush:
            file.flush()
            os.fsync(file.fileno())


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
