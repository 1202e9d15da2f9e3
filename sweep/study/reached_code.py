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

from sweep.errors import InputError
from sweep.study import code
from sweep.study.meanings import WHOLE, Meanings, modules_of
from sweep.study.module_source import Module, read_module
from sweep.study.scopes import words
from sweep.study.syntax import Form, Ref

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
_STATEMENTS = "*"  # the key of what a module does when it is imported
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
            self.reach(start, name if start.defines(name) else WHOLE)
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
        return "__subclasses__" in self._words or any(module.registers for module in self._modules.values())

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
            id(statement): (self._modules[module].spoken, statement)
            for module, name in number
            for statement in self._modules[module].statements(name, classes_act=self._classes)
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
            for name in modules_of(node, module):
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

    def reach(self, module: Module, name: str) -> Ref:
        """Take up a definition of a module, or all of it, and return what stands for it in a form."""
        self.visit(module)
        return Ref(self._enqueue(module, name), name or "module")

    def _read(self, module_name: str, name: str) -> None:
        module = self._modules[module_name]
        statements = module.statements(name, classes_act=self._classes)
        if not statements:
            return
        form = Form(Meanings(self, module), docstrings=self._docstrings)
        for one in statements:
            form.tokens.append(module.place(one, name, classes_act=self._classes))
            form.add([one])
        self._forms[module_name, name] = form.tokens
        used = set().union(*(words(statement) for statement in statements))
        self._words |= used
        self._texts(module, statements, used)
        if name != WHOLE and (
            used & (_COMPUTED | _IMPORTS) or any(_computed_attribute(statement) for statement in statements)
        ):
            self.reach(module, WHOLE)

    def _texts(self, module: Module, statements: Sequence[ast.stmt], used: set[str]) -> None:
        """Follow words in quotes that name a definition or a module, and imports of computed names."""
        for statement in statements:
            for node in ast.walk(statement):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    self._text(module, node.value, bool(used & _IMPORTS))
                elif isinstance(node, ast.Call) and _is_computed_import(node):
                    for name in _beside(module):
                        other = self.module(name)
                        if other is not None:
                            self.reach(other, WHOLE)

    def _text(self, module: Module, text: str, imports: bool) -> None:
        if not re.fullmatch(r"\.*[A-Za-z_][\w.]*([:>]\w+)?", text):
            return
        last = re.split(r"[.:>]", text)[-1]
        if module.defines_code(last):
            self.reach(module, last)
        if imports or ":" in text:
            name = text.partition(":")[0]
            if name.startswith("."):
                name = module.package(len(name) - len(name.lstrip("."))) + "." + name.lstrip(".")
            other = self.module(name)
            if other is not None:
                self.reach(other, WHOLE)


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
    return name in _IMPORTS and not (node.args and all(isinstance(arg, ast.Constant) for arg in node.args))


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
        if not any(part.startswith(".") or part in ("site-packages", "__pycache__") for part in parts):
            names = [*([package.split(".")[0]] if package else []), *parts]
            found.append(".".join(names[:-1] if names[-1] == "__init__" else names))
    return found
