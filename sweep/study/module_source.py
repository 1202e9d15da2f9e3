"""A module's source in its parts: what it defines, what it imports, and what it does when it is imported."""

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sweep.study import code
from sweep.study.scopes import is_text, words

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

# Calls and decorators that make a value and touch nothing else.
# fmt: off
_HARMLESS = {
    "cache", "lru_cache", "wraps", "staticmethod", "classmethod", "property", "cached_property", "dataclass",
    "overload", "abstractmethod", "final", "contextmanager", "function", "njit", "jit", "field", "namedtuple",
    "NamedTuple", "TypeVar", "NewType", "getLogger", "Path", "frozenset", "set", "dict", "list", "tuple", "range",
    "len", "int", "float", "str", "bool", "bytes", "sum", "min", "max", "abs", "sorted", "zip", "enumerate",
    "reversed", "round", "compile", "array", "arange", "linspace", "zeros", "ones", "float32", "float64", "int32",
    "int64", "deepcopy", "copy", "partial", "MappingProxyType", "log", "exp", "sqrt", "join", "format", "items",
    "keys", "values", "get", "split", "strip", "lower", "upper", "object",
}
# fmt: on
_NAMES_ALONE = {"set", "compile", "copy", "object"}  # as methods they may change what they belong to


@dataclass(frozen=True, eq=False)
class Module:
    """A module that was read, not imported.

    name: dotted. file: its source. tree: its syntax. imports: those that run when it is imported.
    registers: whether making a class below one of its classes may do something that the class does not show.
    """

    name: str
    file: Path
    tree: ast.Module
    imports: tuple[ast.Import | ast.ImportFrom, ...]
    definers: dict[str, list[ast.stmt]]
    registers: bool

    @property
    def spoken(self) -> str:
        """Return the file as people name it."""
        return self.file.name if self.file.name != "__init__.py" else f"{self.file.parent.name}/__init__.py"

    def kind(self, name: str) -> str:
        """Return how people name a part: "function build"."""
        if not name:
            return "the whole module"
        if name == "*":
            return "statements outside of functions"
        node = self.definers[name][-1]
        if isinstance(node, ast.ClassDef):
            return f"class {name}"
        return f"{'function' if isinstance(node, Definition) else 'value'} {name}"

    def defines(self, name: str) -> bool:
        """Return whether the module itself defines a name, not only imports it."""
        return name in self.definers

    def defines_code(self, name: str) -> bool:
        """Return whether it defines a function or class of that name."""
        return any(isinstance(one, Definition) for one in self.definers.get(name, ()))

    def knows(self, name: str) -> bool:
        """Return whether a name is defined or imported here by name."""
        return name in self.definers or any(
            name in [one.asname or one.name.partition(".")[0] for one in node.names] for node in self.imports
        )

    def package(self, level: int) -> str:
        """Return the name of the package that `level` dots mean here."""
        return code.package(self.name, self.file, level)

    def statements(self, name: str, *, classes_act: bool) -> list[ast.stmt]:
        """Return the statements of a part: a name's, all that act at import ("*"), or all ("")."""
        if not name:
            return [one for one in self.tree.body if not _is_main(one)]
        if name == "*":
            return [one for one in self.tree.body if self._acts(one, classes_act)]
        return self.definers[name]

    def place(self, statement: ast.stmt, part: str, *, classes_act: bool) -> str:
        """Return after how many acting statements this one runs, where that can change what it gives."""
        if part in ("", "*") or _is_fixed(statement):
            return "-"
        before = self.tree.body[: self.tree.body.index(statement)]
        return f"after {sum(self._acts(one, classes_act) for one in before)}"

    def _acts(self, node: ast.stmt, classes_act: bool) -> bool:
        """Return whether a statement does something at import beyond giving a value to a name."""
        if is_text(node) or isinstance(node, ast.Import | ast.ImportFrom | ast.Pass) or _is_main(node):
            return False
        if isinstance(node, ast.ClassDef) and classes_act:
            return True
        names = _names_bound(node)
        if names is None or not names or any(len(self.definers[name]) > 1 for name in names) or _calls(node):
            return True
        outer = node.decorator_list if isinstance(node, Definition) else [node]
        used = set().union(*(words(one) for one in outer))
        return bool(used & _HARMLESS & {*self.definers})  # the module's own function of such a name


def read_module(name: str) -> Module | None:
    """Return a module's parts, None where there is no source.

    Raises:
        InputError: it is no Python.
    """
    file = code.source(name) if name else None
    return None if file is None else _parts(name, file, file.read_bytes())


@lru_cache(maxsize=1000)
def _parts(name: str, file: Path, text: bytes) -> Module:
    """Return a module's parts; text, its source, is what the cache knows it by."""
    tree = code.tree(file)
    definers: dict[str, list[ast.stmt]] = {}
    for node in tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom) and not _is_main(node):
            for key in dict.fromkeys(_names_bound(node) or ()):
                definers.setdefault(key, []).append(node)
    registers = any(
        (isinstance(node, ast.FunctionDef) and node.name in ("__init_subclass__", "__set_name__"))
        or (isinstance(node, ast.ClassDef) and any(keyword.arg == "metaclass" for keyword in node.keywords))
        for node in ast.walk(tree)
    )
    return Module(name, file, tree, tuple(_imports(tree.body)), definers, registers)


def _imports(statements: list[ast.stmt]) -> list[ast.Import | ast.ImportFrom]:
    """Return the imports that run with a module, those inside if and try as well, not those inside functions."""
    found: list[ast.Import | ast.ImportFrom] = []
    for node in statements:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.append(node)
        elif not isinstance(node, Definition) and not _is_main(node):
            found += [one for one in ast.walk(node) if isinstance(one, ast.Import | ast.ImportFrom)]
    return found


def _names_bound(node: ast.stmt) -> list[str] | None:
    """Return the names that a statement binds in its module; None where it also changes something else."""
    if isinstance(node, Definition):
        return [node.name]
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        names: list[str] = []
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
            if not all(isinstance(one, ast.Name) for one in parts):
                return None
            names += [one.id for one in parts if isinstance(one, ast.Name)]
        return names + [one.target.id for one in ast.walk(node) if isinstance(one, ast.NamedExpr)]
    if isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
        inner: list[str] = []
        for one in ast.iter_child_nodes(node):
            for part in (
                [one]
                if isinstance(one, ast.stmt)
                else getattr(one, "body", [])
                if isinstance(one, ast.ExceptHandler)
                else []
            ):
                if isinstance(part, ast.Import | ast.ImportFrom):
                    inner += [alias.asname or alias.name.partition(".")[0] for alias in part.names if alias.name != "*"]
                elif not isinstance(part, ast.Pass) and not is_text(part):
                    more = _names_bound(part)
                    if more is None:
                        return None
                    inner += more
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            inner.append(node.target.id)
        return inner
    return [node.name.id] if type(node).__name__ == "TypeAlias" else None  # type: ignore[attr-defined]


def _calls(node: ast.AST) -> bool:
    """Return whether a statement calls, as it runs, anything that may do more than give a value."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        outer: list[ast.AST | None] = [*node.args.defaults, *node.args.kw_defaults]
        decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
        return any(not _harmless(decorator) for decorator in decorators) or any(
            one is not None and _calls(one) for one in outer
        )
    if isinstance(node, ast.ClassDef):
        if node.keywords or any(not _harmless(one) for one in node.decorator_list):
            return True
        return any(_calls(one) for one in (*node.bases, *node.body))
    if isinstance(node, ast.Call) and not _harmless(node.func):
        return True
    return any(_calls(child) for child in ast.iter_child_nodes(node))


def _harmless(node: ast.expr) -> bool:
    inner = node.func if isinstance(node, ast.Call) else node
    name = inner.attr if isinstance(inner, ast.Attribute) else inner.id if isinstance(inner, ast.Name) else ""
    if isinstance(inner, ast.Attribute) and name in _NAMES_ALONE:
        return False
    return name in _HARMLESS and not (isinstance(node, ast.Call) and any(_calls(arg) for arg in node.args))


def _is_fixed(node: ast.stmt) -> bool:
    """Return whether a definition gives the same whenever it runs: a plain function, or a value of constants."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        parts: list[ast.AST] = [
            *node.decorator_list,
            *node.args.defaults,
            *(kw_default for kw_default in node.args.kw_defaults if kw_default),
        ]
    elif isinstance(node, ast.ClassDef):
        parts = [*node.decorator_list, *(one for one in node.body if not isinstance(one, Definition))]
    else:
        parts = [node]
    loads = [one for part in parts for one in ast.walk(part) if isinstance(one, ast.Name)]
    return not any(isinstance(load.ctx, ast.Load) for load in loads)


def _is_main(node: ast.stmt) -> bool:
    """Return whether a statement is left out when a module is imported: if __name__ == "__main__", if TYPE_CHECKING."""
    if not isinstance(node, ast.If) or node.orelse:
        return False
    test = ast.unparse(node.test)
    return test in ("TYPE_CHECKING", "typing.TYPE_CHECKING") or (
        test in ("__name__ == '__main__'", "'__main__' == __name__")
    )
