"""Synthetic presentation attacks: bona fide recordings of faces, and the same faces replayed from a screen.

No photograph is needed and no network. A face-like object is drawn from random effects of its subject (shape, skin,
hair), of its video (pose, light, background, gain of the camera, sharpness) and of its frame (small motion, noise).
An attack is the same drawing seen through a screen: blurred, with a colour cast and a moire pattern, each by an amount
of its own video, so that some attacks are easy and some are nearly invisible. A subject lies in one split only.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweep.data.splits import Split, Splits
from sweep.errors import InputError

_RGB = NDArray[np.float64]


def synthetic_attack(
    *,
    subjects: tuple[int, int, int] | list[int] = (72, 24, 36),
    videos: int = 3,
    frames: int = 2,
    image_size: int | tuple[int, int] | list[int] = 32,
    difficulty: float = 1.0,
    seed: int = 0,
) -> Splits:
    """Return bona fide (label 1) and replayed (label 0) face-like frames in three splits, disjoint in subjects.

    subjects: how many in train, dev and test. videos: of each subject, bona fide and as many attacks.
    frames: of each video. image_size: pixels, a number or (height, width), at least 16.
    difficulty: 1 is the default; towards 0 the traces of the screen are plain, beyond 1 they fade.
    seed: of the data, not of the training; the same seed gives the same bytes with the same NumPy and SciPy.
    x: (n, height, width, 3) uint8. Raises InputError for a number out of range.
    """
    height, width = (image_size, image_size) if isinstance(image_size, int) else image_size
    _check(subjects, videos, frames, (height, width), difficulty)
    ends = np.cumsum([0, *subjects]).tolist()
    train, dev, test = (
        _split(range(start, end), videos, frames, (height, width), difficulty, seed)
        for start, end in itertools.pairwise(ends)
    )
    return Splits(train, dev, test, classes=("impostor", "genuine"))


def _check(
    subjects: tuple[int, ...] | list[int], videos: int, frames: int, size: tuple[int, int], difficulty: float
) -> None:
    if len(subjects) != 3 or min(subjects) < 1:
        raise InputError(f"Expected subjects as three counts: train, dev, test. Received: subjects={subjects!r}.")
    for name, value, low in (("videos", videos, 1), ("frames", frames, 1), ("image_size", min(size), 16)):
        if value < low:
            raise InputError(f"Expected {name} of at least {low}. Received: {name}={value!r}.")
    if not 0 <= difficulty <= 10:
        raise InputError(f"Expected difficulty from 0 to 10. Received: difficulty={difficulty!r}.")


def _split(subjects: range, videos: int, frames: int, size: tuple[int, int], difficulty: float, seed: int) -> Split:
    images, labels, who, which, ids = [], [], [], [], []
    for subject in subjects:
        face = Face.drawn(np.random.default_rng([seed, subject]))
        for label, kind in ((1, "genuine"), (0, "impostor")):
            for video in range(videos):
                rng = np.random.default_rng([seed, subject, label, video])
                images.append(recording(face, kind == "impostor", frames, size, difficulty, rng))
                person = f"S{subject + 1:03d}"
                clip = f"{person}/{kind}-{video + 1}"
                labels += [label] * frames
                who += [person] * frames
                which += [clip] * frames
                ids += [f"{clip}/{frame + 1:02d}" for frame in range(frames)]
    return Split(
        x=np.concatenate(images),
        y=np.asarray(labels, dtype=np.int64),
        subject=np.asarray(who, dtype=str),
        video=np.asarray(which, dtype=str),
        sample=np.asarray(ids, dtype=str),
    )


@dataclass(frozen=True)
class Face:
    """The random effects of a subject: lengths in units of half the image, colours from 0 to 1."""

    half_width: float
    half_height: float
    skin: _RGB
    hair: _RGB
    hairline: float
    eye_gap: float
    eye_size: float
    mouth_width: float
    sharpness: float

    @staticmethod
    def drawn(rng: np.random.Generator) -> "Face":
        tone = rng.uniform(0.35, 0.9)
        return Face(
            half_width=rng.uniform(0.42, 0.58),
            half_height=rng.uniform(0.58, 0.76),
            skin=tone * np.array([1.0, rng.uniform(0.72, 0.84), rng.uniform(0.55, 0.74)]),
            hair=rng.uniform(0.05, 0.6) * np.array([1.0, rng.uniform(0.7, 1.0), rng.uniform(0.5, 1.0)]),
            hairline=rng.uniform(-0.62, -0.35),
            eye_gap=rng.uniform(0.17, 0.26),
            eye_size=rng.uniform(0.06, 0.1),
            mouth_width=rng.uniform(0.12, 0.24),
            sharpness=rng.uniform(0.0, 0.35),
        )


def recording(
    face: Face,
    attack: bool,
    frames: int,
    size: tuple[int, int],
    difficulty: float,
    rng: np.random.Generator,
    *,
    variation: float = 1.0,
) -> NDArray[np.uint8]:
    """Return (frames, height, width, 3) uint8 of one recording.

    variation: times what pose, light and camera differ by between two recordings of one face.
    """
    rows, columns = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]), indexing="ij")
    pose = variation * rng.normal(0, 0.08, 2)
    tilt = variation * rng.normal(0, 0.12)
    light = variation * rng.normal(0, 0.22, 2)
    gain = (rng.uniform(0.75, 1.2) * (1 + rng.normal(0, 0.03, 3))) ** variation
    backdrop = rng.uniform(0.2, 0.8) * rng.uniform(0.8, 1.2, 3)
    stripes = rng.uniform(0, 0.12) * np.sin(rng.uniform(3, 8) * (columns * rng.normal() + rows * rng.normal()))
    blur = face.sharpness + rng.uniform(0.2, 0.5)
    noise = rng.uniform(0.01, 0.03)
    screen = _Screen.drawn(rng, difficulty) if attack else None
    background = backdrop + stripes[..., None]
    film = np.empty((frames, *size, 3))
    for frame in range(frames):
        shift = pose + rng.normal(0, 0.025, 2)
        picture = _portrait(face, rows - shift[0], columns - shift[1], tilt, background)
        picture *= (1 + light[0] * rows + light[1] * columns)[..., None]
        if screen is not None:
            picture = screen.replay(picture, rows, columns, rng)
        picture = _blurred(picture, blur) * gain
        film[frame] = picture + rng.normal(0, noise, picture.shape)
    return (np.clip(film, 0, 1) * 255).round().astype(np.uint8)


def _blurred(picture: _RGB, width: float) -> _RGB:
    """Return the picture through a Gaussian of that standard deviation, in pixels."""
    from scipy.ndimage import gaussian_filter  # not by every process that only starts

    filtered: _RGB = gaussian_filter(picture, (width, width, 0))
    return filtered


def _portrait(face: Face, rows: _RGB, columns: _RGB, tilt: float, background: _RGB) -> _RGB:
    """Return (height, width, 3): a head with hair, eyes, nose and mouth before a background."""
    down = rows * np.cos(tilt) + columns * np.sin(tilt)
    right = columns * np.cos(tilt) - rows * np.sin(tilt)
    radius = np.hypot(right / face.half_width, down / face.half_height)
    picture = np.array(np.broadcast_to(background, (*rows.shape, 3)))
    picture = _paint(picture, _soft(radius - 1.12), face.hair)
    picture = _paint(picture, _soft(np.maximum(radius - 1, face.hairline - down)), face.skin)
    picture *= (1 - 0.25 * np.clip(radius, 0, 1) ** 2)[..., None]
    for side in (-1, 1):
        eye = np.hypot((right - side * face.eye_gap) / 1.5, down + 0.12) - face.eye_size
        picture = _paint(picture, _soft(eye), np.array([0.9, 0.9, 0.88]))
        picture = _paint(picture, _soft(np.hypot(right - side * face.eye_gap, down + 0.12) - 0.045), face.hair * 0.5)
    nose = np.hypot(right / 0.06, (down - 0.08) / 0.18) - 1
    picture = _paint(picture, 0.35 * _soft(nose), face.skin * 0.6)
    mouth = np.hypot(right / face.mouth_width, (down - 0.38) / 0.06) - 1
    return _paint(picture, _soft(mouth), face.skin * np.array([0.85, 0.5, 0.5]))


def _soft(distance: _RGB) -> _RGB:
    """Return 1 inside (distance below 0), 0 outside, with a soft edge."""
    return 1 / (1 + np.exp(np.clip(distance * 25, -40, 40)))


def _paint(picture: _RGB, mask: _RGB, colour: _RGB) -> _RGB:
    return picture + mask[..., None] * (colour - picture)


@dataclass(frozen=True)
class _Screen:
    """What a replay adds, drawn once a video: blur in pixels, colour cast as gains, moire as a wave."""

    blur: float
    cast: _RGB
    contrast: float
    moire: float
    wave: _RGB

    @staticmethod
    def drawn(rng: np.random.Generator, difficulty: float) -> "_Screen":
        strength = 2.4 * rng.lognormal(0, 0.4) / max(difficulty, 0.1)
        angle = rng.uniform(0, np.pi)
        frequency = rng.uniform(14, 34)
        return _Screen(
            blur=0.6 * strength * rng.uniform(0.3, 1.2),
            cast=1 + 0.08 * strength * np.array([-1.0, 0.0, 1.0]) * rng.uniform(0.2, 1.2) + rng.normal(0, 0.01, 3),
            contrast=1 - 0.08 * np.tanh(strength) * rng.uniform(0.2, 1.2),
            moire=0.09 * strength * rng.uniform(0.2, 1.2),
            wave=frequency * np.array([np.cos(angle), np.sin(angle)]),
        )

    def replay(self, picture: _RGB, rows: _RGB, columns: _RGB, rng: np.random.Generator) -> _RGB:
        """Return the picture (height, width, 3) as filmed from the screen; the phase of the moire moves by frame."""
        seen = _blurred(picture, self.blur)
        seen = 0.5 + self.contrast * (seen - 0.5)
        phase = self.wave[0] * rows + self.wave[1] * columns + rng.uniform(0, 2 * np.pi)
        tint = np.sin(phase[..., None] + np.array([0.0, 0.6, 1.2]))
        return np.asarray(seen * self.cast * (1 + self.moire * tint))
