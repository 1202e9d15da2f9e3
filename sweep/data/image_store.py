"""Images decoded once: the store of a folder at one size and colour, shared by every trial on the node.

A store is looked up by the paths, sizes and times of the files, without reading them, and named by the digest of its
pixels, so that a copy of the folder shares it. One block of images is in memory at a time; decoding uses every core.
Nothing is written through a memory map: where the disk is full that would end the process without a word.
"""

import hashlib
import json
import os
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from PIL import UnidentifiedImageError

from sweep.data.content import row_digests
from sweep.data.decoding import CHANNELS, CORRUPT, decode
from sweep.data.folders import disk_errors, read_contents, write_array, write_bytes, write_folder, write_rows
from sweep.data.listing import Listing, stamp
from sweep.errors import InputError

_FORMAT = "images 1"  # change it whenever `decode` changes, so that no old store is taken for a new one
_BLOCK = 256


@dataclass(frozen=True)
class ImageStore:
    """Decoded images, in the order of the paths they came from.

    pixels: (m, height, width, channels) uint8. digests: (m, 16) uint8. broken: path -> why it could not be decoded; its
    row is black. folder: where it lies, None if in memory.
    """

    pixels: NDArray[np.uint8]
    digests: NDArray[np.uint8]
    broken: dict[str, str]
    folder: Path | None


def stored_images(
    listing: Listing, paths: Sequence[str], size: tuple[int, int], color: str, *, on_corrupt: str, cache: Path | None
) -> ImageStore:
    """Return the images of the listing at these paths, decoded now unless the cache has them.

    size: (height, width). color: rgb or grayscale. cache: None decodes into memory.
    on_corrupt: "stop" raises InputError at the first image that cannot be decoded, "skip" notes it as broken.
    Raises ClusterError where the cache cannot be written.
    """
    if cache is None:
        broken: dict[str, str] = {}
        pixels = np.concatenate(list(_decoded(listing, paths, size, color, on_corrupt, broken)))
        return ImageStore(pixels, row_digests(pixels), broken, None)
    house = cache / "images"
    key = _lookup_key(listing, paths, size, color)
    pointer = house / f"{key}.json"
    with disk_errors(pointer):
        house.mkdir(parents=True, exist_ok=True)
        with FileLock(house / f"{key}.lock"):
            known = _read_pointer(pointer)
            if known is None:
                known = _build(house, key, listing, paths, size, color, on_corrupt)
                write_bytes(pointer.with_suffix(".part"), [json.dumps(known).encode()])
                pointer.with_suffix(".part").replace(pointer)
    for path, reason in known["broken"].items():
        _refuse_unless(on_corrupt, path, reason)
    folder = house / known["store"]
    pixels, digests = (np.load(folder / name, mmap_mode="r") for name in ("pixels.npy", "digests.npy"))
    return ImageStore(pixels, digests, known["broken"], folder)


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
    stored, known = (np.load(folder / name, mmap_mode="r") for name in ("pixels.npy", "digests.npy"))
    return ImageStore(stored, known, {}, folder)


def _store_name(shape: tuple[int, ...], digests: NDArray[np.uint8]) -> str:
    return hashlib.sha256(f"{_FORMAT} {shape}".encode() + digests.tobytes()).hexdigest()


def _lookup_key(listing: Listing, paths: Sequence[str], size: tuple[int, int], color: str) -> str:
    key = hashlib.sha256(f"{_FORMAT} {size} {color} {listing.root.resolve()}\n".encode())
    for path in paths:
        key.update(f"{path}\n{listing.images[path]}\n".encode())
    return key.hexdigest()


def _read_pointer(pointer: Path) -> dict[str, Any] | None:
    """Return what the pointer says, or None if it or its store is absent or torn."""
    try:
        known: dict[str, Any] = json.loads(pointer.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return None if read_contents(pointer.parent / str(known.get("store"))) is None else known


def _build(
    house: Path, key: str, listing: Listing, paths: Sequence[str], size: tuple[int, int], color: str, on_corrupt: str
) -> dict[str, Any]:
    """Decode into a file beside the stores, then move it to the store named by its digest."""
    shape = (len(paths), *size, CHANNELS[color])
    raw = house / f"{key}.part.npy"
    broken: dict[str, str] = {}
    digests: list[NDArray[np.uint8]] = []

    def blocks() -> Iterator[NDArray[np.uint8]]:
        for block in _decoded(listing, paths, size, color, on_corrupt, broken):
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
    return {"store": name, "broken": broken}


def _decoded(
    listing: Listing, paths: Sequence[str], size: tuple[int, int], color: str, on_corrupt: str, broken: dict[str, str]
) -> Iterator[NDArray[np.uint8]]:
    """Yield blocks (at most 256, height, width, channels) of decoded images, noting the broken ones."""

    def one(path: str) -> NDArray[np.uint8] | str:
        try:
            image = decode(listing.root / path, size, color)
        except CORRUPT as error:
            return _reason(error)
        if stamp(listing.root / path) != listing.images[path]:
            raise InputError(f"Expected the images to stay as they are. Received: {path} changed while it was read.")
        return image

    with ThreadPoolExecutor(os.cpu_count()) as pool, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # Pillow's remarks on odd EXIF data, one an image
        for start in range(0, len(paths), _BLOCK):
            some = paths[start : start + _BLOCK]
            block = np.zeros((len(some), *size, CHANNELS[color]), dtype=np.uint8)
            for row, (path, image) in enumerate(zip(some, pool.map(one, some), strict=True)):
                if isinstance(image, str):
                    _refuse_unless(on_corrupt, path, image)
                    broken[path] = image
                else:
                    block[row] = image
            yield block


def _reason(error: BaseException) -> str:
    """Return why a file cannot be decoded, without the path, so that it reads the same in any folder."""
    if isinstance(error, UnidentifiedImageError):
        return "no image of a known kind"
    return str(getattr(error, "strerror", None) or error or type(error).__name__)


def _refuse_unless(on_corrupt: str, path: str, reason: str) -> None:
    if on_corrupt != "skip":
        raise InputError(
            f"Expected images that can be decoded. Received: {path} ({reason}). "
            "Repair or remove it, or set `on_corrupt: skip`."
        )
