"""A function that a study names: where it stands, which keywords it takes, the digest of its code, the call itself.

All but `function` work on the source text, so that the driver learns of a typo without importing Keras.
"""

import ast
import hashlib
import importlib
import importlib.util
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweep import origin
from sweep.errors import InputError, nearest


@dataclass(frozen=True)
class Definition:
    """Where a function is defined: its module's name and file, and its syntax tree where it is a `def`."""

    module: str
    file: Path
    node: ast.FunctionDef | None


def function(use: str) -> Callable[..., Any]:
    """Return the function that "package.module:function" names, by importing its module.

    Raises:
        InputError: the module cannot be imported, has no such function, or it is one of Python's own library.
    """
    module, _, name = use.partition(":")
    origin.refuse_pythons("", use, module)
    try:
        found = getattr(importlib.import_module(module), name)
    except Exception as error:
        raise InputError(
            f"Expected to import {use}. It raised {type(error).__name__}: {' '.join(str(error).split())}. "
            f"Try `python -c 'import {module}'`."
        ) from error
    if not callable(found):
        raise InputError(f"Expected a function at {use}. Received: {type(found).__name__}.")
    origin.refuse_what_python_has(use, found)
    return found  # type: ignore[no-any-return]


def check_use(key: str, use: str, keywords: dict[str, Any]) -> Definition:
    """Return the definition of the function that a study names, or say what is wrong with name or keywords.

    Args:
        key: the part of the study, "data" or "model", for the message.
        use: "package.module:function".
        keywords: what the study passes.

    Raises:
        InputError: no such module or function, a keyword that the function does not take, or one of Python's own.
    """
    module, _, name = use.partition(":")
    origin.refuse_pythons(key, use, module)
    found = _find(module, name, set())
    if found is None:
        file = _source(module)
        if file is None:
            raise InputError(
                f"{key}.use: expected a module that can be imported from {Path.cwd()} or the study's folder. "
                f"Received: {module}. Check the spelling, or run the command where the module stands."
            )
        names = sorted(set(_names(file)) - {name})
        raise InputError(f"{key}.use: expected a function of {module}. Received: {name}.{nearest(name, names)}")
    origin.refuse_pythons(key, use, found.module)  # where a module hands on what it imports
    if found.node is not None and found.node.args.kwarg is None:
        arguments = found.node.args
        positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
        known = [*positional, *(argument.arg for argument in arguments.kwonlyargs)]
        near = [*known, "leakage"] if key == "data" else known
        for keyword in keywords:
            if keyword not in known:
                raise InputError(
                    f"Unknown key '{key}.{keyword}' for {use}.{nearest(keyword, near)} Known: {', '.join(known)}."
                )
    return found


def takes(use: str, keyword: str) -> bool:
    """Return whether a function has a parameter of that name; True if its source does not tell."""
    module, _, name = use.partition(":")
    found = _find(module, name, set())
    if found is None or found.node is None:
        return True
    arguments = found.node.args
    return keyword in [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def defaults(use: str) -> dict[str, Any]:
    """Return keyword -> value of a function's defaults that are written as constants."""
    module, _, name = use.partition(":")
    found = _find(module, name, set())
    if found is None or found.node is None:
        return {}
    arguments = found.node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    last = positional[len(positional) - len(arguments.defaults) :]
    known = {}
    for one, value in zip([*last, *arguments.kwonlyargs], [*arguments.defaults, *arguments.kw_defaults], strict=True):
        if value is not None:
            with suppress(ValueError, TypeError):  # no constant
                known[one.arg] = ast.literal_eval(value)
    return known


def former_id(use: str) -> str:
    """Return the id that old trials have: a digest of a function's file and those of its project that it imports.

    Installed packages stand in the environment's versions, not here. Line endings do not count; all else does.
    """
    module, _, name = use.partition(":")
    found = _find(module, name, set())
    if found is None:
        raise InputError(f"Expected a function at {use}. Received: nothing there.")
    files: dict[Path, None] = {}
    _follow(found.module, found.file, files)
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda item: item.name):
        digest.update(file.name.encode() + b"\0" + b"\n".join(file.read_bytes().splitlines()) + b"\0")
    return digest.hexdigest()[:16]


def _find(module: str, name: str, seen: set[tuple[str, str]]) -> Definition | None:
    """Return where `name` of `module` is defined, through re-exports, or None."""
    file = _source(module)
    if file is None or (module, name) in seen:
        return None
    seen.add((module, name))
    tree = _tree(file)
    for node in _top_level(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return Definition(module, file, node)
        if isinstance(node, ast.ClassDef | ast.AsyncFunctionDef) and node.name == name:
            return Definition(module, file, None)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return Definition(module, file, None)
    for inner in ast.walk(tree):
        if isinstance(inner, ast.ImportFrom):
            for alias in inner.names:
                if (alias.asname or alias.name) in (name, "*"):
                    origin = name if alias.name == "*" else alias.name
                    found = _find(_absolute(inner, module, file), origin, seen)
                    if found is not None:
                        return found
    return _find(f"{module}.{name}", name, seen) if file.name == "__init__.py" else None


def _source(module: str) -> Path | None:
    """Return a module's source file, without importing it or its packages; None if there is none."""
    found = origin.find(module)
    return found.own if found is not None and found.own is not None and found.own.suffix == ".py" else None


def _tree(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_bytes())
    except (SyntaxError, ValueError) as error:
        at = f", line {error.lineno}: {error.msg}" if isinstance(error, SyntaxError) else f": {error}"
        raise InputError(f"Expected Python in {file}. Received: a syntax error{at}.") from None


def _top_level(tree: ast.AST) -> Iterator[ast.stmt]:
    """Yield a module's statements, those under a top-level if, try or with as well."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If | ast.Try | ast.With | ast.ExceptHandler):
            yield from _top_level(node)
        elif isinstance(node, ast.stmt):
            yield node


def _names(file: Path) -> Iterator[str]:
    for node in _top_level(_tree(file)):
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


def _absolute(node: ast.ImportFrom, module: str, file: Path) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    package = parts if file.name == "__init__.py" else parts[:-1]
    package = package[: len(package) - (node.level - 1)]
    return ".".join([*package, *([node.module] if node.module else [])])


def _follow(module: str, file: Path, files: dict[Path, None]) -> None:
    """Add a module's file and the files of its own project that it imports, at any depth."""
    if file in files:
        return
    files[file] = None
    for node in ast.walk(_tree(file)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parent = _absolute(node, module, file)
            names = [parent, *(f"{parent}.{alias.name}" for alias in node.names)]
        for name in names:
            top = name.partition(".")[0]
            ours = top == "sweep"  # of this package only the builders decide a model, wherever it is installed
            wanted = name.startswith("sweep.models") if ours else top == module.partition(".")[0] or _own(top)
            source = _source(name) if wanted else None
            if source is not None:
                _follow(name, source, files)


def _own(top: str) -> bool:
    """Return whether a top-level module belongs to the user, not to Python or an installed package."""
    if not top or top in sys.stdlib_module_names:
        return False
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return False
    places = [spec.origin] if spec and spec.origin else list((spec and spec.submodule_search_locations) or [])
    if not places or not Path(str(places[0])).is_absolute():  # none, or "built-in" and "frozen"
        return False
    place = Path(str(places[0]))
    installed = {"site-packages", "dist-packages"} & set(
        place.parts
    )  # of any environment: this, the system's, a user's
    return not installed and not place.is_relative_to(sysconfig.get_path("stdlib"))


# What the digest of the syntax reads with (sweep.module, sweep.reached_code).
find, source, tree, absolute, own = _find, _source, _tree, _absolute, _own
