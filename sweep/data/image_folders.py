"""A folder of images as train, dev and test, with the subject, the video and the attack type of every image."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sweep.data.decoding import CHANNELS
from sweep.data.division import divide, hold_out_dev
from sweep.data.frames import Frame, frames_from_folders, frames_from_manifest
from sweep.data.image_listing import KINDS, Listing, list_images
from sweep.data.image_store import ImageStore, stored_images
from sweep.data.images import Images
from sweep.data.splits import SPLITS, Split, Splits
from sweep.errors import InputError, nearest
from sweep.metrics.labels import letter_of

_TEXTS = (".txt", ".md", ".csv", ".tsv", ".json", ".xml", ".yaml", ".yml", ".html", ".pdf", ".log")  # beside images


def image_folder(
    root: str | Path,
    image_size: int | Sequence[int],
    *,
    color: str = "rgb",
    pattern: str | None = None,
    manifest: str | None = None,
    genuine: str | None = None,
    fractions: Sequence[float] = (0.6, 0.2, 0.2),
    dev_from_train: float | None = None,
    on_corrupt: str = "stop",
    scale: str = "full",
    split_seed: int = 0,
    task: str | None = None,
    cache: Path | None = None,
) -> Splits:
    """Return the images below the root, decoded to uint8 of one size.

    root: holds `{train,dev,test}/{genuine,impostor}/...`, or `{genuine,impostor}/...` to be divided by subject.
    image_size: pixels, a number or (height, width). color: rgb (3 channels) or grayscale (1).
    pattern: None takes subject and video from the folders `CLASS/SUBJECT/VIDEO/frame.png`; a regular expression with
    groups `subject`, `video` and `attack_type` takes them from the file name, or from the path if it holds a "/".
    manifest: a CSV file below the root with path, label and where known split, subject, video, attack_type, in place of
    the folders.
    genuine: which class is the genuine one; every other is then an impostor. None knows the words of
    `sweep.metrics.labels`. Where nothing else names an attack's type, it is its class, unless that is a word for
    impostors. fractions: of the subjects in train, dev, test where the root is not divided yet.
    dev_from_train: share of train's subjects, or images where these are unknown, that become dev where the root has
    the folders train and test alone, as public data often do.
    on_corrupt: "stop" at an image that cannot be decoded, or "skip" it. split_seed: of the division into splits.
    scale: how 16-bit images become 8 bits: "full" takes 0 to 65535, "range" the smallest and largest value of them all.
    task: "classification" takes the sorted class folders as labels 0, 1, ...; "verification" wants the genuine one.
    cache: a folder of this node to decode into; None decodes into memory.
    Sample ids are the paths below the root. Raises InputError for whatever is wrong, with the file or folder named.
    """
    size, listing = _checked(image_size, color, on_corrupt), _listed(root)
    if manifest is None:
        frames = frames_from_folders(listing, pattern, without_dev=dev_from_train is not None)
        if dev_from_train is not None:
            frames = hold_out_dev(frames, dev_from_train, np.random.default_rng(split_seed))
    else:
        frames = frames_from_manifest(listing, listing.root / manifest)
    classes, label = _labelled(frames, genuine, task)
    if frames[0].split:
        _check_same_classes(frames, label, tuple(classes))
    else:
        frames = divide(frames, fractions, np.random.default_rng(split_seed))
    frames = _with_attack_types(frames, classes)
    paths = [frame.path for frame in frames]
    store = stored_images(listing, paths, size, color, on_corrupt=on_corrupt, scale=scale, cache=cache)
    attacks = any(frame.attack_type for frame in frames)
    train, dev, test = (_split(frames, name, label, store, attacks) for name in SPLITS)
    findings = _findings(store, listing, frames, manifest)
    # Trials of these files were stored before attack types were kept: the id of the data stays theirs.
    return Splits(train, dev, test, classes=tuple(classes), findings=findings, not_in_id=("attack_type",))


def image_test_set(
    root: str | Path,
    image_size: int | Sequence[int],
    *,
    color: str = "rgb",
    pattern: str | None = None,
    manifest: str | None = None,
    genuine: str | None = None,
    on_corrupt: str = "stop",
    scale: str = "full",
    task: str | None = None,
    cache: Path | None = None,
) -> dict[str, Any]:
    """Return the images below the root as a further test set (`tests:` of a study), with nothing to train on.

    root: holds `test/{genuine,impostor}/...`, beside which train and dev are left out, or `{genuine,impostor}/...`,
    which is then a test set as a whole. A manifest may have the column split; its rows of test count, or all.
    The other arguments, the sample ids and the errors are those of `image_folder`.
    """
    size, listing = _checked(image_size, color, on_corrupt), _listed(root)
    if manifest is None:
        frames = frames_from_folders(listing, pattern, only_test=True)
    else:
        frames = frames_from_manifest(listing, listing.root / manifest)
    if frames and frames[0].split:
        frames = [frame for frame in frames if frame.split == "test"]
    if not frames:
        raise InputError(f"Expected images of test below {root}. Received: none; all are of other splits.")
    classes, label = _labelled(frames, genuine, task)
    frames = _with_attack_types([replace(frame, split="test") for frame in frames], classes)
    paths = [frame.path for frame in frames]
    store = stored_images(listing, paths, size, color, on_corrupt=on_corrupt, scale=scale, cache=cache)
    test = _split(frames, "test", label, store, any(frame.attack_type for frame in frames))
    return {"test": test, "classes": tuple(classes), "findings": _findings(store, listing, frames, manifest)}


def _listed(root: str | Path) -> Listing:
    listing = list_images(Path(root).expanduser())
    if not listing.images:
        raise InputError(f"Expected images ({KINDS}) below {root}. Received: none.")
    return listing


def _labelled(
    frames: Sequence[Frame], genuine: str | None, task: str | None
) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Return class -> names of its folders, and the label of each of those names."""
    classes = _classes(sorted({frame.label for frame in frames}), genuine, task)
    return classes, {name: number for number, names in enumerate(classes.values()) for name in names}


def _checked(image_size: int | Sequence[int], color: str, on_corrupt: str) -> tuple[int, int]:
    for name, value, known in (("color", color, tuple(CHANNELS)), ("on_corrupt", on_corrupt, ("stop", "skip"))):
        if value not in known:
            raise InputError(
                f"Expected {name} as one of {', '.join(known)}. Received: {value!r}.{nearest(str(value), known)}"
            )
    size = (image_size, image_size) if isinstance(image_size, int) else tuple(image_size)
    if len(size) != 2 or not all(isinstance(side, int) and side >= 1 for side in size):
        raise InputError(f"Expected image_size as pixels: a number or [height, width]. Received: {image_size!r}.")
    return size[0], size[1]


def _classes(names: list[str], genuine: str | None, task: str | None) -> dict[str, list[str]]:
    """Return class -> names of its folders, in the order of the labels."""
    if genuine is not None:
        if genuine not in names:
            raise InputError(
                f"Expected a class called {genuine!r}. Received: {', '.join(names)}.{nearest(genuine, names)}"
            )
        return {"impostor": [name for name in names if name != genuine], "genuine": [genuine]}
    if task != "classification":
        good = [name for name in names if letter_of(name) == "g"]
        bad = [name for name in names if letter_of(name) in ("i", "a")]
        if len(good) == 1 and good + bad and len(good) + len(bad) == len(names):
            return {"impostor": bad, "genuine": good}
        if task == "verification":
            raise InputError(
                f"Expected the classes genuine and impostor. Received: {', '.join(names)}. "
                "Say which one is genuine, for instance `genuine: real`; every other is then an impostor."
            )
    return {name: [name] for name in names}


def _with_attack_types(frames: Sequence[Frame], classes: dict[str, list[str]]) -> list[Frame]:
    """Return the frames with the attack type of each, "" for none: as it was found, else the class that was merged."""
    genuine = classes["genuine"] if tuple(classes) == ("impostor", "genuine") else None

    def kind(frame: Frame) -> str:
        if genuine is None or frame.label in genuine:
            return ""
        return frame.attack_type or ("" if letter_of(frame.label) == "i" else frame.label)

    return [replace(frame, attack_type=kind(frame)) for frame in frames]


def _check_same_classes(frames: Sequence[Frame], label: dict[str, int], classes: tuple[str, ...]) -> None:
    present = {name: {label[frame.label] for frame in frames if frame.split == name} for name in SPLITS}
    for name, found in present.items():
        absent = [classes[number] for number in range(len(classes)) if number not in found]
        if absent:
            raise InputError(
                f"Expected the same classes in train, dev and test. Received: no {', '.join(absent)} in {name}."
            )


def _split(frames: Sequence[Frame], name: str, label: dict[str, int], store: ImageStore, attacks: bool) -> Split:
    rows = [row for row, frame in enumerate(frames) if frame.split == name and frame.path not in store.broken]
    chosen = [frames[row] for row in rows]
    return Split(
        x=Images(store.pixels, np.asarray(rows, dtype=np.int64), store.digests, store.folder),
        y=np.asarray([label[frame.label] for frame in chosen], dtype=np.int64),
        subject=np.asarray([frame.subject for frame in chosen], dtype=str),
        video=np.asarray([frame.video for frame in chosen], dtype=str),
        sample=np.asarray([frame.path for frame in chosen], dtype=str),
        attack_type=np.asarray([frame.attack_type for frame in chosen], dtype=str) if attacks else None,
    )


def _findings(store: ImageStore, listing: Listing, frames: Sequence[Frame], manifest: str | None) -> tuple[str, ...]:
    found = list(store.findings)
    strange = [name for name in listing.others if name != manifest]
    if strange:
        more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
        parts = "" if manifest else _parts_left_out(strange, frames)
        found.append(f"Left out, no image of a kind that is read ({KINDS}): {strange[0]}{more}.{parts}")
    return tuple(found)


def _parts_left_out(strange: Sequence[str], frames: Sequence[Frame]) -> str:
    """Return how much of each class was left out, where that is some of its files and not all that stands elsewhere."""
    read = Counter(frame.label for frame in frames)
    lost: Counter[str] = Counter()
    for name in strange:
        if Path(name).suffix.lower() not in _TEXTS:
            lost.update({part for part in name.split("/")[:-1] if part in read})
    parts = [f"{n} of {n + read[label]} files of the class {label}" for label, n in sorted(lost.items())]
    return f" These are {', '.join(parts)}." if parts else ""
