"""The examples in the docstrings of the public door, run as they stand."""

import doctest
import importlib
import pkgutil

import pytest

import sweep
from sweep import metrics, stats

# A run and a verification train; their examples carry +SKIP, all others are run.
DOOR = sorted({"sweep", "sweep.store.plots", *(sweep._FROM[name] for name in sweep.__all__ if name in sweep._FROM)})
ROOMS = [
    f"{room.__name__}{name}"
    for room in (metrics, stats)
    for name in ("", *(f".{module.name}" for module in pkgutil.iter_modules(room.__path__)))
]
HOW = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.mark.parametrize("names", [DOOR, ROOMS], ids=["door", "rooms"])
def test_the_examples_of_the_door_give_what_they_show(names: list[str]) -> None:
    """Every example of these modules is run, and its answer is the one that stands below it."""
    found = [doctest.testmod(importlib.import_module(name), optionflags=HOW) for name in names]
    assert [name for name, one in zip(names, found, strict=True) if one.failed] == []
    if names is ROOMS:
        assert sum(one.attempted for one in found) > 100, "the examples are gone"
