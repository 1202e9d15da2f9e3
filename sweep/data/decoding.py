"""One image file as pixels of a wanted size and colour."""

import struct
import threading
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

CHANNELS = {"rgb": 3, "grayscale": 1}
SCALES = ("full", "range")
CORRUPT = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)  # what Pillow raises

_LARGE = 30_000_000  # pixels; such images are decoded one at a time, each takes some hundred MB
_one_large = threading.Lock()

Range = tuple[float, float]


class Decoded(NamedTuple):
    """An image.

    pixels: (height, width, channels) uint8. values: smallest and largest in the file, where these had more than 8 bits.
    """

    pixels: NDArray[np.uint8]
    values: Range | None


def decode(path: Path, size: tuple[int, int], color: str, spread: Range | None = None) -> Decoded:
    """Return an image at the wanted size and colour.

    size: (height, width); the whole image is stretched to it by Pillow's bilinear filter, which averages when it
    shrinks. color: rgb or grayscale (ITU-R 601 luma). A photograph is turned as its EXIF orientation says; transparency
    is dropped. spread: the values that become 0 and 255 in images of more than 8 bits; None: 0 and 65535.
    Raises one of CORRUPT where the file cannot be read or decoded, or holds several pictures.
    """
    with Image.open(path) as opened:
        n_pictures = getattr(opened, "n_frames", 1)
        if n_pictures > 1 and opened.format != "MPO":  # MPO: a photograph with its preview behind it
            raise ValueError(f"holds {n_pictures} pictures; cut them into files of their own")
        if opened.width * opened.height < _LARGE:
            return _pixels(opened, size, color, spread)
        with _one_large:
            return _pixels(opened, size, color, spread)


def value_range(path: Path) -> Range | None:
    """Return the smallest and largest value of an image of more than 8 bits, None for any other."""
    with Image.open(path) as opened:
        if not _deep(opened):
            return None
        values = np.asarray(opened)
        return float(values.min()), float(values.max())


def _deep(image: Image.Image) -> bool:
    return image.mode.startswith("I") or image.mode == "F"


def _pixels(opened: Image.Image, size: tuple[int, int], color: str, spread: Range | None) -> Decoded:
    opened.load()
    ImageOps.exif_transpose(opened, in_place=True)  # in place: a copy of a large image is hundreds of MB
    image: Any = opened
    found: Range | None = None
    if _deep(image):  # Pillow would clip 16 bits at 255 instead of scaling them
        values = np.asarray(image)
        found = float(values.min()), float(values.max())
        image = Image.fromarray(_eight_bits(values, found, spread))
    elif image.mode in ("P", "PA"):
        image = image.convert("RGBA")
    mode = "RGB" if color == "rgb" else "L"
    wanted = image if image.mode == mode else image.convert(mode)
    if wanted.size != (size[1], size[0]):
        wanted = wanted.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    return Decoded(np.asarray(wanted, dtype=np.uint8).reshape(*size, CHANNELS[color]), found)


def _eight_bits(values: NDArray[Any], found: Range, spread: Range | None) -> NDArray[np.uint8]:
    if not np.isfinite(found).all():
        raise ValueError("its pixels are not all finite numbers")
    if spread is not None:
        low, high = spread
        shares = (values.astype(np.float64) - low) / max(high - low, np.finfo(np.float64).tiny)
        return np.asarray((255 * np.clip(shares, 0, 1)).round(), dtype=np.uint8)
    if values.dtype.kind == "f":
        raise ValueError("its pixels are floating-point numbers of unknown range; `scale: range` takes what is used")
    if found[0] < 0 or found[1] > 65535:
        raise ValueError(f"its values reach from {found[0]:.0f} to {found[1]:.0f}, beyond 16 bits; set `scale: range`")
    return np.asarray((values / 257).round(), dtype=np.uint8)
