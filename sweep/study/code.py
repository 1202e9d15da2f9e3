"""A function that a study names: where it stands, which keywords it takes, the digest of its code, the call itself.

All but `function` work on the source text, so that the driver learns of a typo without importing Keras.
"""

import ast
import hashlib
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sweep.errors import InputError, nearest
from sweep.study import module_origin


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
    module_origin.refuse_pythons("", use, module)
    try:
        found = getattr(importlib.import_module(module), name)
    except Exception as error:
        raise InputError(
            f"Expected to import {use}. It raised {type(error).__name__}: {' '.join(str(error).split())}. "
            f"Try `python -c 'import {module}'`."
        ) from error
    if not callable(found):
        raise InputError(f"Expected a function at {use}. Received: {type(found).__name__}.")
    module_origin.refuse_what_python_has(use, found)
    return found  # type: ignore[no-any-return]


def check_use(key: str, use: str, keywords: Mapping[str, Any]) -> Definition:
    """Return the definition of the function that a study names, or say what is wrong with name or keywords.

    Args:
        key: the part of the study, "data" or "model", for the message.
        use: "package.module:function".
        keywords: what the study passes.

    Raises:
        InputError: no such module or function, a keyword that the function does not take, or one of Python's own.
    """
    module, _, name = use.partition(":")
    module_origin.refuse_pythons(key, use, module)
    found = find(module, name)
    if found is None:
        file = source(module)
        if file is None:
            raise InputError(
                f"{key}.use: expected a module that can be imported from {Path.cwd()} or the study's folder. "
                f"Received: {module}. Check the spelling, or run the command where the module stands."
            )
        names = sorted(set(_names(file)) - {name})
        raise InputError(f"{key}.use: expected a function of {module}. Received: {name}.{nearest(name, names)}")
    module_origin.refuse_pythons(key, use, found.module)  # where a module hands on what it imports
    if found.node is not None and found.node.args.kwarg is None:
        arguments = found.node.args
        positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
        known = [*positional, *(argument.arg for argument in arguments.kwonlyargs)]
        near = [*known, *_OURS.get(key.partition(".")[0], ())]
        for keyword in keywords:
            if keyword not in known:
                raise InputError(
                    f"Unknown key '{key}.{keyword}' for {use}.{nearest(keyword, near)} Known: {', '.join(known)}."
                )
    return found


_OURS = {"data": ("leakage",), "tests": ("leakage", "people")}  # keywords that no function is given
# What a study's own training is given before its keywords.
GIVEN = {"fit": ("model", "splits", "run"), "trial": ("splits", "run")}


def check_call(key: str, use: str, keywords: Mapping[str, Any], found: Definition) -> None:
    """Raise InputError where a function of GIVEN cannot be called: other parameters, or one that nobody gives.

    Arguments as in `check_use`; found: what that returned. A class, or a name that is assigned, is not looked into.
    """
    if found.node is None:
        return
    arguments, given = found.node.args, GIVEN[key]
    positional = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    expected = f"{key}.use: expected {use}({', '.join(given)}, **keywords)."
    if len(positional) < len(given) and arguments.vararg is None:
        said = ", ".join([*positional, *(f"{kwonlyarg.arg}=" for kwonlyarg in arguments.kwonlyargs)])
        raise InputError(f"{expected} Received: {use}({said}).")
    without = positional[len(given) : len(positional) - len(arguments.defaults)]
    without += [
        one.arg for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value is None
    ]
    if missing := [name for name in without if name not in keywords]:
        raise InputError(f"{expected} Received: no {missing[0]}, which has no default. Set '{key}.{missing[0]}'.")
    if twice := [name for name in positional[: len(given)] if name in keywords]:
        raise InputError(f"{expected} Received: the key '{key}.{twice[0]}', which a trial gives itself.")


def takes(use: str, keyword: str) -> bool:
    """Return whether a function has a parameter of that name; True if its source does not tell."""
    module, _, name = use.partition(":")
    found = find(module, name)
    if found is None or found.node is None:
        return True
    arguments = found.node.args
    return keyword in [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def defaults(use: str) -> dict[str, Any]:
    """Return keyword -> value of a function's defaults that are written as constants."""
    module, _, name = use.partition(":")
    found = find(module, name)
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
    found = find(module, name)
    if found is None:
        raise InputError(f"Expected a function at {use}. Received: nothing there.")
    files: dict[Path, None] = {}
    _follow(found.module, found.file, files)
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda item: item.name):
        digest.update(file.name.encode() + b"\0" + b"\n".join(file.read_bytes().splitlines()) + b"\0")
    return digest.hexdigest()[:16]


def find(module: str, name: str, seen: set[tuple[str, str]] | None = None) -> Definition | None:
    """Return where `name` of `module` is defined, through re-exports, or None. seen: places that were tried."""
    seen = set() if seen is None else seen
    file = source(module)
    if file is None or (module, name) in seen:
        return None
    seen.add((module, name))
    parsed = tree(file)
    for node in _top_level(parsed):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return Definition(module, file, node)
        if isinstance(node, ast.ClassDef | ast.AsyncFunctionDef) and node.name == name:
            return Definition(module, file, None)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return Definition(module, file, None)
    for inner in ast.walk(parsed):
        if isinstance(inner, ast.ImportFrom):
            for alias in inner.names:
                if (alias.asname or alias.name) in (name, "*"):
                    there = name if alias.name == "*" else alias.name
                    found = find(absolute(inner, module, file), there, seen)
                    if found is not None:
                        return found
    return find(f"{module}.{name}", name, seen) if file.name == "__init__.py" else None


def source(module: str) -> Path | None:
    """Return a module's source file, without importing it or its packages; None if there is none."""
    found = module_origin.find(module)
    return found.own if found is not None and found.own is not None and found.own.suffix == ".py" else None


def tree(file: Path) -> ast.Module:
    """Return a file's syntax; raise InputError where it is no Python."""
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
    for node in _top_level(tree(file)):
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


def absolute(node: ast.ImportFrom, module: str, file: Path) -> str:
    """Return the module that `from ... import` names in a module."""
    return ".".join(filter(None, (package(module, file, node.level), node.module)))


def package(module: str, file: Path, level: int) -> str:
    """Return the name of the package that `level` dots mean in a module, "" for none."""
    if not level:
        return ""
    parts = module.split(".")
    kept = parts if file.stem == "__init__" else parts[:-1]
    return ".".join(kept[: len(kept) - (level - 1)])


def _follow(module: str, file: Path, files: dict[Path, None]) -> None:
    """Add a module's file and the files of its own project that it imports, at any depth."""
    if file in files:
        return
    files[file] = None
    for node in ast.walk(tree(file)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parent = absolute(node, module, file)
            names = [parent, *(f"{parent}.{alias.name}" for alias in node.names)]
        for name in names:
            top = name.partition(".")[0]
            ours = top == "sweep"  # of this package only the builders decide a model, wherever it is installed
            wanted = name.startswith("sweep.models") if ours else top == module.partition(".")[0] or own(top)
            imported = source(name) if wanted else None
            if imported is not None:
                _follow(name, imported, files)


def own(top: str) -> bool:
    """Return whether a top-level module belongs to the user, not to Python or an installed package."""
    found = None if top in sys.stdlib_module_names or not top else module_origin.find(top)
    return found is not None and found.owner == "user"
