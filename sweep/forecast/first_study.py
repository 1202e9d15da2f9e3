"""A first study file, from what lies in a folder of images."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from sweep.data.frames import Frame, frames_from_folders
from sweep.data.image_listing import KINDS, Listing, list_images
from sweep.errors import InputError
from sweep.metrics.labels import letter_of

TASKS = ("verification", "classification", "regression")
_LARGEST = 128  # pixels of a side: a first study should train in minutes


@dataclass(frozen=True)
class Draft:
    """A study file that is not written yet.

    text: the file. seen: what was found, a sentence each. beside: file name -> text of further files that it needs.
    """

    text: str
    seen: tuple[str, ...]
    beside: tuple[tuple[str, str], ...] = ()


def draft_of_images(folder: Path, task: str | None = None, genuine: str | None = None) -> Draft:
    """Return a study of the images below a folder, `{train,dev,test}/CLASS/SUBJECT/...` or `CLASS/SUBJECT/...`.

    task: None takes verification where the classes are called genuine and impostor (or as metrics.labels knows), or
    `genuine` is given, else classification. genuine: the class that is genuine.

    Raises:
        InputError: no such folder, no image in it, folders that are no classes, or a task that they do not serve.
    """
    listing = list_images(folder)
    if not listing.images:
        raise InputError(f"Expected images ({KINDS}) below {folder}. Received: none.")
    frames, without_dev = _frames(listing)
    classes = sorted({frame.label for frame in frames})
    task = _task(task, classes, genuine)
    keywords: dict[str, Any] = {"use": "sweep.data:image_folder", "root": str(folder), **_pixels(folder, frames[0])}
    if genuine is not None:
        keywords["genuine"] = genuine
    if without_dev:
        keywords["dev_from_train"] = 0.2
    model = {"use": "sweep.models:small_xception", "width": 0.25, "momentum": 0.9}
    return Draft(study_text(folder.resolve().name, task, keywords, model), tuple(_seen(frames, classes, without_dev)))


def study_text(name: str, task: str, data: dict[str, Any], model: dict[str, Any]) -> str:
    """Return the text of a study file: five seeds, one configuration, and a grid to try in a comment."""
    return (
        "# Written by `sweep init`: a start, to be changed. docs/running.md explains every key.\n"
        f"study: {json.dumps(study_name(name))}\n"
        f"task: {task}\n"
        "seeds: 5\n"
        f"data: {_flow(data)}\n"
        f"model: {_flow(model)}\n"
        "train: {epochs: 30, batch_size: 32, early_stopping: {patience: 5}, keep: best}\n"
        "# grid: {train.learning_rate: [0.001, 0.0001]}    # several configurations, to compare\n"
    )


def study_name(name: str) -> str:
    """Return a name for a study that is made of letters, digits, ".", "_" and "-"."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:80]
    return plain or "study"


def _flow(mapping: dict[str, Any]) -> str:
    """Return a mapping as YAML in one line; JSON's texts and lists are YAML too."""
    return "{" + ", ".join(f"{key}: {json.dumps(value)}" for key, value in mapping.items()) + "}"


def _frames(listing: Listing) -> tuple[list[Frame], bool]:
    """Return the frames, and whether train and test are there without dev."""
    try:
        return frames_from_folders(listing, None), False
    except InputError:
        try:
            return frames_from_folders(listing, None, without_dev=True), True
        except InputError:
            pass
        raise  # what the folder lacks, in the words of the loader


def _task(task: str | None, classes: list[str], genuine: str | None) -> str:
    letters = [letter_of(name) for name in classes]
    known = letters.count("g") == 1 and len(classes) > 1 and "" not in letters
    if genuine is not None and genuine not in classes:
        raise InputError(f"Expected --genuine as one of the classes: {', '.join(classes)}. Received: {genuine}.")
    if task == "regression":
        raise InputError("Expected --task verification or classification for a folder of images. Received: regression.")
    if len(classes) < 2:
        raise InputError(f"Expected folders of two classes or more. Received: {', '.join(classes)} alone.")
    if task == "verification" and not known and genuine is None:
        raise InputError(
            f"Expected one class that means genuine, and others that mean impostor. Received: {', '.join(classes)}. "
            "Say which one is genuine: --genuine CLASS; every other is then an impostor."
        )
    if task == "classification" and genuine is not None:
        raise InputError("Expected --genuine with --task verification. Received: it with --task classification.")
    return task or ("verification" if known or genuine is not None else "classification")


def _pixels(folder: Path, frame: Frame) -> dict[str, Any]:
    """Return image_size and color from the first image: its own size, or what is left of it at 128 pixels a side."""
    try:
        with Image.open(folder / frame.path) as image:
            (width, height), grey = image.size, image.mode in ("1", "L", "LA") or image.mode.startswith("I;16")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise InputError(f"Expected an image that can be read. Received: {folder / frame.path}: {error}.") from None
    shrink = min(1.0, _LARGEST / max(width, height))
    size = [max(1, round(side * shrink)) for side in (height, width)]
    return {"image_size": size, **({"color": "grayscale"} if grey else {})}


def _seen(frames: list[Frame], classes: list[str], without_dev: bool) -> list[str]:
    subjects = {frame.subject for frame in frames if frame.subject}
    shown = ", ".join(classes[:8]) + (", ..." if len(classes) > 8 else "")
    said = [f"{len(frames):,} images of {len(classes)} classes: {shown}"]
    if all(frame.subject for frame in frames):
        said.append(f"{len(subjects):,} subjects, by the folders below the classes")
    else:
        said.append("images without a subject: no interval for new subjects; docs/data.md says how to name subjects")
    if without_dev:
        said.append("no dev: a fifth of train's subjects becomes dev (dev_from_train)")
    elif not frames[0].split:
        said.append("not divided: 60 % of the subjects train, 20 % are dev, 20 % are test")
    return said
