"""What a name means in a module of the user's: a definition there or elsewhere, a whole module, a package's name."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sweep.study import code
from sweep.study.module_source import Module
from sweep.study.scopes import bound_by
from sweep.study.syntax import Ref

WHOLE = ""  # the key of all of a module


class Walk(Protocol):
    """The walk that is told what names mean, and goes there."""

    def module(self, name: str) -> Module | None:
        """Return a module if the walk may enter it."""

    def visit(self, module: Module) -> None:
        """Take up what a module does when it is imported."""

    def reach(self, module: Module, name: str) -> Ref:
        """Take up a definition of a module, or all of it, and return what stands for it."""


@dataclass(frozen=True)
class Meanings:
    """What names mean in one module, for its forms: the `Resolver` of `sweep.study.syntax`."""

    walk: Walk
    module: Module

    def name(self, name: str, chain: Sequence[str]) -> tuple[Ref | str, int]:
        """Return what a name followed by attributes means, and how many of the attributes that takes."""
        return self._meaning(self.module, name, chain, frozenset())

    def local_import(self, node: ast.Import | ast.ImportFrom, known: str | None, chain: Sequence[str]) -> Any:
        """Return what a name that an import inside a function binds means; known None: the import as a whole."""
        for name in modules_of(node, self.module):
            other = self.walk.module(name)
            if other is not None:
                self.walk.visit(other)
        if known is None:
            return self._whole_import(node)
        return self._imported(self.module, node, known, chain, frozenset())

    def _meaning(self, module: Module, name: str, chain: Sequence[str], seen: frozenset[Any]) -> tuple[Ref | str, int]:
        """Return what a name in a module means."""
        if (module.name, name) in seen:
            return f"'{name}", 0
        seen |= {(module.name, name)}
        if module.defines(name):
            return self.walk.reach(module, name), 0
        for node in module.imports:
            if name in bound_by(node):
                return self._imported(module, node, name, chain, seen)
        for node in module.imports:
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                other = self.walk.module(code.absolute(node, module.name, module.file))
                if other is None:
                    continue
                self.walk.visit(other)
                meant = self._meaning(other, name, chain, seen)
                if meant != (f"'{name}", 0):
                    return meant
        return f"'{name}", 0

    def _imported(
        self, module: Module, node: ast.Import | ast.ImportFrom, name: str, chain: Sequence[str], seen: frozenset[Any]
    ) -> tuple[Ref | str, int]:
        """Return what a name means that an import binds."""
        alias = next(one for one, bound in zip(node.names, bound_by(node), strict=True) if bound == name)
        if isinstance(node, ast.Import):
            return self._of_module(alias.name if alias.asname else alias.name.partition(".")[0], chain, 0, seen)
        parent = code.absolute(node, module.name, module.file)
        return self._attribute(parent, alias.name, chain, seen)

    def _attribute(self, parent: str, name: str, chain: Sequence[str], seen: frozenset[Any]) -> tuple[Ref | str, int]:
        """Return what `name` of a module means, be it a definition there, handed on, or a module below."""
        other = self.walk.module(parent)
        below = f"{parent}.{name}"
        if other is None:
            return self._of_module(below, chain, 0, seen) if self.walk.module(below) else (f"@{below}", 0)
        self.walk.visit(other)
        if other.knows(name):
            meant = self._meaning(other, name, chain, seen)
            if meant != (f"'{name}", 0):
                return meant
        if self.walk.module(below):
            return self._of_module(below, chain, 0, seen)
        found = code.find(parent, name)
        origin = self.walk.module(found.module) if found is not None else None
        if origin is not None and origin.defines(name):
            self.walk.reach(other, "__getattr__") if other.defines("__getattr__") else None
            return self.walk.reach(origin, name), 0
        starred = self._meaning(other, name, chain, seen)
        return starred if starred != (f"'{name}", 0) else (self.walk.reach(other, WHOLE), 0)

    def _of_module(self, name: str, chain: Sequence[str], used: int, seen: frozenset[Any]) -> tuple[Ref | str, int]:
        """Return what a module followed by attributes means; a module alone means all of it."""
        module = self.walk.module(name)
        if module is None and not (name != "sweep" and chain and self.walk.module(f"{name}.{chain[0]}")):
            return f"@{name}", used
        if not chain:
            return (self.walk.reach(module, WHOLE), used) if module else (f"@{name}", used)
        first, rest = chain[0], chain[1:]
        below = self.walk.module(f"{name}.{first}")
        if below is not None and not (module is not None and module.defines(first)):
            self.walk.visit(below)
            return self._of_module(below.name, rest, used + 1, seen)
        meant, more = self._attribute(name, first, rest, seen)
        return meant, used + 1 + more

    def _whole_import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Reach all that an import brings, where it is not known what of it is used."""
        for alias, bound in zip(node.names, bound_by(node), strict=True):
            if alias.name != "*":
                self._imported(self.module, node, bound, (), frozenset())
            if isinstance(node, ast.Import) or alias.name == "*":
                for name in modules_of(node, self.module):
                    other = self.walk.module(name)
                    if other is not None:
                        self.walk.reach(other, WHOLE)


def modules_of(node: ast.Import | ast.ImportFrom, module: Module) -> list[str]:
    """Return the modules that an import may run."""
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    parent = code.absolute(node, module.name, module.file)
    return [parent, *(f"{parent}.{name.name}" for name in node.names if name.name != "*")]
