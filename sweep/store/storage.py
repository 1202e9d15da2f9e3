"""What can be done where results lie, in the same words for a folder and for a bucket."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from sweep.store.object_path import ObjectPath

Place = Path | ObjectPath


class Storage(Protocol):
    """A place with its acts; `sweep.store.places.storage` gives a `Folder` or a `Bucket`.

    exclusive: whether one writer can keep others off: a file is made by one alone, and runs take turns. reads_whole:
    whether a table is read whole, for its digest, even where some of it would do. readers: records read at once.
    """

    @property
    def path(self) -> Place: ...
    @property
    def exclusive(self) -> bool: ...
    @property
    def reads_whole(self) -> bool: ...
    @property
    def readers(self) -> int: ...

    def absolute(self) -> Place:
        """Return the same place, whatever the current folder is."""
        ...

    def check_reach(self) -> None:
        """Raise InputError where nobody answers; asked before the storage's own library waits for minutes."""
        ...

    def check_there(self) -> None:
        """Raise FileNotFoundError where the folder of results is gone, as a share that is not mounted."""
        ...

    def make(self) -> None:
        """Make a folder where one is needed."""
        ...

    def names(self) -> list[str]:
        """Return the names of the files right below, in order; a missing folder has none."""
        ...

    def folders_with(self, name: str) -> list[str]:
        """Return the folders right below that hold a file of this name, as far as they are cheap to find."""
        ...

    def whole(self) -> Any:
        """Return what pyarrow reads a Parquet file from, as it is now."""
        ...

    def table(self, *, whole: bool) -> Any:
        """Return the open file of a table, with size and `read_buffer`.

        whole: whether all of it will be read.

        Raises:
            FileNotFoundError: there is none.
            ValueError: it is no file.
        """
        ...

    def changed_at(self) -> float:
        """Return when a file was written, in seconds of the storage's clock; FileNotFoundError where there is none."""
        ...

    def replace(self, write: Any) -> None:
        """Write a file so that a reader sees the old or the new, never half. write: called with an open binary file."""
        ...

    def take(self, written: Path) -> None:
        """Put a file that was written into this place, as `replace` does."""
        ...

    def create(self, write: Any, *, flush: bool = True) -> None:
        """Write a new file, whole or not at all; nothing there is replaced.

        write: called with an open binary file. flush: whether file and name are forced to the disk; what means nothing
        after a power cut need not be.

        Raises:
            FileExistsError: there is such a file.
        """
        ...

    def touch(self) -> None:
        """Make a file whose time alone matters."""
        ...

    def renew(self, content: bytes) -> None:
        """Set the time of a file that holds `content` to now."""
        ...

    def set_aside(self, name: str) -> bool:
        """Keep a file under another name beside it, and return whether there was one."""
        ...

    def probe(self) -> None:
        """Write something below and remove it; OSError where that cannot be: no such bucket, no right, no room."""
        ...

    def turn(self, name: str) -> AbstractContextManager[object]:
        """Return what holds others off while it is held; nothing where the storage knows no turns."""
        ...

    def drafts(self, names: Sequence[str]) -> AbstractContextManager[dict[str, Path]]:
        """Give name -> where the file is written before it takes its place; what is left there is removed."""
        ...

    def remove_drafts(self, names: Sequence[str]) -> None:
        """Remove drafts that others left; only in one's turn."""
        ...

    def remove_left(self, name: str) -> None:
        """Remove what killed writers left beside files of a name, a regular expression."""
        ...
