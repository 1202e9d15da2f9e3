"""Modules whose loading is put off until they are used."""

import inspect
import sys
from pathlib import Path

import pytest

from sweep.machine.later_modules import loaded_at_use


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package whose module counts how often it was loaded."""
    name = f"later_{tmp_path.name.replace('-', '_')}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text(f"from {name} import heavy as heavy\n")
    (tmp_path / name / "heavy.py").write_text("import sys\nsys.loads = getattr(sys, 'loads', 0) + 1\nvalue = 7\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "loads", 0, raising=False)
    return name


def test_a_module_is_loaded_when_something_of_it_is_used(package: str) -> None:
    """Importing it, and asking it what `inspect` asks all modules, loads nothing; its first use loads it once."""
    with loaded_at_use(f"{package}.heavy"):
        made = __import__(package)
    inspect.getmodule(inspect)
    assert hasattr(made.heavy, "__file__")
    assert sys.loads == 0
    assert made.heavy.value == 7
    assert made.heavy.value == 7
    assert sys.loads == 1
    with pytest.raises(AttributeError, match="absent"):
        _ = made.heavy.absent


def test_other_modules_are_loaded_at_once(package: str) -> None:
    """What is not named is loaded as ever, and the finder is gone afterwards."""
    before = list(sys.meta_path)
    with loaded_at_use("another"):
        __import__(package)
    assert sys.loads == 1
    assert sys.meta_path == before
