"""docs/private-edges.md names all that we use of other libraries although it is private, and a test that guards it."""

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "private-edges.md").read_text(encoding="utf-8")
PRIVATE = re.compile(r"_[A-Za-z]\w*")
VARIABLE = r"(RAY|TUNE|TF|XLA|KERAS|NVIDIA|CUDA|MALLOC|JAX)_[A-Za-z_]+"
WRITTEN = rf"{VARIABLE}|[a-z]+(\.\w+)*\._\w+(\.\w+)*"  # the second: a module's name, as of a logger
RAYS = [name for name in re.findall(r"`((?:RAY|TUNE)_\w+)`", PAGE) if name.isupper()]


def edges(tree: ast.Module) -> Iterator[str]:
    """Yield the private names, and the variables of the environment, that a module names: ours among them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if _is_private(one.name))
        elif isinstance(node, ast.ImportFrom):
            dotted = [f"{node.module}.{one.name}" for one in node.names]
            yield from (name for name in dotted if _is_private(name))
        elif isinstance(node, ast.Attribute) and PRIVATE.fullmatch(node.attr):
            yield node.attr
        elif isinstance(node, ast.keyword) and PRIVATE.fullmatch(node.arg or ""):
            yield str(node.arg)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("getattr", "hasattr", "setattr"):
            words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            yield from (word for word in words if PRIVATE.fullmatch(word))
        elif isinstance(node, ast.Constant) and re.fullmatch(WRITTEN, str(node.value)):
            yield str(node.value)


def _is_private(dotted: str) -> bool:
    parts = dotted.split(".")
    return parts[0] != "sweep" and any(PRIVATE.fullmatch(one) or one == "src" for one in parts)


def own(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module makes itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
            yield node.attr


def missing(trees: dict[str, ast.Module]) -> dict[str, str]:
    """Return edge -> file for those that the page does not name."""
    named = set(re.findall(r"`([^`]+)`", PAGE))
    ours = {name for tree in trees.values() for name in own(tree)}
    return {name: file for file, tree in trees.items() for name in edges(tree) if name not in named | ours}


def test_the_page_names_every_private_edge() -> None:
    """Imports, attributes, keywords and words for getattr of a private name that is not ours; variables of others."""
    trees = {str(path): ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "sweep").rglob("*.py")}
    assert len(trees) > 100
    assert missing(trees) == {}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("from keras.src.layers import layer", "keras.src.layers.layer"),
        ("import ray._private.state", "ray._private.state"),
        ("x = model._sublayers", "_sublayers"),
        ("x = getattr(model, '_sublayers', ())", "_sublayers"),
        ("ray.init(_node_name='x')", "_node_name"),
        ("os.environ['RAY_something_new'] = '1'", "RAY_something_new"),
    ],
)
def test_a_new_edge_is_seen(line: str, name: str) -> None:
    """A line with one that the page does not name is found, by its name."""
    assert missing({"new.py": ast.parse(line)}) == {name: "new.py"}


def test_every_test_that_the_page_names_is_there() -> None:
    """A guard that was renamed or taken away is no guard; each row has one."""
    rows = [line for line in PAGE.splitlines() if line.startswith(("| `", '| "'))]
    assert len(rows) > 30
    for row in rows:
        guards = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)
        assert guards, row
        for file, name in guards:
            assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), row


@pytest.mark.parametrize("name", RAYS)
def test_ray_still_reads_each_variable(name: str) -> None:
    """Its installed source names the variable; one that is gone would be set for nothing, without a word."""
    found = find_spec("ray")
    assert found is not None
    assert found.submodule_search_locations is not None
    root = Path(next(iter(found.submodule_search_locations)))
    files = [path for room in ("tune", "air", "_private", "_common") for path in sorted((root / room).rglob("*.py"))]
    assert any(name in path.read_text(encoding="utf-8", errors="replace") for path in files)


def test_python_still_marks_protocols() -> None:
    """By the attribute that tells the check of arguments which classes no value can be compared with."""

    class Shape(Protocol):
        size: int

    class Thing:
        size = 1

    assert getattr(Shape, "_is_protocol", False)
    assert not getattr(Thing, "_is_protocol", False)
