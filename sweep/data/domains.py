"""Two synthetic domains for transfer learning: the same kind of pictures under other light.

A picture is a flower of some petals before a plain background: place, size, turn, both colours, light and noise are
drawn for each. The source domain has five classes in neutral light. The target domain has two of them through a dim,
low-contrast, reddish camera, so that the statistics inside a net pretrained on the source are wrong there.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sweep.data.splits import Split, Splits
from sweep.errors import InputError

PETALS = {"source": (2, 3, 4, 5, 6), "target": (4, 5)}
CONTRAST, DIM, CAST = 0.4, -0.12, np.array([0.12, 0.0, -0.14])  # of the target; as fractions of the full range


def synthetic_domains(
    *,
    domain: str = "target",
    samples: Sequence[int] = (320, 160, 800),
    image_size: int = 32,
    shift: float = 1.0,
    noise: float = 0.06,
    seed: int = 0,
) -> Splits:
    """Return pictures of flowers, labelled by their number of petals, in three splits.

    domain: "source" (2 to 6 petals) or "target" (4 or 5). samples: how many in train, dev and test. image_size: pixels
    a side, at least 16. shift: of the target's light; 0 leaves it as in the source, 1 is the default. noise: SD in each
    pixel, as a fraction of the full range. seed: of the data, not of the training.
    x: (n, image_size, image_size, 3) uint8. Raises InputError for a number out of range.
    """
    _check(domain, samples, image_size, shift, noise)
    petals = PETALS[domain]
    amount = shift if domain == "target" else 0.0
    parts = []
    for at, n in enumerate(samples):
        rng = np.random.default_rng([seed, list(PETALS).index(domain), at])
        label = rng.permutation(np.arange(n) % len(petals))
        pictures = _flowers(np.asarray(petals)[label], image_size, rng)
        seen = 0.5 + (1 + amount * (CONTRAST - 1)) * (pictures - 0.5) + amount * (DIM + CAST)
        seen += rng.normal(0, noise, seen.shape)
        x = (np.clip(seen, 0, 1) * 255).round().astype(np.uint8)
        unknown = np.full(n, "")
        name = ("train", "dev", "test")[at]
        sample = np.asarray([f"{domain}-{name}-{number:05d}" for number in range(1, n + 1)], dtype=str)
        parts.append(Split(x, label.astype(np.int64), unknown, unknown, sample))
    return Splits(parts[0], parts[1], parts[2], classes=tuple(f"{count} petals" for count in petals))


def _flowers(petals: NDArray[np.int64], size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return (n, size, size, 3) pictures from 0 to 1."""
    n = len(petals)
    each = (n, 1, 1)
    axis = np.linspace(-1, 1, size)
    down = axis[None, :, None] - rng.uniform(-0.25, 0.25, each)
    right = axis[None, None, :] - rng.uniform(-0.25, 0.25, each)
    angle = np.arctan2(down, right) - rng.uniform(0, 2 * np.pi, each)
    edge = rng.uniform(0.35, 0.6, each) * (1 + 0.35 * np.cos(petals[:, None, None] * angle))
    inside = 1 / (1 + np.exp(np.clip((np.hypot(down, right) - edge) * 20, -40, 40)))
    background = rng.uniform(0.1, 0.9, (n, 1, 1, 3))
    flower = (background + rng.choice([-1, 1], (n, 1, 1, 1)) * rng.uniform(0.25, 0.5, (n, 1, 1, 3))) % 1
    light = 1 + rng.normal(0, 0.15, each) * axis[None, :, None] + rng.normal(0, 0.15, each) * axis[None, None, :]
    pictures = (background + inside[..., None] * (flower - background)) * light[..., None]
    return np.asarray(np.clip(pictures, 0, 1))


def _check(domain: str, samples: Sequence[int], image_size: int, shift: float, noise: float) -> None:
    if domain not in PETALS:
        raise InputError(f"Expected domain as source or target. Received: domain={domain!r}.")
    least = len(PETALS[domain])
    if len(samples) != 3 or min(samples) < least:
        raise InputError(f"Expected samples as three counts of at least {least}. Received: samples={samples!r}.")
    if image_size < 16:
        raise InputError(f"Expected image_size of at least 16. Received: image_size={image_size!r}.")
    for name, value, high in (("shift", shift, 1.5), ("noise", noise, 1.0)):
        if not 0 <= value <= high:
            raise InputError(f"Expected {name} from 0 to {high}. Received: {name}={value!r}.")
