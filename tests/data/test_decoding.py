"""Decoding one file: every kind, every mode, as a person sees it."""

import numpy as np
import pytest
from PIL import Image

from sweep.data.decoding import decode


@pytest.mark.parametrize("suffix", ["png", "bmp", "pgm", "jpg", "JPEG"])
def test_every_kind_of_file_is_decoded(tmp_path, suffix):
    """PNG, JPEG, PGM and BMP give the pixels that were saved (JPEG nearly)."""
    grey = np.tile(np.arange(0, 160, 20, dtype=np.uint8), (8, 1))
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(grey).save(path, **({"quality": 100} if suffix.lower().startswith("j") else {}))
    np.testing.assert_allclose(decode(path, (8, 8), "grayscale")[..., 0], grey, atol=2)
    np.testing.assert_allclose(decode(path, (8, 8), "rgb")[..., 2], grey, atol=2)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_mode_is_brought_to_eight_bits(tmp_path, mode):
    """Palette, transparency, CMYK and 16 bits keep their grey values."""
    grey = np.zeros((4, 4), dtype=np.uint8)
    grey[:2] = 255
    if mode == "I;16":
        image = Image.fromarray(grey.astype(np.uint16) * 257)
    elif mode == "P":
        image = Image.fromarray(grey).convert("P")
        image.info["transparency"] = b"\x00\xff"
    else:
        image = Image.fromarray(grey).convert(mode)
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    image.save(path)
    np.testing.assert_allclose(decode(path, (4, 4), "grayscale")[..., 0], grey, atol=4 if mode == "CMYK" else 0)


def test_sixteen_bits_are_scaled_and_not_clipped(tmp_path):
    """A 16-bit value v becomes v / 257."""
    values = np.array([[0, 257, 25700, 65535]], dtype=np.uint16)
    Image.fromarray(values).save(tmp_path / "a.png")
    assert decode(tmp_path / "a.png", (1, 4), "grayscale")[0, :, 0].tolist() == [0, 1, 100, 255]
    (tmp_path / "b.pgm").write_bytes(b"P5 4 1 65535\n" + values.astype(">u2").tobytes())
    assert decode(tmp_path / "b.pgm", (1, 4), "grayscale")[0, :, 0].tolist() == [0, 1, 100, 255]


def test_a_photograph_is_turned_as_its_camera_says(tmp_path):
    """EXIF orientation 6 means: turn by a quarter to the right."""
    grey = np.zeros((4, 4), dtype=np.uint8)
    grey[0] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(grey).save(tmp_path / "a.png", exif=exif)
    assert decode(tmp_path / "a.png", (4, 4), "grayscale")[:, 3, 0].tolist() == [255] * 4
