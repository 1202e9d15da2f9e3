"""Small vectors with subjects, for tests that must be quick and for trying a study without images."""

from collections.abc import Sequence

import numpy as np

from sweep.data.splits import Split, Splits
from sweep.errors import InputError

KINDS = ("verification", "classification", "regression")


def synthetic_vectors(
    *,
    kind: str = "verification",
    subjects: Sequence[int] = (12, 6, 8),
    samples: int = 8,
    features: int = 6,
    n_classes: int = 3,
    noise: float = 1.0,
    seed: int = 0,
) -> Splits:
    """Return Gaussian vectors around the centre of their label, moved by an effect of their subject.

    kind: verification (labels 1 genuine, 0 impostor, both for every subject), classification (0 .. n_classes - 1) or
    regression (the label is a linear function of the vector plus noise).
    subjects: how many in train, dev and test; none lies in two. samples: of each subject. features: of each vector.
    noise: SD around the centre, 1 lets the classes overlap; subjects move by half of it. seed: of the data.
    x: (n, features) float32. Raises InputError for a number out of range.
    """
    _check(kind, subjects, samples, features, n_classes, noise)
    rng = np.random.default_rng(seed)
    count = 2 if kind == "verification" else n_classes
    centres = rng.normal(0, 1, (count, features))
    slope = rng.normal(0, 1, features)
    parts, first = [], 1
    for n in subjects:
        people = np.repeat(np.arange(first, first + n), samples)
        number = np.tile(np.arange(samples), n)
        moved = np.repeat(rng.normal(0, noise / 2, (n, features)), samples, axis=0)
        labels = number % count
        x = moved + rng.normal(0, noise, (len(people), features))
        if kind == "regression":
            y = x @ slope + rng.normal(0, noise / 2, len(people))
        else:
            x, y = x + centres[labels], labels.astype(np.int64)
        subject = np.asarray([f"S{person:03d}" for person in people], dtype=str)
        sample = np.asarray([f"S{a:03d}/{b + 1:02d}" for a, b in zip(people, number, strict=True)], dtype=str)
        parts.append(Split(x.astype(np.float32), y, subject, np.full(len(people), ""), sample))
        first += n
    classes = {"verification": ("impostor", "genuine"), "regression": ()}
    named = classes.get(kind, tuple(f"class {label}" for label in range(count)))
    return Splits(parts[0], parts[1], parts[2], classes=named)


def _check(kind: str, subjects: Sequence[int], samples: int, features: int, n_classes: int, noise: float) -> None:
    if kind not in KINDS:
        raise InputError(f"Expected kind as one of {', '.join(KINDS)}. Received: kind={kind!r}.")
    if len(subjects) != 3 or min(subjects) < 1:
        raise InputError(f"Expected subjects as three counts: train, dev, test. Received: subjects={subjects!r}.")
    low = {"verification": 2, "classification": n_classes, "regression": 1}[kind]
    for name, value, least in (("samples", samples, low), ("features", features, 1), ("n_classes", n_classes, 2)):
        if value < least:
            raise InputError(f"Expected {name} of at least {least}. Received: {name}={value!r}.")
    if not noise > 0:
        raise InputError(f"Expected noise above 0. Received: noise={noise!r}.")
