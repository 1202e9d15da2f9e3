"""A prefix or an object in an object store, with those methods of a `pathlib.Path` that the store calls."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pyarrow as pa
from pyarrow import fs

from sweep.errors import InputError


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
        return bool(self.info().type == fs.FileType.File)

    exists = is_file

    def info(self) -> Any:
        """Return what the object store says of it: type, size and time."""
        return self._store.get_file_info(self._within)

    def read_bytes(self) -> bytes:
        """Return the object, by one request: all of it is of one time, also while it is replaced."""
        with self.open_at_random() as file:
            return bytes(file.read())

    def open_at_random(self) -> Any:
        """Return the object as a file of which parts can be read."""
        return self._store.open_input_file(self._within)

    def put(self, content: Any) -> None:
        """Store an object: a reader sees the old or the new."""
        with self._store.open_output_stream(self._within) as stream:
            stream.write(content)  # in one call: what interrupts comes after it, and never leaves half an object

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove the object."""
        try:
            self._store.delete_file(self._within)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def names(self) -> list[str]:
        """Return the names of the objects right below."""
        below = fs.FileSelector(self._within, allow_not_found=True)
        return [entry.base_name for entry in self._store.get_file_info(below) if entry.type == fs.FileType.File]

    @property
    def _within(self) -> str:
        return f"{self.bucket.rpartition('@')[2]}/{self.key}".rstrip("/")

    @property
    def _store(self) -> Any:
        return _opened(self.scheme, self.bucket, self.query)


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
