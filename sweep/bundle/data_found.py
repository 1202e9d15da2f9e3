"""The files that a bundle's study names: found in the bundle or on this machine, before anything trains."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from sweep.bundle.reading import Bundle
from sweep.errors import InputError
from sweep.study.plan import configurations
from sweep.study.stored_studies import study_of

_SECTIONS = ("data", "tests")  # what they name may lie elsewhere: data are known by their content


@dataclass(frozen=True)
class Needed:
    """A file or folder that the study names. key, word: as in the study. inside: in the bundle, "" if it is not there.

    relative: whether the word means something below the current folder. was_here: whether it was there where the bundle
    was made; a word that was not may be no path at all.
    """

    key: str
    word: str
    inside: str
    relative: bool
    was_here: bool


def needed(bundle: Bundle) -> list[Needed]:
    """Return what the study of a bundle names.

    Raises:
        InputError: bundle.json says it in a way that `sweep bundle` does not.
    """
    try:
        found = [
            Needed(str(one["key"]), str(one["word"]), str(one["inside"]), bool(one["relative"]), bool(one["was_here"]))
            for one in bundle.about.get("files_named", [])
        ]
    except (TypeError, KeyError) as error:
        raise InputError(
            f"Expected files_named of bundle.json in {bundle.path} as `sweep bundle` writes it. Received: {error}."
        ) from None
    inside = [f"{name}/" for name in bundle.digests]
    for one in found:
        if one.inside and not any(name.startswith(f"{one.inside.rstrip('/')}/") for name in inside):
            raise InputError(f"Expected files of {bundle.path} in its bundle.json. Received: {one.inside!r:.200}.")
        parts = PurePosixPath(os.path.normpath(one.word)).parts
        if not one.word.isprintable() or (one.relative and (".." in parts or Path(one.word).is_absolute())):
            raise InputError(f"Expected paths below one folder in {bundle.path}. Received: {one.word!r}.")
    return found


def find_data(bundle: Bundle, into: Path, root: Path | None) -> dict[str, Path]:
    """Return word -> where it is on this machine, for each word that is found elsewhere than where it says.

    Args:
        bundle: whose study needs files.
        into: the folder that the bundle will be unpacked into.
        root: a folder of this machine with the data, None for none.

    Raises:
        InputError: files that are neither in the bundle nor here, with where they were looked for.
    """
    found: dict[str, Path] = {}
    missing = []
    every = needed(bundle)
    sure = [one for one in every if not one.inside and (one.was_here or not one.relative)]
    alone = len(sure) == 1  # then the folder that is given may be it
    for one in every:
        if one.inside.startswith("code/"):
            continue  # the code finds it where it stood
        place = into / one.inside if one.inside else _below(root, one.word, whole=alone)
        if place is None and not one.relative and _is_there(one.word):
            continue
        if place is not None:
            found[one.word] = place.absolute()
        elif one.was_here:
            missing.append(one)
    if missing:
        said = "; ".join(f"{one.key} names {one.word}" for one in missing)
        where = f"in {root}" if root is not None else "on this machine"
        first = missing[0].word
        raise InputError(
            f"Expected the files that the study names. Received: none {where}: {said}. Put them below one folder and "
            f"name it with --data-root FOLDER: FOLDER/{first.lstrip('/')} or a shorter end of this path is taken."
        )
    return found


def _is_there(word: str) -> bool:
    try:
        return Path(word).expanduser().exists()
    except (OSError, RuntimeError, ValueError):
        return False


def put_in_place(bundle: Bundle, into: Path, document: Mapping[str, Any], places: Mapping[str, Path]) -> None:
    """Let an unpacked study find its files: a link below `code/` for a relative word, else the new path in study.json.

    Raises:
        InputError: a word that cannot be replaced, or a system without links.
    """
    moved: dict[str, str] = {}
    code = (into / "code").resolve()
    for one in sorted(needed(bundle), key=lambda one: len(Path(one.word).parts)):  # a folder before what lies in it
        place = places.get(one.word)
        if place is None:
            continue
        if not one.relative:
            if one.key.partition(".")[0] not in _SECTIONS:
                raise InputError(
                    f"Expected {one.word} on this machine, which {one.key} names: it is part of the trials' code, and "
                    f"its name cannot be another. Received: none. Put it there."
                )
            moved[one.word] = str(place)
            continue
        link = code / one.word
        if not link.parent.resolve().is_relative_to(code):
            continue  # below a folder that is linked already: nothing is written there
        link.parent.mkdir(parents=True, exist_ok=True)
        try:
            if not link.exists():
                link.symlink_to(place, target_is_directory=place.is_dir())
        except OSError as error:
            raise InputError(f"Expected a folder that can hold links. Received: {link}: {error.strerror}.") from None
    if moved:
        _rewrite(into / "results" / "study.json", document, moved)


def _rewrite(file: Path, document: Mapping[str, Any], moved: Mapping[str, str]) -> None:
    """Write study.json with other paths of data; trials are found by their settings without data, see `studies_of`."""
    resolved = dict(document["resolved"])
    if any(word in str(resolved.get("grid")) for word in moved):
        raise InputError(
            f"Expected data where the grid names them. Received: none at {', '.join(moved)}. Put the data there: a "
            "path of the grid cannot be another one."
        )
    base = study_of(document, file.parent)
    keys = {one.config_id: one.key for one in configurations(base)} | dict(document.get("keys", {}))
    changed = {key: _replaced(resolved[key], moved) for key in (*_SECTIONS, "arms") if resolved.get(key)}
    written = {**document, "keys": keys, "resolved": {**resolved, **changed}}
    file.write_text(json.dumps(written, indent=1), encoding="utf-8")


def _replaced(value: Any, moved: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return moved.get(value, value)
    if isinstance(value, Mapping):
        return {key: _replaced(item, moved) for key, item in value.items()}
    return [_replaced(item, moved) for item in value] if isinstance(value, list | tuple) else value


def _below(root: Path | None, word: str, *, whole: bool) -> Path | None:
    """Return what a path means below another folder: its longest end that is there, and where `whole` the folder."""
    if root is None:
        return None
    parts = PureWindowsPath(word).parts if "\\" in word else PurePosixPath(word).parts
    parts = tuple(part for part in parts if part not in ("/", "..", ".", "~") and not part.endswith((":", ":\\")))
    for at in range(len(parts)):
        if (place := root.joinpath(*parts[at:])).exists():
            return place
    return root if whole and root.is_dir() and not Path(word).suffix else None
