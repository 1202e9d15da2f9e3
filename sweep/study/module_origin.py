"""Where a module stands and whose it is: Python's, an installed package's, ours or the user's; nothing is imported."""

import functools
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any, Literal

from sweep.errors import InputError

Owner = Literal["python", "sweep", "installed", "user"]


@dataclass(frozen=True)
class Origin:
    """Where a module stands.

    files: what runs when it is imported: the file of every package that leads to it, then its own. own: this last one,
    None for a namespace package and for what is built into Python. root: the folder that holds its first part, None if
    built in.
    """

    module: str
    files: tuple[Path, ...]
    own: Path | None
    root: Path | None

    @property
    def owner(self) -> Owner:
        """Return whose module it is."""
        if self.root is None:
            return "python"
        root = self.root.resolve()
        if self.module.partition(".")[0] == "sweep" and root == Path(__file__).resolve().parents[2]:
            return "sweep"
        if {"site-packages", "dist-packages"} & set(
            self.root.parts
        ):  # of any environment: this, the system's, a user's
            return "installed"
        return "python" if root.is_relative_to(Path(sysconfig.get_path("stdlib")).resolve()) else "user"

    def __str__(self) -> str:
        """Return the file that would run, or the package that holds it, for the person."""
        if self.owner == "installed":
            return f"installed package {self.module.partition('.')[0]}"
        return str(self.files[-1]) if self.files else f"Python's own {self.module}"


def find(module: str, folders: Sequence[str] = ()) -> Origin | None:
    """Return where a module would be imported from by a fresh process, None if nowhere.

    module: its dotted name. folders: looked into before `sys.path`. What is imported already plays no part.
    """
    top, *inner = module.split(".")
    spec = _top(top, folders)
    if spec is None:
        return None
    if spec.origin in ("built-in", "frozen"):
        return Origin(module, (), None, None)
    places = list(spec.submodule_search_locations or ())
    first = _file(spec)
    if first is None and not places:
        return None
    root = Path(places[0]).parent if spec.submodule_search_locations is not None else Path(str(first)).parent
    files = [first]
    for depth, name in enumerate(inner, start=1):
        found, places = _below(".".join([top, *inner[:depth]]), name, places)
        if found is None and not places:
            return None
        files.append(found)
    return Origin(module, tuple(file for file in files if file is not None), files[-1], root)


def refuse_pythons(key: str, use: str, module: str) -> None:
    """Raise InputError where a module that a study's function comes from is Python's own."""
    found = find(module)
    if found is not None and found.owner == "python":
        raise InputError(_never(key, use))


def refuse_what_python_has(use: str, found: Any) -> None:
    """Raise InputError where a callable is a function or class of Python's own library, whatever name leads to it."""
    while isinstance(found, functools.partial):
        found = found.func
    home = getattr(found, "__module__", None) or type(getattr(found, "__self__", found)).__module__
    if str(home).partition(".")[0] in sys.stdlib_module_names - {"__main__"}:
        origin = find(str(home))
        if origin is None or origin.owner == "python":  # a module of the user's may bear the name of one of Python's
            raise InputError(_never("", use))


def _never(key: str, use: str) -> str:
    module = use.partition(":")[0]
    place = f"{key}.use: expected" if key else "Expected"
    return (
        f"{place} a function of yours, of Seed Sweep or of an installed package. Received: {module}. {use} is of "
        "Python's own library, whose functions are never a study's."
    )


def _top(top: str, folders: Sequence[str]) -> ModuleSpec | None:
    """Return the spec of a first part as the import system finds it, whether or not it is imported already."""
    for finder in sys.meta_path:
        try:
            if finder is PathFinder:
                spec = PathFinder.find_spec(top, [*folders, *sys.path])
            else:
                spec = finder.find_spec(top, None)
        except (AttributeError, ImportError, ValueError):
            continue
        if spec is not None:
            return spec
    return None


def _below(module: str, name: str, places: Iterable[str]) -> tuple[Path | None, list[str]]:
    """Return the file of a module inside a package, and where modules inside it lie."""
    places = list(places)
    try:
        spec = PathFinder.find_spec(module, places)
    except KeyError:  # a namespace package inside a package that is not imported
        return None, [str(place) for place in (Path(folder, name) for folder in places) if place.is_dir()]
    if spec is None:
        return None, []
    return _file(spec), list(spec.submodule_search_locations or ())


def _file(spec: ModuleSpec) -> Path | None:
    return Path(spec.origin) if spec.origin and spec.has_location else None


__all__ = ["Origin", "find", "refuse_pythons", "refuse_what_python_has"]
