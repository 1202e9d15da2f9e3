"""What the user's own modules remember: a digest of their variables, to see whether a training left something."""

import functools
import hashlib
import random
import sys
import sysconfig
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

_OURS = str(Path(__file__).resolve().parents[1])
_PLAIN = (bool, int, float, complex, str, bytes, type(None))


def module_state() -> str:
    """Return the sha256 over what the user's imported modules hold, at any depth.

    Numbers, words, arrays, containers of them, generators, the defaults and closures of functions, and the attributes
    of classes and objects of these modules. Of what installed packages hold or make, the kind of object alone counts.
    """
    digest = _Digest({module.__name__ for module in _modules()})
    for module in sorted(_modules(), key=lambda each: each.__name__):
        digest.add_word(module.__name__)
        digest.add({name: value for name, value in vars(module).items() if not name.startswith("__")})
    return digest.text()


def _modules() -> list[types.ModuleType]:
    return [
        module
        for module in list(sys.modules.values())
        if isinstance(module, types.ModuleType) and _of_the_user(str(getattr(module, "__file__", None) or ""))
    ]


@functools.cache
def _of_the_user(file: str) -> bool:
    if not file or "site-packages" in file or "dist-packages" in file or file.startswith("<"):
        return False
    path = Path(file).resolve()
    if path.name.startswith("__autograph_generated_file"):  # TensorFlow's copy of a function
        return False
    stdlib = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
    return not any(path.is_relative_to(Path(root).resolve()) for root in (_OURS, *stdlib))


class _Digest:
    """Walks values, each object once, so that circles end."""

    def __init__(self, modules: set[str]) -> None:
        self._modules, self._sha = modules, hashlib.sha256()
        self._seen: dict[int, tuple[int, Any]] = {}  # the object too: its number must not be given away meanwhile

    def text(self) -> str:
        return self._sha.hexdigest()

    def add_word(self, word: str) -> None:
        self._sha.update(word.encode(errors="surrogatepass"))
        self._sha.update(b"\0")

    def add(self, value: Any) -> None:
        """Add a value and all that it holds."""
        self.add_word(type(value).__qualname__)
        if isinstance(value, _PLAIN):
            self.add_word(repr(value))
            return
        if id(value) in self._seen:
            self.add_word(f"again {self._seen[id(value)][0]}")
            return
        self._seen[id(value)] = len(self._seen), value
        for part in self._parts(value):
            self.add(part)

    def _parts(self, value: Any) -> Iterator[Any]:
        if isinstance(value, np.ndarray):
            yield from (str(value.dtype), value.shape)
            yield value.tolist() if value.dtype.hasobject else value.tobytes()
        elif isinstance(value, np.generic):
            yield value.tobytes()
        elif isinstance(value, np.random.Generator):
            yield value.bit_generator.state
        elif isinstance(value, np.random.BitGenerator):
            yield value.state
        elif isinstance(value, np.random.RandomState):
            yield value.get_state(legacy=False)
        elif isinstance(value, random.Random):
            yield value.getstate()
        elif isinstance(value, Mapping):
            yield from (part for pair in list(value.items()) for part in pair)
        elif isinstance(value, set | frozenset):
            yield sorted(map(repr, value))
        elif isinstance(value, list | tuple):
            yield from list(value)
        else:
            yield from self._parts_of_code(value)

    def _parts_of_code(self, value: Any) -> Iterator[Any]:
        if isinstance(value, types.FunctionType):
            if value.__module__ in self._modules:
                yield from (value.__defaults__, value.__kwdefaults__, vars(value))
                yield [_content(cell) for cell in value.__closure__ or ()]
        elif isinstance(value, types.MethodType):
            yield from (value.__func__, value.__self__)
        elif isinstance(value, functools.partial):
            yield from (value.func, value.args, value.keywords)
        elif hasattr(value, "cache_info") and hasattr(value, "__wrapped__"):
            yield from (value.cache_info().currsize, value.__wrapped__)
        elif isinstance(value, type):
            if value.__module__ in self._modules:
                yield {name: held for name, held in vars(value).items() if not name.startswith("__")}
        elif type(value).__module__ in self._modules:
            yield getattr(value, "__dict__", None)
            yield [getattr(value, name, None) for name in _slots(type(value))]


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None


def _slots(kind: type) -> list[str]:
    names = [getattr(base, "__slots__", ()) for base in kind.__mro__]
    return [name for each in names for name in ((each,) if isinstance(each, str) else each) if name != "__dict__"]
