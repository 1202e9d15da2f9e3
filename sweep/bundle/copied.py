"""The stored results as they lie, copied aside: all that a bundle says is read from this copy."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sweep.errors import InputError
from sweep.store import kept_files, saved_models, store
from sweep.store.places import Place, storage
from sweep.store.records import PART_NAME
from sweep.store.store import Results

_JSON = ("study.json", "checksums.json")


@dataclass(frozen=True)
class Copied:
    """Results in a folder of their own.

    results: as loaded from the copy. names: of the files of it, below the folder. models, files: how many trained
    models and files of trials are stored. with_all: whether these were copied, too.
    """

    results: Results
    folder: Path
    names: tuple[str, ...]
    models: int
    files: int
    with_all: bool


def copy_results(place: Place, folder: Path, *, with_all: bool = False) -> Copied:
    """Copy the tables and records of a study into a folder, and load them from there.

    Args:
        place: where the results lie, a folder or a bucket.
        folder: where the copy goes.
        with_all: copy the trained models and the files that trials keep, too.

    Raises:
        InputError: no results, or tables that do not fit together, as while a run writes them.
    """
    store.read_study(place)  # says what is wrong where these are no results
    names = list(_tables(place))
    for name in names:
        _copy(place, folder, name)
    results = store.load(folder)
    models, files = list(_models(results.trials)), list(_files(results.trials))
    if with_all:
        for name in (*models, *files):
            _copy(place, folder, name)
        names += [*models, *files]
    return Copied(results, folder, tuple(sorted(names)), len(models), len(files), with_all)


def _tables(place: Place) -> Iterator[str]:
    """Yield the names of tables and records; what a report wrote is made anew."""
    for name in storage(place).names():
        if name in _JSON or (name.endswith(".parquet") and not name.startswith(".")):
            yield name
    yield from (f"parts/{name}" for name in storage(place / "parts").names() if PART_NAME.match(name))


def _copy(place: Place, folder: Path, name: str) -> None:
    source = place
    for part in name.split("/"):
        source = source / part
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.write_bytes(source.read_bytes())
    except OSError as error:
        raise InputError(
            f"Expected {name} in {place}. Received: {error.strerror or error}. If a run writes there, give the command "
            "again after its end."
        ) from None


def _models(trials: pd.DataFrame) -> Iterator[str]:
    if saved_models.SHA256 in trials:
        for trial_id in trials["trial_id"][trials[saved_models.SHA256].notna()].unique():
            yield f"{saved_models.FOLDER}/{saved_models.file_of(str(trial_id))}"


def _files(trials: pd.DataFrame) -> Iterator[str]:
    if "files" in trials:
        kept = trials[trials["files"].notna()].drop_duplicates("trial_id")
        for trial_id, said in zip(kept["trial_id"], kept["files"], strict=True):
            named: Any = json.loads(said)
            yield from (f"{kept_files.FOLDER}/{trial_id}/{name}" for name in named)
