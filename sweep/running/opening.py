"""From what a person calls a study to the study itself: read, with the command's changes, its functions looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sweep.errors import InputError
from sweep.machine.import_path import find_modules_in
from sweep.store.places import Place, absolute, place
from sweep.study import code
from sweep.study.plan import configurations
from sweep.study.stop import with_words
from sweep.study.study import Study
from sweep.study.study_text import explain, read_yaml


@dataclass(frozen=True)
class Opened:
    """A study whose file and functions are in order.

    study: with the command's changes. modules: folders where the user's modules are found. folder: of its results.
    """

    study: Study
    modules: tuple[str, ...]
    folder: Place


def open_study(
    study: Study | str | Path,
    *,
    seeds: int | Sequence[int] | None = None,
    results: str | Place | None = None,
    until: str | None = None,
) -> Opened:
    """Return a study after its file and its functions were looked at; from now on its modules can be imported.

    Args:
        study: a `Study`, a study file, or the name of a built-in study.
        seeds: replaces the study's seeds: a count, or a list.
        results: replaces the study's folder of results.
        until: when the study ends by itself, in place of the study's: "decided" or "eer=0.005".

    Raises:
        InputError: the study is wrong, or a function of it is not there or does not take its keywords.
    """
    modules = module_folders(study)
    find_modules_in(modules)
    resolved = resolve(study, seeds=seeds, results=results, until=until)
    check_code(resolved)
    return Opened(resolved, modules, results_folder(resolved))


def module_folders(study: Study | str | Path) -> tuple[str, ...]:
    """Return where the user's modules are looked for: the current folder, and that of the study file."""
    folders = [Path.cwd()]
    if not isinstance(study, Study) and Path(study).is_file():
        folders.append(Path(study).absolute().parent)
    return tuple(dict.fromkeys(str(folder) for folder in folders))


def resolve(
    study: Study | str | Path,
    *,
    seeds: int | Sequence[int] | None,
    results: str | Place | None,
    until: str | None = None,
) -> Study:
    """Return the study with the command's changes in place of the file's."""
    said = study.model_dump(mode="json") if isinstance(study, Study) else read_yaml(study)[1]
    changes: dict[str, Any] = {
        "seeds": list(seeds) if isinstance(seeds, Sequence) else seeds,
        "results": None if results is None else str(results),
    } | with_words(said, until, seeds)
    if isinstance(study, Study):
        given = {key: value for key, value in changes.items() if value is not None}
        try:
            return Study.model_validate(said | given)
        except ValidationError as error:
            raise InputError(explain(error, Study, study.study)) from None
    return Study.load(study, **changes)


def results_folder(study: Study) -> Place:
    """Return where a study's results lie: an absolute folder, or a prefix in an object store.

    Raises:
        InputError: an address that is neither.
    """
    return absolute(place(study.results)) / study.study


def check_code(study: Study) -> None:
    """Raise InputError where a function is not there or does not take its keywords, or one configuration is to race."""
    every = configurations(study)  # whose settings must fit first
    if study.stop is not None and study.stop.races and len(every) < 2:
        raise InputError(
            f"{study.study}: expected two configurations or more, which race until it is decided. Received: one. Give "
            "the study a grid, or ask for a precision: --until eer=0.005."
        )
    for function in study.functions():
        if function.role != "keyword":
            found = code.check_use(function.key, function.use, function.keywords)
            if function.role in code.GIVEN:
                code.check_call(function.role, function.use, function.keywords, found)
