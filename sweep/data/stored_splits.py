"""Splits as folders of prepared data on the disk of a node: written once, opened by every trial in milliseconds."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from sweep.data.input_files import kinds_of_inputs, memory_map, read_inputs, write_inputs
from sweep.data.splits import SPLITS, Split, Splits
from sweep.data.stream import Stream
from sweep.data.whole_folders import read_contents, write_array
from sweep.store.sample_columns import ALWAYS, FURTHER

TESTED = "test"  # the name of the only split in a folder of a further test set


def data_folder(cache: Path, data_id: str) -> Path:
    """Return where data lie in a cache folder, once they are prepared."""
    return cache / "data" / data_id


def open_prepared(cache: Path, data_id: str) -> Splits:
    """Return the splits of `prepare`, and of `with_tests`, memory-mapped and read-only.

    Raises FileNotFoundError where the data are not complete in this cache folder; call `prepare` then.
    """
    cache = Path(cache)
    together = read_contents(data_folder(cache, data_id))
    if together is None or "tests" not in together:
        return _opened(cache, data_id, SPLITS)
    tests = {name: _opened(cache, test_id, (TESTED,)).test for name, test_id in together["tests"].items()}
    return replace(_opened(cache, together["of"], SPLITS), tests=tests)


def ids_of_tests(cache: Path, data_id: str) -> dict[str, str]:
    """Return name -> digest of the content of each further test set of prepared data; {} without any."""
    return dict((read_contents(data_folder(Path(cache), data_id)) or {}).get("tests", {}))


def whole(contents: Mapping[str, Any]) -> bool:
    """Return whether the data were written with all of their columns: older image data lack the attack types.

    Those are made anew; their pixels stand elsewhere and stay.
    """
    return "columns" in contents or not contents["stores"]


def write_splits(part: Path, named: Mapping[str, Split], splits: Splits, cache: Path) -> dict[str, Any]:
    """Write splits into a folder and return what it shall say of itself.

    named: name -> split, those that are written. splits: to which they belong.
    """
    stores: dict[str, str] = {}
    for name, split in named.items():
        stores |= write_inputs(part, cache, name, split.x)
        for at, values in enumerate(split.labels.values()):
            write_array(part / f"{name}-label-{at}.npy", values)
        for key, column in {"y": split.y, **split.columns}.items():
            write_array(part / f"{name}-{key}.npy", column)
        if split.sample_weight is not None:
            write_array(part / f"{name}-sample_weight.npy", split.sample_weight)
    one = next(iter(named.values()))
    weights = [name for name, split in named.items() if split.sample_weight is not None]
    found = {"stores": stores, "classes": list(splits.classes), "columns": list(one.columns)}
    outputs = {"outputs": list(one.labels)} if one.labels else {}
    found |= kinds_of_inputs(one.x) | outputs | ({"weights": weights} if weights else {})
    return found | ({"stream": asdict(splits.stream)} if splits.stream is not None else {})


def _opened(cache: Path, data_id: str, names: tuple[str, ...]) -> Splits:
    """Return the splits of one folder; where it holds one alone, that in each place."""
    folder = data_folder(cache, data_id)
    contents = read_contents(folder)
    stores = {} if contents is None else contents.get("stores", {})
    lost = any(read_contents(cache / store) is None for store in stores.values())
    if contents is None or lost or not whole(contents):
        raise FileNotFoundError(f"no complete data {data_id} in {cache}")
    opened = {name: _split(folder, cache, name, contents) for name in names}
    train, dev, test = (opened.get(name, opened[TESTED]) for name in SPLITS)
    stream = Stream(**contents["stream"]) if contents.get("stream") else None
    return Splits(train, dev, test, classes=tuple(contents["classes"]), stream=stream)


def _split(folder: Path, cache: Path, name: str, contents: Mapping[str, Any]) -> Split:
    y = np.asarray(memory_map(folder / f"{name}-y.npy"))
    columns = {key: np.asarray(memory_map(folder / f"{name}-{key}.npy")) for key in _columns(contents)}
    further = {key.removeprefix(FURTHER): columns.pop(key) for key in list(columns) if key.startswith(FURTHER)}
    weight = memory_map(folder / f"{name}-sample_weight.npy") if name in contents.get("weights", ()) else None
    labels = {
        output: np.asarray(memory_map(folder / f"{name}-label-{at}.npy"))
        for at, output in enumerate(contents.get("outputs", ()))
    }
    x = read_inputs(folder, cache, name, contents)
    return Split(x, y, **columns, further=further, sample_weight=weight, labels=labels)


def _columns(contents: Mapping[str, Any]) -> list[str]:
    """Return the sample columns that lie in a folder; an older one says only whether its samples are pairs."""
    older = [*ALWAYS, *(["other_subject"] if contents.get("pairs") else [])]
    return list(contents.get("columns", older))
