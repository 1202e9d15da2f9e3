"""Folders that are there completely or not at all, however many processes write them and however a writer ends.

A folder is written beside its place under a lock, flushed to the disk and renamed into place; its `contents.json`,
written last, holds the size and sha256 of every file. Hashing gigabytes for each trial would cost more than the trial:
the files are hashed once a day on each node, and before that day is over whenever the system's stamp of a file (size,
times of content and of state, number) is another than at the last hashing. No program can write a file and keep these.
"""

import errno
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from sweep.errors import ClusterError
from sweep.store.folder import flush_folder
from sweep.store.sealed_json import sealed, sha256_of, unsealed

CONTENTS = "contents.json"
_DAY = 86400.0  # seconds for which hashed files are taken for whole, as long as their stamps stay
_BLOCK_BYTES = 16 * 2**20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def read_contents(folder: Path) -> dict[str, Any] | None:
    """Return what `contents.json` says, or None if the folder is absent, torn or damaged.

    Torn: a file is missing or of another size. Damaged: the content of one is another than was written.
    """
    try:
        contents = unsealed((folder / CONTENTS).read_bytes())
        sizes, digests = contents["files"], contents["sha256"]
        stamps = {name: _stamp(folder / name) for name in sizes}
        complete = all(stamps[name][0] == size for name, size in sizes.items())
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if not complete or not (_hashed_lately(folder, stamps) or _hashes(folder, digests, stamps)):
        return None
    return contents


def _stamp(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def _hashed_lately(folder: Path, stamps: Mapping[str, list[int]]) -> bool:
    """Return whether the files, as their stamps are now, were hashed within a day."""
    try:
        last = unsealed(_last_hashing(folder).read_bytes())
        return bool(last["stamps"] == stamps and 0 <= time.time() - last["at"] < _DAY)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _hashes(folder: Path, digests: Mapping[str, str], stamps: Mapping[str, list[int]]) -> bool:
    """Return whether every file is as it was written; processes that ask together hash once."""
    with _lock(_last_hashing(folder).with_suffix(".hashing")):
        if _hashed_lately(folder, stamps):
            return True
        changed = [name for name, digest in digests.items() if sha256_of(folder / name) != digest]
        if changed:
            sys.stderr.write(f"sweep: {folder}: {', '.join(changed)} changed since it was written; it is made anew.\n")
            return False
        _note_hashing(folder, stamps)
        return True


def _note_hashing(folder: Path, stamps: Mapping[str, list[int]]) -> None:
    told, beside = _last_hashing(folder), _last_hashing(folder).with_suffix(f".part-{os.getpid()}")
    with suppress(OSError):  # a cache that cannot be written is hashed again the next time
        beside.write_bytes(sealed({"stamps": stamps, "at": time.time()}))
        beside.replace(told)


def _lock(path: Path) -> AbstractContextManager[object]:
    return FileLock(path) if os.access(path.parent, os.W_OK) else nullcontext()


def _last_hashing(folder: Path) -> Path:
    return folder.parent / f"{folder.name}.hashed"


def write_folder(
    folder: Path,
    write: Callable[[Path], Mapping[str, Any]],
    *,
    fits: Callable[[Mapping[str, Any]], bool] = lambda there: True,
) -> dict[str, Any]:
    """Return the contents of the folder, made by `write(temporary folder)` unless it is there and complete.

    write: fills the folder that it is given and returns what `contents.json` shall say beside the sizes.
    fits: whether a complete folder, by its contents, is the one that is meant; else it is made anew.
    Raises ClusterError where the disk is full or the place may not be written.
    """
    with disk_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f"{folder.name}.lock"):
            contents = read_contents(folder)
            if contents is not None and fits(contents):
                return contents
            for torn in (*folder.parent.glob(f"{folder.name}.part*"), folder):
                shutil.rmtree(torn, ignore_errors=True)  # left by a writer that was killed: the lock is ours
            part = folder.parent / f"{folder.name}.part-{os.getpid()}"
            part.mkdir()
            try:
                told = dict(write(part))
                told["files"] = {path.name: path.stat().st_size for path in sorted(part.iterdir())}
                told["sha256"] = {name: sha256_of(part / name) for name in told["files"]}
                write_bytes(part / CONTENTS, [sealed(told)])
                flush_folder(part)
                part.rename(folder)
                flush_folder(folder.parent)
                _note_hashing(folder, {name: _stamp(folder / name) for name in told["files"]})
            except BaseException:
                shutil.rmtree(part, ignore_errors=True)
                raise
            return told


def write_array(path: Path, array: NDArray[Any]) -> None:
    """Write a .npy file that a memory map can open, flushed to the disk.

    `np.save` hides the reason when a disk is full; a memory map written to would end the process there.
    """
    step = max(1, _BLOCK_BYTES // max(1, array.nbytes // max(1, len(array))))
    blocks = (np.ascontiguousarray(array[start : start + step]) for start in range(0, len(array), step))
    write_rows(path, array.shape, array.dtype, blocks)


def write_rows(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any], blocks: Iterable[NDArray[Any]]) -> None:
    """Write a .npy file of the shape from blocks of rows that come one by one."""

    def pieces() -> Iterator[memoryview]:
        for block in blocks:
            yield block.reshape(-1).view(np.uint8).data

    header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
    write_bytes(path, pieces(), mode="ab")


def write_bytes(path: Path, pieces: Iterable[bytes | memoryview], mode: str = "wb") -> None:
    """Write the pieces and flush them to the disk, so that a rename after it cannot come before it."""
    with path.open(mode) as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn a full or forbidden disk into a ClusterError that names the folder."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise ClusterError(
                f"Expected room for the data in {folder.parent}. Received: {error.strerror}. "
                "Free some space there or choose another cache folder."
            ) from error
        if error.errno in (errno.ENOTDIR, errno.EEXIST):
            raise ClusterError(
                f"Expected a folder for the data at {folder.parent}. Received: {error.strerror}. "
                "Move the file that is in the way or choose another cache folder."
            ) from error
        if error.errno in _FORBIDDEN and _inside(error.filename, folder.parent):
            raise ClusterError(
                f"Expected to write in {folder.parent}. Received: {error.strerror}. "
                "Give the right to write there or choose another cache folder."
            ) from error
        raise


def _inside(filename: Any, folder: Path) -> bool:
    """Tell whether an error is about this folder or one above it, not about a file of the user."""
    return filename is not None and (Path(filename).is_relative_to(folder) or folder.is_relative_to(Path(filename)))
