"""The rules of the house that no linter knows: names of modules, and the size of a file."""

import importlib
import pkgutil
from pathlib import Path
from types import ModuleType

import pytest

import sweep

ROOMS = ["sweep", *(f"sweep.{room.name}" for room in pkgutil.iter_modules(sweep.__path__) if room.ispkg)]
LONGEST = 260


@pytest.mark.parametrize("room", ROOMS)
def test_no_function_takes_the_place_of_its_module(room: str) -> None:
    """`sweep.stats.comparing` is a module and `sweep.stats.compare` a function: no name means both."""
    package = importlib.import_module(room)
    modules = [found.name for found in pkgutil.iter_modules(package.__path__) if found.name != "__main__"]
    for name in modules:
        importlib.import_module(f"{room}.{name}")
    assert [name for name in modules if not isinstance(getattr(package, name), ModuleType)] == []


def test_no_module_is_longer_than_a_person_reads_at_once() -> None:
    """A file above 260 lines holds two ideas."""
    lengths = {path: len(path.read_text().splitlines()) for path in Path(sweep.__file__).parent.rglob("*.py")}
    assert len(lengths) > 100
    assert {path.name: n for path, n in lengths.items() if n > LONGEST} == {}
