"""The normal form of Python source: what is left of it when comments, formatting and names of local variables are gone.

Two sources with one form compute the same. The form names types of nodes and fields itself and leaves out empty ones,
so that Python 3.11 to 3.13 write the same.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sweep.study.scopes import (
    COMPREHENSIONS,
    Function,
    Scope,
    bound_by,
    is_text,
    scope_of_class,
    scope_of_comprehension,
    scope_of_function,
    words,
)

_SEES_LOCALS = {"locals", "vars", "eval", "exec", "dir", "currentframe", "_getframe", "stack"}
_LOCAL_WORDS = {
    ("ExceptHandler", "name"),
    ("MatchAs", "name"),
    ("MatchStar", "name"),
    ("MatchMapping", "rest"),
    ("Global", "names"),
    ("Nonlocal", "names"),
}
_NO_PART = {"ctx", "type_comment", "kind", "simple", "lineno", "col_offset", "end_lineno", "end_col_offset"}


@dataclass(frozen=True)
class Ref:
    """A place in a form that stands for a definition elsewhere; key: whatever the resolver calls it."""

    key: Any
    text: str


class Resolver(Protocol):
    """What a form asks about names that are not local."""

    def name(self, name: str, chain: Sequence[str]) -> tuple[Ref | str, int]:
        """Return what a name of the module followed by attributes means, and how many of the attributes that takes."""

    def local_import(self, node: ast.Import | ast.ImportFrom, known: str | None, chain: Sequence[str]) -> Any:
        """Return what a name that this import binds means, as `name` does; known None: the import as a whole."""


class Form:
    """The form of statements as tokens: words, and a `Ref` where a definition elsewhere is meant."""

    def __init__(self, resolver: Resolver, *, docstrings: bool = False) -> None:
        self.tokens: list[str | Ref] = []
        self._resolver, self._docstrings = resolver, docstrings
        self._scopes: list[Scope] = []
        self._every: list[Scope] = []
        self._numbers: dict[tuple[int, str], int] = {}
        self._renames = True

    def add(self, statements: Sequence[ast.stmt]) -> None:
        """Append the form of some statements of a module."""
        self._renames = not any(words(statement) & _SEES_LOCALS for statement in statements)
        self._body(statements)

    def _body(self, statements: Sequence[ast.stmt], *, literal: bool = False) -> None:
        for statement in statements:
            if isinstance(statement, ast.Pass) or (is_text(statement) and not self._docstrings):
                continue
            if isinstance(statement, ast.Import | ast.ImportFrom) and not literal and self._is_dropped(statement):
                continue
            self._node(statement, literal)

    def _is_dropped(self, node: ast.Import | ast.ImportFrom) -> bool:
        """Return whether the names that an import binds are written where they are used, in place of the import."""
        scope = self._scopes[-1] if self._scopes else None
        return scope is not None and not scope.is_class and all(one in scope.imported for one in bound_by(node))

    def _node(self, node: Any, literal: bool = False) -> None:
        if isinstance(node, ast.Name):
            self._name(node, ())
        elif isinstance(node, ast.Attribute) and (chain := _chain(node)):
            self._attribute(*chain)
        elif isinstance(node, Function | ast.Lambda):
            self._function(node)
        elif isinstance(node, ast.ClassDef):
            self._class(node)
        elif isinstance(node, COMPREHENSIONS):
            self._comprehension(node)
        elif isinstance(node, ast.JoinedStr):
            self._joined(node)
        elif isinstance(node, ast.Constant):
            self.tokens.append(f"={type(node.value).__name__}:{node.value!r}")
        else:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._resolver.local_import(node, None, ())
            self._fields(node, literal or isinstance(node, ast.Try | ast.TryStar))

    def _fields(self, node: ast.AST, literal: bool, without: Sequence[str] = ()) -> None:
        self.tokens.append(f"({type(node).__name__}")
        for name in sorted(set(node._fields) - _NO_PART - set(without)):
            value = getattr(node, name, None)
            if (type(node).__name__, name) in _LOCAL_WORDS and value:
                self.tokens += [f".{name}", *map(self._word, [value] if isinstance(value, str) else value)]
            else:
                self._value(name, value, literal)
        self.tokens.append(")")

    def _value(self, name: str, value: Any, literal: bool = False) -> None:
        if value is None or value == []:
            return
        self.tokens.append(f".{name}")
        if isinstance(value, list):
            self.tokens.append("[")
            if isinstance(value[0], ast.stmt):
                self._body(value, literal=literal)
            else:
                for one in value:
                    self._one(one)
            self.tokens.append("]")
        else:
            self._one(value)

    def _one(self, value: Any) -> None:
        if isinstance(value, ast.AST):
            self._node(value)
        elif isinstance(value, str):
            self.tokens.append(f"'{value}")  # of a keyword or an attribute, which others see
        else:
            self.tokens.append(f"={value!r}")

    def _word(self, name: str) -> str:
        found = self._local(name)
        return found if isinstance(found, str) else f"'{name}"

    def _name(self, node: ast.Name, chain: Sequence[str]) -> int:
        """Append a name; return how many of the attributes behind it went into it."""
        found = self._local(node.id, loaded=isinstance(node.ctx, ast.Load))
        if isinstance(found, str):
            self.tokens.append(found)
            return 0
        if found is None:
            if isinstance(node.ctx, ast.Load):
                meant, used = self._resolver.name(node.id, chain)
            else:
                meant, used = f"'{node.id}", 0
        else:
            meant, used = self._resolver.local_import(found, node.id, chain)
        self.tokens.append(meant)
        return used

    def _attribute(self, base: ast.Name, chain: list[str]) -> None:
        rest = chain[self._name(base, chain) :]
        meant = self.tokens.pop()
        if isinstance(meant, str) and meant.startswith("@"):  # of an installed package: one dotted name
            self.tokens.append(".".join([meant, *rest]))
            return
        self.tokens += ["(Attribute"] * len(rest)
        self.tokens += [meant, *(f"'{name})" for name in rest)]

    def _local(self, name: str, *, loaded: bool = False) -> str | ast.Import | ast.ImportFrom | None:
        """Return a local variable's form, the import that binds it, or None for a name of the module."""
        for depth, scope in reversed(list(enumerate(self._scopes))):
            if scope.is_class:
                if depth == len(self._scopes) - 1 and name in scope.kept:
                    if not loaded:
                        return f"'{name}"
                    self.tokens.append(f"?{name}")  # the class's own, or that of the outside
                continue
            if name in scope.outside:
                return None
            if name in scope.renamed and self._renames:
                number = self._numbers.setdefault((id(scope), name), len(self._numbers))
                return f"#{number}"
            if name in scope.imported:
                return scope.imported[name]
            if name in scope.renamed or name in scope.kept:
                return f"'{name}"
        return None

    def _function(self, node: Function | ast.Lambda) -> None:
        arguments = node.args
        self.tokens.append(f"({type(node).__name__}")
        if not isinstance(node, ast.Lambda):
            self.tokens.append(f"'{node.name}")
            self._value("decorators", node.decorator_list)
            self._value("returns", node.returns)
        self._value("defaults", arguments.defaults)
        self._value("kw_defaults", arguments.kw_defaults)
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        stars = [one for one in (arguments.vararg, arguments.kwarg) if one]
        for one in (*every, *stars):
            self._value(
                f"annotation {one.arg}" if one in every[len(arguments.posonlyargs) :] else "annotation", one.annotation
            )
        self._push(scope_of_function(node))
        for kind in ("posonlyargs", "args", "vararg", "kwonlyargs", "kwarg"):
            value = getattr(arguments, kind)
            for one in value if isinstance(value, list) else [value] if value else []:
                self.tokens += [f".{kind}", self._word(one.arg)]
        if isinstance(node, ast.Lambda):
            self._value("body", node.body)
        else:
            self._value("type_params", getattr(node, "type_params", None))
            self._value("body", node.body)
        self._scopes.pop()
        self.tokens.append(")")

    def _class(self, node: ast.ClassDef) -> None:
        self.tokens += ["(ClassDef", f"'{node.name}"]
        for name in ("decorator_list", "bases", "keywords", "type_params"):
            self._value(name, getattr(node, name, None))
        self._push(scope_of_class(node))
        self._value("body", node.body)
        self._scopes.pop()
        self.tokens.append(")")

    def _comprehension(self, node: Any) -> None:
        self.tokens.append(f"({type(node).__name__}")
        self._value("iter", node.generators[0].iter)
        self._push(scope_of_comprehension(node.generators))
        for at, one in enumerate(node.generators):
            self._fields(one, False, ("iter",) if at == 0 else ())
        self._fields(node, False, ("generators",))
        self._scopes.pop()
        self.tokens.append(")")

    def _joined(self, node: ast.JoinedStr) -> None:
        """Append an f-string; Python's versions cut its text in other places."""
        self.tokens.append("(JoinedStr")
        text = ""
        for one in [*node.values, None]:
            if isinstance(one, ast.Constant):
                text += str(one.value)
                continue
            if text:
                self.tokens.append(f"=str:{text!r}")
            text = ""
            if one is not None:
                self._node(one)
        self.tokens.append(")")

    def _push(self, scope: Scope) -> None:
        self._scopes.append(scope)
        self._every.append(scope)  # its id names it in _numbers, and must not be given to another


def _chain(node: ast.Attribute) -> tuple[ast.Name, list[str]] | None:
    names: list[str] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        names.insert(0, inner.attr)
        inner = inner.value
    return (inner, names) if isinstance(inner, ast.Name) else None
