"""What the user's modules hold: each change of it is seen, and what is equal has one digest."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sweep.trial.module_state import module_state

MODULE = """
import functools, random
import numpy as np
LIMIT = 3
rates = {"a": [1.0, 2.0]}
seen = set()
noise = np.random.default_rng(4)
old = np.random.RandomState(4)
pythons = random.Random(4)
table = np.zeros((2, 3))

class Layer:
    made = 0
    def __init__(self):
        self.calls = [0]

kept = Layer()
kept.itself = kept

def counted(x, marks=[]):
    marks.append(x)

def counter():
    n = 0
    def more():
        nonlocal n
        n += 1
    return more

more = counter()

@functools.cache
def drawn(n):
    return noise.normal(size=n)
"""
CHANGES: dict[str, str] = {
    "a number": "LIMIT = 4",
    "a list in a mapping": "rates['a'].append(3.0)",
    "a set": "seen.add(1)",
    "a generator": "noise.normal()",
    "an old generator": "old.normal()",
    "Python's generator": "pythons.random()",
    "one value of an array": "table[1, 2] = 1e-30",
    "an attribute of a class": "Layer.made += 1",
    "an attribute of an object": "kept.calls[0] += 1",
    "a default": "counted(5)",
    "a closure": "more()",
    "a cache": "drawn(2)",
    "a new name": "global_now = 1",
}


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Import the module as the user's, and return what runs code in it."""
    (tmp_path / "held_state.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    import importlib

    module = importlib.import_module("held_state")
    monkeypatch.setitem(sys.modules, "held_state", module)
    return lambda code: exec(code, vars(module))  # noqa: S102 (the lines above)


@pytest.mark.parametrize("what", CHANGES)
def test_each_change_is_seen(what: str, ran: Callable[[str], None]) -> None:
    """Asked twice the digest is the same; after the change it is another."""
    before = module_state()
    assert module_state() == before
    ran(CHANGES[what])
    assert module_state() != before
