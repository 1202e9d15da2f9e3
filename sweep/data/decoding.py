"""One image file as pixels of a wanted size and colour."""

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

CHANNELS = {"rgb": 3, "grayscale": 1}
CORRUPT = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)  # what Pillow raises


def decode(path: Path, size: tuple[int, int], color: str) -> NDArray[np.uint8]:
    """Return (height, width, channels) uint8.

    size: (height, width); the whole image is stretched to it by Pillow's bilinear filter, which averages when it
    shrinks. color: rgb or grayscale (ITU-R 601 luma). A photograph is turned as its EXIF orientation says; transparency
    is dropped; 16 bits are scaled to 8.
    Raises one of CORRUPT where the file cannot be read or decoded.
    """
    with Image.open(path) as opened:
        opened.load()
        image = ImageOps.exif_transpose(opened)
        if image.mode.startswith("I"):  # Pillow would clip 16 bits at 255 instead of scaling them
            image = Image.fromarray((np.clip(np.asarray(image), 0, 65535) / 257).round().astype(np.uint8))
        elif image.mode == "F":
            raise ValueError("its pixels are floating-point numbers of unknown range")
        elif image.mode in ("P", "PA"):
            image = image.convert("RGBA")
        wanted = image.convert("RGB" if color == "rgb" else "L")
        if wanted.size != (size[1], size[0]):
            wanted = wanted.resize((size[1], size[0]), Image.Resampling.BILINEAR)
        return np.asarray(wanted, dtype=np.uint8).reshape(*size, CHANNELS[color])
