"""What a function reaches in the user's own modules, and the digest of it.

Reached are the definitions that are named, at any depth, and what a module does when it is imported. Where the source
does not tell what is reached (`globals()`, `getattr` with a computed name), the whole module is; where a module is
imported by a computed name, all modules beside it are. So a changed behaviour is a changed digest, while now and then
a digest changes although the behaviour did not.
"""

import ast
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sweep.errors import InputError
from sweep.study import code
from sweep.study.module import Module, read_module
from sweep.study.syntax import Form, Ref, bound_by, words

_COMPUTED = {
    "globals",
    "locals",
    "vars",
    "eval",
    "exec",
    "compile",
    "__dict__",
    "modules",
    "attrgetter",
    "methodcaller",
}
_IMPORTS = {"import_module", "__import__", "run_path", "run_module", "exec_module", "load_module", "find_loader"}
_DOCS = {"__doc__", "getdoc", "getsource", "cleandoc"}
_STATEMENTS, _WHOLE = "*", ""  # the keys of what a module does when it is imported, and of all of it
_MOST_FILES = 2000


@dataclass(frozen=True)
class Reached:
    """What a function reaches.

    digest: 16 hexadecimal digits. parts: "net.py, function build" -> digest of that alone. sources: (file, statement).
    """

    digest: str
    parts: dict[str, str]
    sources: tuple[tuple[str, ast.stmt], ...] = ()


def reached(use: str) -> Reached:
    """Return what the function "package.module:function" reaches, as its sources are now.

    Raises:
        InputError: no such function, or a module that is no Python.
    """
    module, _, name = use.partition(":")
    found = code.find(module, name)
    if found is None:
        raise InputError(f"Expected a function at {use}. Received: nothing there.")
    return _Walk(found.module).from_(found.module, name)


class _Walk:
    """A walk over definitions from one function, each numbered when it is met first: places and order do not count."""

    def __init__(self, root: str) -> None:
        self._top = root.partition(".")[0]
        self._root = root
        self._known: dict[str, Module | None] = {}

    def from_(self, module: str, name: str) -> Reached:
        start = read_module(module)
        if start is None:
            raise InputError(f"Expected Python source of {module}. Received: none.")
        docstrings = classes = False
        while True:  # at most three times: what is met may ask for docstrings or all classes
            self._docstrings, self._classes = docstrings, classes
            self._seen: set[str] = set()
            self._forms: dict[tuple[str, str], list[str | Ref]] = {}
            self._words: set[str] = set()
            self._queue: list[tuple[str, str]] = []
            self._modules: dict[str, Module] = {}
            self.visit(start)
            self._reach(start, name if start.defines(name) else _WHOLE)
            at = 0
            while at < len(self._queue):
                self._read(*self._queue[at])
                at += 1
            asked = docstrings or bool(self._words & _DOCS), classes or self._registers()
            if asked == (docstrings, classes):
                return self._result()
            docstrings, classes = asked

    def _registers(self) -> bool:
        """Return whether making a class may do something that the class does not show."""
        return "__subclasses__" in self._words or any(one.registers for one in self._modules.values())

    def _result(self) -> Reached:
        number = {key: at for at, key in enumerate(key for key in self._queue if self._forms.get(key))}
        whole, parts = hashlib.sha256(), {}
        for key in number:
            own = hashlib.sha256()
            for token in self._forms[key]:
                word = token if isinstance(token, str) else f"&{number.get(token.key, token.text)}"
                whole.update(word.encode("utf-8", "surrogatepass") + b"\0")
                plain = token if isinstance(token, str) else f"&{token.text}"
                own.update(plain.encode("utf-8", "surrogatepass") + b"\0")
            whole.update(b"\1")
            parts[self._spoken(key)] = own.hexdigest()[:12]
        found = {
            id(one): (self._modules[module].spoken, one)
            for module, name in number
            for one in self._modules[module].statements(name, classes_act=self._classes)
        }
        return Reached(whole.hexdigest()[:16], parts, tuple(found.values()))

    def _spoken(self, key: tuple[str, str]) -> str:
        module = self._modules[key[0]]
        return f"{module.spoken}, {module.kind(key[1])}"

    def visit(self, module: Module) -> None:
        """Take up what a module and its packages do when they are imported."""
        if module.name in self._modules:
            return
        self._modules[module.name] = module
        package = module.name.rpartition(".")[0]
        parent = self.module(package) if package else None
        if parent is not None:
            self.visit(parent)
        for node in module.imports:
            for name in _modules_of(node, module):
                other = self.module(name)
                if other is not None:
                    self.visit(other)
        self._enqueue(module, _STATEMENTS)

    def module(self, name: str) -> Module | None:
        """Return a module if it is of the user's, or one of ours that decides a model."""
        if name in self._known:
            return self._known[name]
        top = name.partition(".")[0]
        if top == "sweep":
            wanted = name.startswith("sweep.models") or name == self._root
        else:
            wanted = top == self._top or code.own(top)
        self._known[name] = read_module(name) if wanted else None
        return self._known[name]

    def _enqueue(self, module: Module, name: str) -> tuple[str, str]:
        key = (module.name, name)
        if key not in self._forms:
            self._forms[key] = []
            self._queue.append(key)
        return key

    def _reach(self, module: Module, name: str) -> Ref:
        self.visit(module)
        return Ref(self._enqueue(module, name), name or "module")

    def _read(self, module_name: str, name: str) -> None:
        module = self._modules[module_name]
        statements = module.statements(name, classes_act=self._classes)
        if not statements:
            return
        form = Form(_Meanings(self, module), docstrings=self._docstrings)
        for one in statements:
            form.tokens.append(module.place(one, name, classes_act=self._classes))
            form.add([one])
        self._forms[module_name, name] = form.tokens
        used = set().union(*(words(one) for one in statements))
        self._words |= used
        self._texts(module, statements, used)
        if name != _WHOLE and (used & (_COMPUTED | _IMPORTS) or any(_computed_attribute(one) for one in statements)):
            self._reach(module, _WHOLE)

    def _texts(self, module: Module, statements: Sequence[ast.stmt], used: set[str]) -> None:
        """Follow words in quotes that name a definition or a module, and imports of computed names."""
        for one in statements:
            for node in ast.walk(one):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    self._text(module, node.value, bool(used & _IMPORTS))
                elif isinstance(node, ast.Call) and _is_computed_import(node):
                    for name in _beside(module):
                        other = self.module(name)
                        if other is not None:
                            self._reach(other, _WHOLE)

    def _text(self, module: Module, text: str, imports: bool) -> None:
        if not re.fullmatch(r"\.*[A-Za-z_][\w.]*([:>]\w+)?", text):
            return
        last = re.split(r"[.:>]", text)[-1]
        if module.defines_code(last):
            self._reach(module, last)
        if imports or ":" in text:
            name = text.partition(":")[0]
            if name.startswith("."):
                name = module.package(len(name) - len(name.lstrip("."))) + "." + name.lstrip(".")
            other = self.module(name)
            if other is not None:
                self._reach(other, _WHOLE)

    def meaning(self, module: Module, name: str, chain: Sequence[str], seen: frozenset[Any]) -> tuple[Ref | str, int]:
        """Return what a name in a module means."""
        if (module.name, name) in seen:
            return f"'{name}", 0
        seen |= {(module.name, name)}
        if module.defines(name):
            return self._reach(module, name), 0
        for node in module.imports:
            if name in bound_by(node):
                return self.imported(module, node, name, chain, seen)
        for node in module.imports:
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                other = self.module(code.absolute(node, module.name, module.file))
                if other is None:
                    continue
                self.visit(other)
                meant = self.meaning(other, name, chain, seen)
                if meant != (f"'{name}", 0):
                    return meant
        return f"'{name}", 0

    def imported(
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
        other = self.module(parent)
        below = f"{parent}.{name}"
        if other is None:
            return self._of_module(below, chain, 0, seen) if self.module(below) else (f"@{below}", 0)
        self.visit(other)
        if other.knows(name):
            meant = self.meaning(other, name, chain, seen)
            if meant != (f"'{name}", 0):
                return meant
        if self.module(below):
            return self._of_module(below, chain, 0, seen)
        found = code.find(parent, name)
        origin = self.module(found.module) if found is not None else None
        if origin is not None and origin.defines(name):
            self._reach(other, "__getattr__") if other.defines("__getattr__") else None
            return self._reach(origin, name), 0
        starred = self.meaning(other, name, chain, seen)
        return starred if starred != (f"'{name}", 0) else (self._reach(other, _WHOLE), 0)

    def _of_module(self, name: str, chain: Sequence[str], used: int, seen: frozenset[Any]) -> tuple[Ref | str, int]:
        """Return what a module followed by attributes means; a module alone means all of it."""
        module = self.module(name)
        if module is None and not (name != "sweep" and chain and self.module(f"{name}.{chain[0]}")):
            return f"@{name}", used
        if not chain:
            return (self._reach(module, _WHOLE), used) if module else (f"@{name}", used)
        first, rest = chain[0], chain[1:]
        below = self.module(f"{name}.{first}")
        if below is not None and not (module is not None and module.defines(first)):
            self.visit(below)
            return self._of_module(below.name, rest, used + 1, seen)
        meant, more = self._attribute(name, first, rest, seen)
        return meant, used + 1 + more

    def whole_import(self, module: Module, node: ast.Import | ast.ImportFrom) -> None:
        """Reach all that an import brings, where it is not known what of it is used."""
        for alias, bound in zip(node.names, bound_by(node), strict=True):
            if alias.name != "*":
                self.imported(module, node, bound, (), frozenset())
            if isinstance(node, ast.Import) or alias.name == "*":
                for name in _modules_of(node, module):
                    other = self.module(name)
                    if other is not None:
                        self._reach(other, _WHOLE)


@dataclass(frozen=True)
class _Meanings:
    """What names mean in one module, for its forms."""

    walk: _Walk
    module: Module

    def name(self, name: str, chain: Sequence[str]) -> tuple[Ref | str, int]:
        return self.walk.meaning(self.module, name, chain, frozenset())

    def local_import(self, node: ast.Import | ast.ImportFrom, known: str | None, chain: Sequence[str]) -> Any:
        for name in _modules_of(node, self.module):
            other = self.walk.module(name)
            if other is not None:
                self.walk.visit(other)
        if known is None:
            return self.walk.whole_import(self.module, node)
        return self.walk.imported(self.module, node, known, chain, frozenset())


def _modules_of(node: ast.Import | ast.ImportFrom, module: Module) -> list[str]:
    """Return the modules that an import may run."""
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    parent = code.absolute(node, module.name, module.file)
    return [parent, *(f"{parent}.{one.name}" for one in node.names if one.name != "*")]


def _computed_attribute(statement: ast.stmt) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("getattr", "setattr")
        and not (len(node.args) > 1 and isinstance(node.args[1], ast.Constant))
        for node in ast.walk(statement)
    )


def _is_computed_import(node: ast.Call) -> bool:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name in ("eval", "exec"):
        return not (node.args and isinstance(node.args[0], ast.Constant))
    return name in _IMPORTS and not (node.args and all(isinstance(one, ast.Constant) for one in node.args))


def _beside(module: Module) -> list[str]:
    """Return the names of all modules in a module's package, or in its folder."""
    if module.name.startswith("sweep."):
        return []
    package = module.package(1)
    above = len(package.split(".")) - 1 if package else 0
    folder = module.file.parent if not package else module.file.parents[above]
    found = []
    for file in sorted(folder.rglob("*.py"))[:_MOST_FILES]:
        parts = file.relative_to(folder).with_suffix("").parts
        if not any(one.startswith(".") or one in ("site-packages", "__pycache__") for one in parts):
            names = [*([package.split(".")[0]] if package else []), *parts]
            found.append(".".join(names[:-1] if names[-1] == "__init__" else names))
    return found
