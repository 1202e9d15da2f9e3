"""Decoding one file: every kind, every mode, as a person sees it."""

import numpy as np
import pytest
from PIL import Image

from sweep.data.decoding import decode, value_range


def pixels(path, size, color, spread=None):
    """Return the pixels of a file."""
    return decode(path, size, color, spread).pixels


@pytest.mark.parametrize("suffix", ["png", "bmp", "pgm", "ppm", "tif", "TIFF", "webp", "jpg", "JPEG"])
def test_every_kind_of_file_is_decoded(tmp_path, suffix):
    """Every kind gives the pixels that were saved (JPEG nearly)."""
    grey = np.tile(np.arange(0, 160, 20, dtype=np.uint8), (8, 1))
    path = tmp_path / f"a.{suffix}"
    best = {"j": {"quality": 100}, "w": {"lossless": True}}.get(suffix.lower()[0], {})
    Image.fromarray(grey).convert("RGB" if suffix == "ppm" else "L").save(path, **best)
    np.testing.assert_allclose(pixels(path, (8, 8), "grayscale")[..., 0], grey, atol=2)
    np.testing.assert_allclose(pixels(path, (8, 8), "rgb")[..., 2], grey, atol=2)


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
    np.testing.assert_allclose(pixels(path, (4, 4), "grayscale")[..., 0], grey, atol=4 if mode == "CMYK" else 0)


def test_sixteen_bits_are_scaled_and_not_clipped(tmp_path):
    """A 16-bit value v becomes v / 257."""
    values = np.array([[0, 257, 25700, 65535]], dtype=np.uint16)
    Image.fromarray(values).save(tmp_path / "a.png")
    assert pixels(tmp_path / "a.png", (1, 4), "grayscale")[0, :, 0].tolist() == [0, 1, 100, 255]
    (tmp_path / "b.pgm").write_bytes(b"P5 4 1 65535\n" + values.astype(">u2").tobytes())
    assert pixels(tmp_path / "b.pgm", (1, 4), "grayscale")[0, :, 0].tolist() == [0, 1, 100, 255]


def test_a_photograph_is_turned_as_its_camera_says(tmp_path):
    """EXIF orientation 6 means: turn by a quarter to the right."""
    grey = np.zeros((4, 4), dtype=np.uint8)
    grey[0] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(grey).save(tmp_path / "a.png", exif=exif)
    assert pixels(tmp_path / "a.png", (4, 4), "grayscale")[:, 3, 0].tolist() == [255] * 4


def test_the_range_of_deep_images_is_told_and_spread(tmp_path):
    """Of 12-bit depth the range is told; spread over it, the smallest value is 0 and the largest 255."""
    values = np.array([[400, 2247, 4094]], dtype=np.uint16)
    Image.fromarray(values).save(tmp_path / "a.png")
    assert decode(tmp_path / "a.png", (1, 3), "grayscale").values == (400, 4094)
    assert value_range(tmp_path / "a.png") == (400, 4094)
    assert pixels(tmp_path / "a.png", (1, 3), "grayscale")[0, :, 0].tolist() == [2, 9, 16]
    assert pixels(tmp_path / "a.png", (1, 3), "grayscale", (400, 4094))[0, :, 0].tolist() == [0, 128, 255]
    Image.fromarray(np.zeros((1, 3), np.uint8)).save(tmp_path / "b.png")
    assert decode(tmp_path / "b.png", (1, 3), "grayscale").values is None
    assert value_range(tmp_path / "b.png") is None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array([[-5, 3]], dtype=np.int32), "from -5 to 3, beyond 16 bits"),
        (np.array([[0, 70_000]], dtype=np.int32), "to 70000, beyond 16 bits"),
        (np.array([[0, 0.5]], dtype=np.float32), "floating-point numbers of unknown range"),
        (np.array([[0, np.nan]], dtype=np.float32), "not all finite"),
    ],
)
def test_values_that_no_scale_is_known_for_are_refused(tmp_path, values, message):
    """What would be clipped or guessed is refused; `scale: range` takes it where it is finite."""
    Image.fromarray(values).save(tmp_path / "a.tif")
    with pytest.raises(ValueError, match=message):
        decode(tmp_path / "a.tif", (1, 2), "grayscale")
    if np.isfinite(values).all():
        spread = value_range(tmp_path / "a.tif")
        assert pixels(tmp_path / "a.tif", (1, 2), "grayscale", spread)[0, :, 0].tolist() == [0, 255]


def test_a_file_of_several_pictures_is_refused(tmp_path):
    """Of a TIFF with two pages the first would be taken, and the second lost without a word."""
    page = Image.new("L", (4, 4))
    page.save(tmp_path / "a.tif", save_all=True, append_images=[page])
    with pytest.raises(ValueError, match="holds 2 pictures"):
        decode(tmp_path / "a.tif", (4, 4), "grayscale")
