"""The files of the user's that a study's functions import: found in the source, without importing anything."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from sweep.study import code, module_origin


@dataclass(frozen=True)
class Module:
    """A module of the user's. root: the folder from which Python finds its first part."""

    name: str
    file: Path
    root: Path

    @property
    def compiled(self) -> bool:
        """Return whether it is machine code, which fits machines of one kind and shows no imports."""
        return self.file.name.endswith(tuple(EXTENSION_SUFFIXES))


@dataclass(frozen=True)
class Imported:
    """What a study's functions import.

    modules: of the user's, at any depth, in the order in which they were met. installed: packages that the study
    itself names. by_name: places that import a module by a name which only the running code knows, "FILE, line N".
    """

    modules: tuple[Module, ...]
    installed: tuple[str, ...]
    by_name: tuple[str, ...]


def imported(uses: Iterable[str], folders: Sequence[str] = ()) -> Imported:
    """Return what functions import: their modules, the packages around them, and what these import, anywhere in a file.

    Args:
        uses: functions, "package.module:function".
        folders: where the user's modules are looked for before `sys.path`.

    Raises:
        InputError: a file that is not Python.
    """
    waiting = [(use.partition(":")[0], True) for use in dict.fromkeys(uses)]
    modules: dict[str, Module] = {}
    installed: dict[str, None] = {}
    by_name: dict[str, None] = {}
    seen: set[str] = set()
    while waiting:
        name, named = waiting.pop(0)
        if name in seen or not name or name.partition(".")[0] == "sweep":
            continue
        seen.add(name)
        parent = name.rpartition(".")[0]
        waiting.append((parent, False))  # importing a module runs the packages around it
        found = module_origin.find(name, folders)
        if found is None or found.owner != "user":
            if found is not None and found.owner == "installed" and named:
                installed[name.partition(".")[0]] = None
            continue
        own = found.own
        if own is None or own in {module.file for module in modules.values()} or found.root is None:
            continue
        modules[name] = Module(name, own, found.root)
        if own.suffix == ".py":
            tree = code.tree(own)
            waiting += [(one, False) for one in _names(tree, name, own)]
            by_name |= dict.fromkeys(_by_name(tree, own))
    return Imported(tuple(modules.values()), tuple(installed), tuple(by_name))


def packages_of(uses: Iterable[str]) -> tuple[str, ...]:
    """Return the installed packages that the functions' own modules import, at any depth, by the names they import."""
    found: dict[str, None] = {}
    for module in imported(uses).modules:
        if module.file.suffix == ".py":
            tops = dict.fromkeys(
                name.partition(".")[0] for name in _names(code.tree(module.file), module.name, module.file)
            )
            origins = {name: module_origin.find(name) for name in tops if name and name != "sweep"}
            found |= {name: None for name, origin in origins.items() if origin and origin.owner == "installed"}
    return tuple(found)


def _names(tree: ast.Module, module: str, file: Path) -> Iterator[str]:
    """Yield what a file may import; a name that is no module is nowhere to be found, and does no harm."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = code.absolute(node, module, file)
            yield from (parent, *(f"{parent}.{alias.name}" for alias in node.names))
        elif (said := _asked(node)) is not None and isinstance(said, ast.Constant) and isinstance(said.value, str):
            name = said.value.lstrip(".")
            yield ".".join(filter(None, (code.package(module, file, len(said.value) - len(name)), name)))
    if file.stem == "__init__":  # `from package import *` imports the modules that __all__ names
        yield from (f"{module}.{name}" for node in ast.walk(tree) for name in _exported(node))


def _exported(node: ast.AST) -> list[str]:
    """Return the names in an assignment to __all__."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if not any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
        return []
    words = ast.walk(node)
    return [word.value for word in words if isinstance(word, ast.Constant) and isinstance(word.value, str)]


def _asked(node: ast.AST) -> ast.expr | None:
    """Return the first argument of a call of import_module or __import__, None for any other node."""
    if not isinstance(node, ast.Call) or not node.args:
        return None
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return node.args[0] if called in ("import_module", "__import__") else None


def _by_name(tree: ast.Module, file: Path) -> Iterator[str]:
    for node in ast.walk(tree):
        said = _asked(node)
        if said is not None and not isinstance(said, ast.Constant):
            yield f"{file.name}, line {said.lineno}"
