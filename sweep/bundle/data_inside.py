"""The files that a study names by keywords: into the bundle where they are asked for, else named as missing."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sweep.bundle.named_here import NamedFile
from sweep.machine.folders import cache_folder

_OUTSIDE = "data/outside"


class Found(Protocol):
    """What `sweep.submit.include.included` found: files that may go, and those that stay: hidden ones and keys."""

    @property
    def files(self) -> tuple[Path, ...]: ...
    @property
    def left(self) -> tuple[Path, ...]: ...


Include = Callable[[Sequence[str], Path, Path, Iterable[Path]], Found]


@dataclass(frozen=True)
class DataInside:
    """Named files of a bundle.

    files: name in the bundle -> file here. named: key, word and `inside` of each: its name in the bundle, "" for none.
    notes: what stays here, a sentence each.
    """

    files: Mapping[str, Path]
    named: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]


def data_inside(
    named: Sequence[NamedFile], code: Mapping[str, Path], include: Include, keep_out: Sequence[Path], *, wanted: bool
) -> DataInside:
    """Return the named files as they go into a bundle.

    Args:
        named: what the study names.
        code: name in `code/` -> file here, which goes along anyway.
        include: finds the files below a folder that may go along.
        keep_out: what never goes: results, the bundle itself.
        wanted: whether data shall go along.

    Raises:
        InputError: the study names results, a cache, an environment or a token.
    """
    files: dict[str, Path] = {}
    said, notes = [], []
    for number, one in enumerate(named):
        inside = f"code/{one.word}" if one.word in code else ""
        if not inside and wanted and one.is_here:
            place = Path(os.path.normpath(one.path.absolute()))
            inside = f"data/{Path(os.path.normpath(one.word)).as_posix()}"
            inside = inside if one.is_relative else f"{_OUTSIDE}/{number}-{place.name}"
            found = include([place.name], place.parent, place.parent, [*keep_out, cache_folder()])
            for file in found.files:
                below = file.relative_to(place).as_posix()
                files[inside if below == "." else f"{inside}/{below}"] = file
            if found.left:
                shown = ", ".join(path.name for path in found.left[:5])
                more = f" and {len(found.left) - 5} more" if len(found.left) > 5 else ""
                notes.append(f"{one.key}: stays here: {shown}{more}. Hidden files and keys are never packed")
        elif not inside:
            if one.is_here:
                notes.append(
                    f"{one.key} names {one.word}, which stays here; --data packs it. `sweep reproduce` needs it"
                )
            else:
                notes.append(f"{one.key} says {one.word}, which has the form of a path; there is no such file here")
        flags = {"relative": one.is_relative, "was_here": one.is_here}
        said.append({"key": one.key, "word": one.word, "inside": inside, **flags})
    return DataInside(files, tuple(said), tuple(notes))
