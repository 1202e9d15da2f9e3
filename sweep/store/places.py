"""Where results lie: a folder, or a prefix in an object store, from what a person writes."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sweep.errors import InputError
from sweep.store.folder import Folder
from sweep.store.object_path import ObjectPath as ObjectPath
from sweep.store.paths import path_of, shown
from sweep.store.storage import Place as Place
from sweep.store.storage import Storage as Storage

_SCHEMES = ("s3", "gs")


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


def storage(where: Place) -> Storage:
    """Return a place with its acts: the only function that asks which of the two it is."""
    if isinstance(where, Path):
        return Folder(where)
    from sweep.store.bucket import Bucket  # with pyarrow's object stores, HTTP and TLS

    return Bucket(where)


def absolute(where: Place) -> Place:
    """Return the same place, whatever the current folder is."""
    return storage(where).absolute()


def make_folder(where: Place) -> None:
    """Make a folder; an object store needs none."""
    storage(where).make()


def replace_file(path: Place, write: Any) -> None:
    """Write a file so that a reader sees the old or the new, never half. write: called with an open binary file."""
    storage(path).replace(write)


def probe(where: Place) -> None:
    """Write something below and remove it; OSError where that cannot be: no such bucket, no right, no room."""
    storage(where).probe()


def check_reach(where: Place) -> None:
    """Raise InputError where no server answers for an object store; asked once for each in a process."""
    storage(where).check_reach()
