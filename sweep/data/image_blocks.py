"""Image files decoded block by block, on every core: one block of them is in memory at a time."""

import os
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from sweep.data.decoding import CHANNELS, CORRUPT, Decoded, Range, decode, value_range
from sweep.data.image_listing import Listing, stamp
from sweep.errors import InputError

_BLOCK = 256


@dataclass
class Told:
    """What decoding found; see `ImageStore`."""

    broken: dict[str, str] = field(default_factory=dict)
    depth: Range | None = None

    def see(self, found: Range | None) -> None:
        if found is not None:
            low, high = self.depth or found
            self.depth = min(low, found[0]), max(high, found[1])


def decoded(
    listing: Listing,
    paths: Sequence[str],
    size: tuple[int, int],
    color: str,
    on_corrupt: str,
    scale: str,
    told: Told,
) -> Iterator[NDArray[np.uint8]]:
    """Yield blocks (at most 256, height, width, channels) of decoded images, noting the broken ones."""
    spread: Range | None = None

    def one(path: str) -> Decoded | str:
        try:
            image = decode(listing.root / path, size, color, spread)
        except CORRUPT as error:
            return _reason(error)
        if stamp(listing.root / path) != listing.images[path]:
            raise InputError(f"Expected the images to stay as they are. Received: {path} changed while it was read.")
        return image

    def range_of(path: str) -> Range | None:
        try:
            return value_range(listing.root / path)
        except CORRUPT:
            return None  # said where it is decoded

    with ThreadPoolExecutor(os.cpu_count()) as pool, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # Pillow's remarks on odd EXIF data, one an image
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # from twice as many pixels on it is an error
        if scale == "range":
            for found in pool.map(range_of, paths):
                told.see(found)
            spread = told.depth
        for start in range(0, len(paths), _BLOCK):
            some = paths[start : start + _BLOCK]
            block = np.zeros((len(some), *size, CHANNELS[color]), dtype=np.uint8)
            for row, (path, image) in enumerate(zip(some, pool.map(one, some), strict=True)):
                if isinstance(image, str):
                    refuse_unless(on_corrupt, path, image)
                    told.broken[path] = image
                else:
                    block[row] = image.pixels
                    told.see(image.values)
            yield block


def _reason(error: BaseException) -> str:
    """Return why a file cannot be decoded, without the path, so that it reads the same in any folder."""
    if isinstance(error, UnidentifiedImageError):
        return "no image of a known kind"
    return str(getattr(error, "strerror", None) or error or type(error).__name__)


def refuse_unless(on_corrupt: str, path: str, reason: str) -> None:
    if on_corrupt != "skip":
        raise InputError(
            f"Expected images that can be decoded. Received: {path} ({reason}). "
            "Repair or remove it, or set `on_corrupt: skip`."
        )
