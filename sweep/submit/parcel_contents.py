"""Which files of the person's a study takes to a cluster: what its functions import, and what it lists; no other."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweep.errors import InputError
from sweep.machine.folders import cache_folder
from sweep.study import code
from sweep.study.functions import BY_CODE
from sweep.study.imports import Imported, imported
from sweep.study.study import Study
from sweep.submit.include import included
from sweep.submit.token import token_file


@dataclass(frozen=True)
class Contents:
    """Files that a study takes along.

    study_file: the study's name in the parcel. files: name in the parcel -> file here. why: name -> what it is to the
    study. notes: what a person must know beside the list, a sentence each.
    """

    study_file: str
    files: Mapping[str, Path]
    why: Mapping[str, str]
    notes: tuple[str, ...]


def contents(study: Study, source: Path | None, *, never: Sequence[Path] = ()) -> Contents:
    """Return the files that a study takes along; nothing but code and what it lists is opened.

    Modules keep their place below the folder of the command or of the study file, from which the job imports as the
    person does; those found elsewhere (a package installed to be edited, PYTHONPATH) are put where the job starts.

    Args:
        study: as it is to run.
        source: its file, None for a built-in study.
        never: files that stay here whatever happens.

    Raises:
        InputError: a module that is not Python, a list that names nothing or too much, two files of one name.
    """
    here = Path.cwd()
    folder = here if source is None else source.absolute().parent
    below = folder.relative_to(here) if folder.is_relative_to(here) else Path()
    found = imported((function.use for function in study.functions()), (str(here), str(folder)))
    files: dict[str, Path] = {}
    why: dict[str, str] = {}

    def add(name: Path, file: Path, reason: str) -> None:
        key = name.as_posix()
        if key.partition("/")[0] == "sweep" or files.get(key, file) != file:
            raise InputError(
                f"Expected one file a name to send. Received: {file}, which would stand as {key} in place of "
                f"{files.get(key, 'a file of Seed Sweep')}. Rename it."
            )
        files[key] = file
        why.setdefault(key, reason + (f", a link to {file.resolve()}" if file.is_symlink() else ""))

    roots = {}
    for module in found.modules:
        own = module.root.resolve() in (here.resolve(), folder.resolve())
        within = below if module.root.resolve() == folder.resolve() != here.resolve() else Path()
        if not own:
            roots[module.root] = module.name.partition(".")[0]
        kind = "compiled, for nodes like this machine" if module.compiled else ""
        elsewhere = "" if own else f"from {module.root}"
        said = ", ".join(part for part in ("imported", elsewhere, kind) if part)
        add(within / module.file.relative_to(module.root), module.file, said)
    keep_out = [*never, cache_folder(), token_file()]
    keep_out += [] if "://" in study.results else [Path(study.results).expanduser()]
    listed = included(study.submit.include, folder, here, keep_out)
    for file in listed.files:
        add(file.relative_to(here if file.is_relative_to(here) else folder), file, "listed")
        for root, top in roots.items():  # beside the code that was put elsewhere, which may look for it there
            if file.is_relative_to(root / top):
                add(file.relative_to(root), file, "listed")
    study_file = (below / source.name).as_posix() if source is not None else f"{study.study}.yaml"
    return Contents(study_file, files, why, _notes(found, listed.left, study, here, files))


def local_paths(study: Study, section: str, here: Path, files: Mapping[str, Path]) -> dict[str, Path]:
    """Return keyword -> file or folder here that it names by a relative path and that does not go along.

    section: a key of the study, or tests.NAME. Of model and measure the defaults count, too, as for the id.
    """
    of_tests = section.startswith("tests.")
    used = study.tests[section.removeprefix("tests.")] if of_tests else getattr(study, section)
    said = {} if used is None else dict(used.keywords)
    if used is not None and section != "data" and not of_tests:
        said = {**code.defaults(used.use), **said}
    return {
        key: here / value
        for key, value in _words(said, section)
        if value and not Path(value).is_absolute() and _stays(here / value, files)
    }


def _stays(path: Path, files: Mapping[str, Path]) -> bool:
    try:
        there = path.exists()
    except (OSError, ValueError):  # a word that is no path
        return False
    plain = Path(os.path.normpath(path))
    return there and not any(file.is_relative_to(plain) for file in files.values())


def _words(value: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _words(item, f"{at}.{key}")
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _words(item, at)


def _notes(
    found: Imported, left: Sequence[Path], study: Study, here: Path, files: Mapping[str, Path]
) -> tuple[str, ...]:
    notes = []
    if found.installed:
        notes.append(f"not sent, so the nodes need it installed: {', '.join(found.installed)}")
    if found.by_name:
        notes.append(
            f"{'; '.join(found.by_name[:5])}: imports a module by a name that only the running code knows; if it is "
            "yours, list its file under submit: {include: [...]}"
        )
    if left:
        said = ", ".join(path.name for path in left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
        notes.append(f"stays here: {said}. Hidden files, keys and links to elsewhere go only where named exactly")
    for section in BY_CODE:
        notes += [
            f"{key} names {path}, which stays here unless submit: {{include: [...]}} lists it"
            for key, path in local_paths(study, section, here, files).items()
        ]
    return tuple(notes)
