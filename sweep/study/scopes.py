"""Names in Python source: which a piece of it mentions, and which of them a function or class makes its own."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Function = ast.FunctionDef | ast.AsyncFunctionDef
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


@dataclass
class Scope:
    """Names of a function, class or comprehension: those that may be renamed, those that stay, those of imports."""

    renamed: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    imported: dict[str, ast.Import | ast.ImportFrom] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)
    is_class: bool = False


def scope_of_function(node: Function | ast.Lambda) -> Scope:
    """Return the scope of a function: what callers may name stays, and so does what it defines or imports twice."""
    arguments = node.args
    scope = Scope(renamed={posonlyarg.arg for posonlyarg in arguments.posonlyargs})
    stars = [one for one in (arguments.vararg, arguments.kwarg) if one]
    scope.kept = {one.arg for one in (*arguments.args, *arguments.kwonlyargs, *stars)}
    times: dict[str, list[Any]] = {}
    for name, by in _bindings([ast.Expr(node.body)] if isinstance(node, ast.Lambda) else node.body):
        times.setdefault(name, []).append(by)
    for name, several in times.items():
        if any(isinstance(by, ast.Global | ast.Nonlocal) for by in several):
            scope.outside |= {name} if any(isinstance(by, ast.Global) for by in several) else set()
        elif name in scope.kept or any(isinstance(by, Function | ast.ClassDef) for by in several):
            scope.kept.add(name)
        elif all(isinstance(by, ast.Import | ast.ImportFrom) for by in several):
            if len(several) == 1 and not getattr(several[0], "guarded", False):
                scope.imported[name] = several[0]
            else:
                scope.kept.add(name)
        elif any(isinstance(by, ast.Import | ast.ImportFrom) for by in several):
            scope.kept.add(name)
        else:
            scope.renamed.add(name)
    return scope


def scope_of_class(node: ast.ClassDef) -> Scope:
    """Return the scope of a class: its names are seen from outside, so none may be renamed."""
    return Scope(kept={name for name, _ in _bindings(node.body)}, is_class=True)


def scope_of_comprehension(generators: Sequence[ast.comprehension]) -> Scope:
    """Return the scope of a comprehension: the names of its targets."""
    targets = [name for generator in generators for name in ast.walk(generator.target)]
    return Scope(renamed={name.id for name in targets if isinstance(name, ast.Name)})


def _bindings(statements: Sequence[ast.AST], guarded: bool = False) -> Iterator[tuple[str, ast.AST]]:
    """Yield (name, what binds it) for all that these statements bind in their own scope."""
    for node in statements:
        if isinstance(node, Function | ast.ClassDef):
            yield node.name, node
            outer = [*node.decorator_list, *(node.bases if isinstance(node, ast.ClassDef) else node.args.defaults)]
            yield from _bindings(outer, guarded)
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            node.guarded = guarded  # type: ignore[union-attr]
            yield from ((name, node) for name in bound_by(node))
        elif isinstance(node, ast.Global | ast.Nonlocal):
            yield from ((name, node) for name in node.names)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id, node
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name, node
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest, node
        if isinstance(node, COMPREHENSIONS):  # of its names only those of := belong to the function
            inner = [one.target for one in ast.walk(node) if isinstance(one, ast.NamedExpr)]
            yield from _bindings(inner, guarded)
            continue
        inside = guarded or isinstance(node, ast.Try | ast.TryStar)
        yield from _bindings(list(ast.iter_child_nodes(node)), inside)


def words(node: ast.AST) -> set[str]:
    """Return every name and attribute in a piece of source."""
    found = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            found.add(one.id)
        elif isinstance(one, ast.Attribute):
            found.add(one.attr)
        elif isinstance(one, ast.alias):
            found.add(one.name.rpartition(".")[2])
    return found


def is_text(node: ast.AST) -> bool:
    """Return whether a statement is a text alone: a docstring, or a comment in quotes."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def bound_by(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Return the names that an import binds."""
    return [
        name.asname or (name.name.partition(".")[0] if isinstance(node, ast.Import) else name.name)
        for name in node.names
    ]
