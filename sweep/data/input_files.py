"""The inputs of a split as files of a folder of prepared data: one for each array; images stay in their store."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sweep.data.images import Images
from sweep.data.inputs import Inputs, each_array
from sweep.data.whole_folders import write_array


def write_inputs(part: Path, cache: Path, name: str, x: Any) -> dict[str, str]:
    """Write x of the split `name` into a folder; return its place in it -> image store below the cache folder."""
    stores = {}
    for at, array in enumerate(each_array(x).values()):
        place = f"{name}-{at}" if isinstance(x, Inputs) else name
        if isinstance(array, Images) and array.store is not None and array.store.is_relative_to(cache):
            stores[place] = array.store.relative_to(cache).as_posix()
            array = array.rows
        write_array(part / f"{place}-x.npy", array)
    return stores


def kinds_of_inputs(x: Any) -> dict[str, Any]:
    """Return what a folder says of its inputs; {} for one array."""
    return {"inputs": {"names": list(x.arrays), "named": x.named}} if isinstance(x, Inputs) else {}


def read_inputs(folder: Path, cache: Path, name: str, contents: Mapping[str, Any]) -> Any:
    """Return x of the split `name`, memory-mapped. contents: what the folder says of itself."""
    stores, said = contents["stores"], contents.get("inputs")
    if said is None:
        return _array(folder, cache, name, stores.get(name))
    places = {key: f"{name}-{at}" for at, key in enumerate(said["names"])}
    arrays = {key: _array(folder, cache, place, stores.get(place)) for key, place in places.items()}
    return Inputs(arrays, said["named"])


def memory_map(path: Path) -> Any:
    """Return the array of a file, read-only and read as it is asked for."""
    return np.load(path, mmap_mode="r", allow_pickle=False)


def _array(folder: Path, cache: Path, place: str, store: str | None) -> Any:
    found = np.asarray(memory_map(folder / f"{place}-x.npy"))
    if store is None:
        return found
    there = cache / store
    return Images(memory_map(there / "pixels.npy"), found, memory_map(there / "digests.npy"), there)
