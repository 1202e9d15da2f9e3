"""Rows of an image store, read when they are asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Images:
    """Images that stay on disk: row i is `pixels[rows[i]]`, one image or a pair of them.

    One decoded store serves the three splits, every division into splits, every pair and every trial on the node.

    pixels: (m, height, width, channels) uint8, usually a memory map.
    rows: (n,) positions in the store, or (n, 2) for pairs.
    digests: (m, 16) uint8, a digest of each image of the store, or None where it is not at hand.
    store: the folder of the store, None where the pixels are in memory.
    """

    pixels: NDArray[np.uint8]
    rows: NDArray[np.int64]
    digests: NDArray[np.uint8] | None = None
    store: Path | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, height, width, channels), of pairs (n, 2, height, width, channels)."""
        return (*self.rows.shape, *self.pixels.shape[1:])

    @property
    def dtype(self) -> np.dtype[np.uint8]:
        """The type of a pixel: uint8."""
        return self.pixels.dtype

    @property
    def ndim(self) -> int:
        """The number of axes, the samples' included."""
        return self.pixels.ndim + self.rows.ndim - 1

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.rows)

    def __getitem__(self, index: Any) -> NDArray[np.uint8]:
        """Return the images at an integer, a slice, or an array of integers or booleans, as a plain array."""
        return np.asarray(self.pixels[self.rows[index]])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Return all images in memory."""
        return np.asarray(self[:], dtype=dtype)
