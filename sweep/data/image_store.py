"""Images decoded once: the store of a folder at one size and colour, shared by every trial on the node.

A store is looked up by the paths, sizes and times of the files, without reading them, and named by the digest of its
pixels, so that a copy of the folder shares it. One block of images is in memory at a time; decoding uses every core.
Nothing is written through a memory map: where the disk is full that would end the process without a word.
"""

import hashlib
import math
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from sweep.data.content_digests import row_digests
from sweep.data.decoding import CHANNELS, SCALES, Range
from sweep.data.image_blocks import Told, decoded, refuse_unless
from sweep.data.image_listing import Listing
from sweep.data.whole_folders import disk_errors, read_contents, write_array, write_bytes, write_folder, write_rows
from sweep.errors import InputError, nearest
from sweep.store.folder import flush_folder
from sweep.store.sealed_json import sealed, unsealed

_FORMAT = "images 1"  # change it whenever `decode` changes, so that no old store is taken for a new one
_LOOKUP = "images 2"  # change it whenever a pointer says more than before
_FEW_LEVELS = 64  # of 256: what is left of 14 bits
_MOST_BYTES_A_ROW = 2**28  # of one image: 16384 x 16384 in one channel


@dataclass(frozen=True)
class ImageStore:
    """Decoded images, in the order of the paths they came from.

    pixels: (m, height, width, channels) uint8. digests: (m, 16) uint8. broken: path -> why it could not be decoded; its
    row is black. folder: where it lies, None if in memory. depth: the smallest and largest value of the images of more
    than 8 bits, None without such images. scale: how these became 8 bits, see `image_folder`.
    """

    pixels: NDArray[np.uint8]
    digests: NDArray[np.uint8]
    broken: dict[str, str]
    folder: Path | None
    depth: Range | None = None
    scale: str = "full"

    @property
    def findings(self) -> tuple[str, ...]:
        """What a person should know of the images: those that were skipped, and depth that is lost."""
        skipped = [f"Skipped, cannot be decoded: {path} ({reason})." for path, reason in self.broken.items()]
        if self.depth is None or self.scale != "full":
            return tuple(skipped)
        low, high = self.depth
        levels = round(high / 257) - round(low / 257) + 1
        if levels >= _FEW_LEVELS:
            return tuple(skipped)
        return (
            *skipped,
            f"The 16-bit images use {low:.0f} to {high:.0f} of 0 to 65535 only, and come out as {levels} of 256 "
            "levels. `scale: range` spreads what is used over all of them.",
        )


def stored_images(
    listing: Listing,
    paths: Sequence[str],
    size: tuple[int, int],
    color: str,
    *,
    on_corrupt: str,
    cache: Path | None,
    scale: str = "full",
) -> ImageStore:
    """Return the images of the listing at these paths, decoded now unless the cache has them.

    size: (height, width). color: rgb or grayscale. cache: None decodes into memory.
    on_corrupt: "stop" raises InputError at the first image that cannot be decoded, "skip" notes it as broken.
    scale: "full" or "range", see `image_folder`.
    Raises ClusterError where the cache cannot be written, InputError where the images would have no room.
    """
    if scale not in SCALES:
        raise InputError(
            f"Expected scale as one of {', '.join(SCALES)}. Received: {scale!r}.{nearest(str(scale), SCALES)}"
        )
    shape = (len(paths), *size, CHANNELS[color])
    if math.prod(shape[1:]) > _MOST_BYTES_A_ROW:
        raise _no_room(shape, cache)
    if cache is None:
        _check_room(shape, None)
        told = Told()
        pixels = np.concatenate(list(decoded(listing, paths, size, color, on_corrupt, scale, told)))
        return ImageStore(pixels, row_digests(pixels), told.broken, None, told.depth, scale)
    house = cache / "images"
    key = _lookup_key(listing, paths, size, color, scale)
    pointer = house / f"{key}.json"
    with disk_errors(pointer):
        house.mkdir(parents=True, exist_ok=True)
        with FileLock(house / f"{key}.lock"):
            known = _read_pointer(pointer)
            if known is None:
                _check_room(shape, cache)
                known = _build(house, key, listing, paths, size, color, on_corrupt, scale)
                write_bytes(pointer.with_suffix(".part"), [sealed(known)])
                pointer.with_suffix(".part").replace(pointer)
                flush_folder(house)
    for path, reason in known["broken"].items():
        refuse_unless(on_corrupt, path, reason)
    folder = house / known["store"]
    pixels, digests = _opened(folder)
    depth = tuple(known["depth"]) if known.get("depth") else None
    return ImageStore(pixels, digests, known["broken"], folder, depth, scale)


def _check_room(shape: tuple[int, ...], cache: Path | None) -> None:
    """Raise InputError where images of that shape have no room: before any is decoded."""
    if math.prod(shape) > _room(cache):
        raise _no_room(shape, cache)


def _no_room(shape: tuple[int, ...], cache: Path | None) -> InputError:
    n, height, width, _ = shape
    return InputError(
        f"Expected an image_size whose pixels have room. Received: {height} x {width}, "
        f"{math.prod(shape) / 2**30:,.1f} GiB for {n} images; {_room(cache) / 2**30:,.1f} GiB are free"
        f"{'' if cache is None else f' at {cache}'}. Take a smaller one."
    )


def _room(cache: Path | None) -> int:
    if cache is None:
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    there = next(folder for folder in (cache, *cache.parents) if folder.exists())
    return shutil.disk_usage(there).free


def kept_images(pixels: NDArray[np.uint8], cache: Path | None) -> ImageStore:
    """Return images that no file holds, stored under the cache as decoded ones are.

    pixels: (m, height, width, channels). cache: None keeps them in memory. Raises ClusterError on a full disk.
    """
    digests = row_digests(pixels)
    if cache is None:
        return ImageStore(pixels, digests, {}, None)

    def fill(part: Path) -> dict[str, Any]:
        write_array(part / "pixels.npy", pixels)
        write_array(part / "digests.npy", digests)
        return {"shape": pixels.shape}

    folder = cache / "images" / _store_name(pixels.shape, digests)
    write_folder(folder, fill)
    return ImageStore(*_opened(folder), {}, folder)


def _opened(folder: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return pixels and digests of a store, read as they are used."""
    return np.load(folder / "pixels.npy", mmap_mode="r"), np.load(folder / "digests.npy", mmap_mode="r")


def _store_name(shape: tuple[int, ...], digests: NDArray[np.uint8]) -> str:
    return hashlib.sha256(f"{_FORMAT} {shape}".encode() + digests.tobytes()).hexdigest()


def _lookup_key(listing: Listing, paths: Sequence[str], size: tuple[int, int], color: str, scale: str) -> str:
    key = hashlib.sha256(f"{_LOOKUP} {size} {color} {scale} {listing.root.resolve()}\n".encode())
    for path in paths:
        key.update(f"{path}\n{listing.images[path]}\n".encode())
    return key.hexdigest()


def _read_pointer(pointer: Path) -> dict[str, Any] | None:
    """Return what the pointer says, or None if it or its store is absent or torn."""
    try:
        known = unsealed(pointer.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return None if read_contents(pointer.parent / str(known.get("store"))) is None else known


def _build(
    house: Path,
    key: str,
    listing: Listing,
    paths: Sequence[str],
    size: tuple[int, int],
    color: str,
    on_corrupt: str,
    scale: str,
) -> dict[str, Any]:
    """Decode into a file beside the stores, then move it to the store named by its digest."""
    shape = (len(paths), *size, CHANNELS[color])
    raw = house / f"{key}.part.npy"
    told = Told()
    digests: list[NDArray[np.uint8]] = []

    def blocks() -> Iterator[NDArray[np.uint8]]:
        for block in decoded(listing, paths, size, color, on_corrupt, scale, told):
            digests.append(row_digests(block))
            yield block

    try:
        write_rows(raw, shape, np.dtype(np.uint8), blocks())
        rows = np.concatenate(digests)
        name = _store_name(shape, rows)

        def fill(part: Path) -> dict[str, Any]:
            raw.replace(part / "pixels.npy")
            write_array(part / "digests.npy", rows)
            return {"shape": shape}

        write_folder(house / name, fill)
    finally:
        raw.unlink(missing_ok=True)
    return {"store": name, "broken": told.broken, "depth": told.depth}
