"""Bundles as the tests make them: in a folder of their own, from which the command is given."""

import zipfile
from collections.abc import Callable, Mapping
from contextlib import chdir
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sweep.bundle.making import Finders, Made, make
from sweep.submit.include import included
from sweep.submit.parcel_contents import contents
from tests.bundle.own_study import stored_own, study_of, write_modules

RESULTS = Path(__file__).resolve().parents[2] / "results"
Bundled = Callable[..., Made]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the user's modules, which is the current one."""
    folder = tmp_path / "project"
    folder.mkdir()
    write_modules(folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def bundled(here: Path) -> Bundled:
    """Return a function that makes a bundle of a folder of results: (place, keywords of `make`) -> Made."""

    def give(place: Any, **keywords: Any) -> Made:
        return make(place, Finders(contents, included), **keywords)

    return give


@pytest.fixture
def own(here: Path) -> Path:
    """Return stored results of a study with a module of the user's; nothing was trained."""
    return stored_own(here / "results", study_of(), modules=here)


@pytest.fixture(scope="session")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """Return a function: "own", "reference" or "portable" -> the bundle of these results, each made once."""

    @cache
    def give(name: str) -> bytes:
        folder = tmp_path_factory.mktemp(name)
        with chdir(folder):
            if name == "own":
                write_modules(folder)
                place = stored_own(folder / "results", study_of(), modules=folder)
            else:
                place = RESULTS / name
            return make(place, Finders(contents, included)).path.read_bytes()

    return give


def files_in(path: Path) -> dict[str, bytes]:
    """Return name -> content of an archive's files."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write an archive beside another with these files, and return its path."""
    out = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out
