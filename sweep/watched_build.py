"""What a model's function takes from outside: files that the study does not name, randomness of no seed."""

import ast
import os
import sys
import sysconfig
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sweep.errors import InputError
from sweep.identity import words_of
from sweep.reached_code import Reached, reached
from sweep.study import Study

_NOT_INPUT = (".py", ".pyc", ".so", ".pyi", ".pth")
_SYSTEM = ("/proc", "/sys", "/dev", "/etc")
_UNSEEDED = {"default_rng", "Random", "RandomState", "SeedSequence", "PCG64", "MT19937", "Philox", "SFC64"}
_NEVER_SEEDED = {"SystemRandom", "urandom", "token_bytes", "token_hex", "randbits", "uuid4", "uuid1"}
_NEVER_SEEDED |= {"from_non_deterministic_state", "getrandom"}
_SEEDING = _UNSEEDED | {"seed", "set_seed", "set_random_seed", "SeedGenerator", "from_seed", "PRNGKey"}
_CLOCKS = {"time", "time_ns", "perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "now", "getpid"}


@dataclass(frozen=True)
class Outside:
    """What was taken from outside. files: opened, but not named by the study. unseeded: "net.py, line 3: ..."."""

    files: tuple[str, ...] = ()
    unseeded: tuple[str, ...] = ()


@dataclass
class _Watch:
    thread: int = 0
    read: dict[str, None] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    hooked: bool = False


_watch = _Watch()
_seen: WeakKeyDictionary[Any, Outside] = WeakKeyDictionary()


def outside(model: Any) -> Outside:
    """Return what the function that built a model took from outside; nothing for a model that was not watched."""
    return _seen.get(model, Outside())


@contextmanager
def watched(study: Study) -> Iterator[list[Any]]:
    """Watch a build; put the model into the list that is given."""
    if not _watch.hooked:
        sys.addaudithook(_hear)  # it stays for the life of the process, and is idle outside of builds
        _watch.hooked = True
    _watch.read, _watch.written = {}, set()
    models: list[Any] = []
    _watch.thread = threading.get_ident()
    try:
        with _hdf5_told():
            yield models
    finally:
        _watch.thread = 0
    named = [Path(word).expanduser().absolute() for word in words_of(study)]
    files = tuple(one for one in _watch.read if one not in _watch.written and not _is_named(Path(one), named))
    for model in models:
        _seen[model] = Outside(files, unseeded(study))


def unseeded(study: Study) -> tuple[str, ...]:
    """Return where the code that a study reaches draws from no seed, or seeds by the clock."""
    uses = [study.model.use, *([study.measure.use] if study.measure else [])]
    found: dict[str, None] = {}
    for use in uses:
        try:
            known = reached(use)
        except InputError:
            continue
        found |= dict.fromkeys(_places(known))
    return tuple(found)


def _places(known: Reached) -> Iterator[str]:
    for file, statement in known.sources:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and _draws_freely(node):
                yield f"{file}, line {node.lineno}: {ast.unparse(node)}"


def _draws_freely(node: ast.Call) -> bool:
    name = _last(node.func)
    given = [*node.args, *(one.value for one in node.keywords)]
    if name in _NEVER_SEEDED:
        return True
    none = all(isinstance(one, ast.Constant) and one.value is None for one in given)
    if none and (name in _UNSEEDED or (name == "seed" and isinstance(node.func, ast.Attribute))):
        return True
    inner = [one for value in given for one in ast.walk(value) if isinstance(one, ast.Call)]
    return name in _SEEDING and any(_last(one.func) in _CLOCKS for one in inner)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _watch.thread == threading.get_ident():
        _opened(arguments[0], arguments[2])


def _opened(path: Any, flags: Any) -> None:
    if not isinstance(path, str | bytes):
        return  # a descriptor that is open already
    name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 (a Path opens nothing, but is slow in an audit hook)
    if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_CREAT | os.O_TRUNC):
        _watch.written.add(name)
    elif not name.endswith(_NOT_INPUT) and not name.startswith(_SYSTEM) and not _of_a_library(name):
        _watch.read[name] = None


def _of_a_library(name: str) -> bool:
    ours = str(Path(__file__).parent)
    keras = os.environ.get("KERAS_HOME") or str(Path.home() / ".keras")
    roots = (ours, keras, sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    return (
        name.startswith(tuple(root + os.sep for root in roots)) or "site-packages" in name or not Path(name).is_file()
    )


@contextmanager
def _hdf5_told() -> Iterator[None]:
    """Hear of files that HDF5 opens: it does so in C, where Python's audit does not see it."""
    try:
        import h5py  # type: ignore[import-untyped]
    except ImportError:
        yield
        return
    original = h5py.File.__init__

    def told(self: Any, name: Any, mode: str = "r", *args: Any, **keywords: Any) -> None:
        if isinstance(name, str | bytes | os.PathLike):
            _opened(os.fspath(name), 0 if mode == "r" else os.O_WRONLY)
        original(self, name, mode, *args, **keywords)

    h5py.File.__init__ = told
    try:
        yield
    finally:
        h5py.File.__init__ = original


def _is_named(path: Path, named: list[Path]) -> bool:
    places = [path, path.resolve()]
    for one in named:
        for place in places:
            if any(place.is_relative_to(root) for root in (one, one.resolve())) or str(place).startswith(f"{one}."):
                return True
    return False
