"""Which image is what: split, class, subject and video of every frame, from its folders, its name or a manifest."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sweep.data.identity import name_of
from sweep.data.image_listing import KINDS, Listing
from sweep.data.splits import SPLIT_NAMES
from sweep.errors import InputError, nearest

_ABOUT_DEV = (
    " The threshold and the epoch are chosen on dev: give it its own subjects, or let `dev_from_train: 0.2` take a "
    "part of train's."
)


@dataclass(frozen=True)
class Frame:
    """One image.

    path: below the root. split: "" where the data are not divided yet. subject, video, attack_type: "" if unknown.
    """

    path: str
    split: str
    label: str
    subject: str
    video: str
    attack_type: str = ""


def frames_from_folders(
    listing: Listing, pattern: str | None, *, without_dev: bool = False, only_test: bool = False
) -> list[Frame]:
    """Return the frames of `root/SPLIT/CLASS/...` or `root/CLASS/...`, in the order of their paths.

    pattern: None takes the subject from the first folder below the class and the video from the folders below that; a
    regular expression with groups `subject`, `video` and `attack_type` (one at least) is searched for in the file name,
    or, if it holds a "/", in the path below the root.
    without_dev: whether train and test may stand there alone. only_test: whether test may; what else there is, is left.
    Raises InputError where the splits are incomplete, a folder of a class is empty, an image lies outside a class, or
    the pattern does not match.
    """
    top = [name for name in listing.folders if "/" not in name]
    splits = _split_folders(top)
    needed = {"test"} if only_test else {"train", "test"} if without_dev else set(SPLIT_NAMES)
    if splits and not needed <= set(splits.values()):
        missing = ", ".join(name for name in SPLIT_NAMES if name in needed - set(splits.values()))
        raise InputError(
            f"Expected the folders {_and(needed)} in {listing.root}, or folders of classes alone. Received: "
            f"{', '.join(top)}; no {missing}." + _ABOUT_DEV * (not only_test)
        )
    depth = 1 if splits else 0
    _check_classes_filled(listing, depth, splits)
    search = None if pattern is None else _compiled(pattern)
    frames = []
    for path in listing.images:
        parts = path.split("/")
        if only_test and splits and splits.get(parts[0]) != "test":
            continue
        if splits and parts[0] not in splits:
            raise InputError(
                f"Expected every image in train, dev or test. Received: {path}. Move it, or the folder {parts[0]}."
            )
        if len(parts) < depth + 2:
            raise InputError(f"Expected every image in the folder of its class. Received: {path} in {listing.root}.")
        below = parts[depth + 1 : -1]
        if search is None:
            subject = listing.name_of_folder("/".join(parts[: depth + 2])) if below else ""
            video, attack = "/".join(below[1:]), ""
        else:
            subject, video, attack = _found(search, path)
        subject, video, label = name_of(subject), name_of(video), parts[depth]
        split = splits[parts[0]] if splits else ""
        frames.append(Frame(path, split, label, subject, _unique(label, subject, video), name_of(attack)))
    return frames


def frames_from_manifest(listing: Listing, manifest: Path) -> list[Frame]:
    """Return the frames that a CSV file lists, in the order of their paths.

    Columns: path (below the root) and label, and where known split, subject, video and attack_type. Other columns are
    ignored.
    Raises InputError where the file or a column is missing, or a row names an image that is not there.
    """
    if not manifest.is_file():
        raise InputError(f"Expected the manifest {manifest}. Received: no such file.")
    with manifest.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file, skipinitialspace=True)
        columns = list(reader.fieldnames or ())
        for needed in ("path", "label"):
            if needed not in columns:
                raise InputError(
                    f"Expected the columns path, label and, where known, split, subject, video in {manifest}. "
                    f"Received: {', '.join(columns) or 'none'}; no {needed}.{nearest(needed, columns)}"
                )
        rows = [(reader.line_num, {key: (row.get(key) or "").strip() for key in _COLUMNS}) for row in reader]
    frames: dict[str, Frame] = {}
    for line, row in rows:
        where = f"{manifest}, line {line}"
        path = row["path"].replace("\\", "/").removeprefix("./")
        if path not in listing.images:
            raise InputError(
                f"Expected an image below {listing.root} in {where}. Received: {path!r}.{nearest(path, listing.images)}"
            )
        if path in frames:
            raise InputError(f"Expected every path once. Received: {path} again in {where}.")
        if not row["label"]:
            raise InputError(f"Expected a label in {where}. Received: none.")
        split = _split_named(row["split"], where) if "split" in columns else ""
        subject = name_of(row["subject"])
        video = _unique(row["label"], subject, name_of(row["video"]))
        frames[path] = Frame(path, split, row["label"], subject, video, name_of(row["attack_type"]))
    if not frames:
        raise InputError(f"Expected a row for each image in {manifest}. Received: none.")
    return [frames[path] for path in sorted(frames)]


_COLUMNS = ("path", "label", "split", "subject", "video", "attack_type")


def _unique(label: str, subject: str, video: str) -> str:
    """Return a name that no other video has: cameras number the videos of every subject and class from 1."""
    return "/".join(part for part in (label, subject, video) if part) if video else ""


def _and(needed: set[str]) -> str:
    names = [name for name in SPLIT_NAMES if name in needed]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _split_folders(names: Iterable[str]) -> dict[str, str]:
    """Return folder -> split for the names that are splits, if any."""
    known = {spelling: split for split, spellings in SPLIT_NAMES.items() for spelling in spellings}
    found = {name: known[name.lower()] for name in names if name.lower() in known}
    for split in SPLIT_NAMES:
        spelt = [name for name, meaning in found.items() if meaning == split]
        if len(spelt) > 1:
            raise InputError(f"Expected one folder for {split}. Received: {', '.join(spelt)}. Keep one of them.")
    return found


def _split_named(name: str, where: str) -> str:
    for split, spellings in SPLIT_NAMES.items():
        if name.lower() in spellings:
            return split
    raise InputError(f"Expected split train, dev or test in {where}. Received: {name!r}.{nearest(name, SPLIT_NAMES)}")


def _check_classes_filled(listing: Listing, depth: int, splits: dict[str, str]) -> None:
    filled = {"/".join(path.split("/")[: depth + 1]) for path in listing.images}
    for folder in listing.folders:
        in_splits = not splits or folder.split("/")[0] in splits
        if in_splits and folder.count("/") == depth and folder not in filled:
            raise InputError(
                f"Expected images in every folder of a class. Received: none in {listing.root / folder} "
                f"({KINDS}). Fill or remove that folder."
            )


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        search = re.compile(pattern)
    except re.error as error:
        raise InputError(f"Expected a regular expression as pattern. Received: {pattern!r} ({error}).") from error
    if not {"subject", "video", "attack_type"} & set(search.groupindex):
        raise InputError(
            f"Expected a group called subject in the pattern, and video where known. Received: {pattern!r}. "
            "Write for instance '(?P<subject>[^_]+)_(?P<video>[^_]+)'."
        )
    return search


def _found(search: re.Pattern[str], path: str) -> tuple[str, str, str]:
    text = path if "/" in search.pattern else path.rsplit("/", 1)[-1]
    match = search.search(text)
    if match is None:
        raise InputError(
            f"Expected every image to match the pattern {search.pattern!r}. Received: {text!r} ({path}). "
            "A pattern with a '/' is searched for in the path below the root."
        )
    groups = match.groupdict()
    return groups.get("subject") or "", groups.get("video") or "", groups.get("attack_type") or ""
