"""Which files a model's function reads while it builds: those that the study does not name, each with its content.

Python tells of every file that it opens, and HDF5 is asked as well. What other C code opens by itself (TensorFlow's own
readers, Arrow), and what the function opens in threads of its own, is not seen.
"""

import functools
import os
import sys
import sysconfig
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from sweep.machine.folders import cache_folder
from sweep.machine.keras_settings import keras_home
from sweep.study.identity import words_of
from sweep.study.named_files import content
from sweep.study.study import Study
from sweep.study.unseeded import unseeded

_CODE = (".py", ".pyc", ".so", ".pyi", ".pth")
_SYSTEM = ("/proc/", "/sys/", "/dev/", "/etc/", "/usr/share/", "/usr/lib/")
_FONTS = {"matplotlib", "fontconfig"}  # caches that drawing keeps in the user's folders
_NOT_READ = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True)
class Outside:
    """What a model took from outside of its study.

    files: name -> digest of each file that was read and is not named; from the current folder, or from "~". keras: the
    same of weights that Keras keeps in a folder of its own, as `weights="imagenet"` asks for them. unseeded: "net.py,
    line 3: np.random.default_rng()".
    """

    files: dict[str, str] = field(default_factory=dict)
    keras: dict[str, str] = field(default_factory=dict)
    unseeded: tuple[str, ...] = ()


@dataclass
class _Watch:
    read: dict[str, None] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)


class _Here(threading.local):
    watch: _Watch | None = None  # of the build that this thread is in


_here = _Here()
_seen: dict[int, Outside] = {}  # by a model's id; models may be of classes that cannot be keys


def outside(model: Any) -> Outside:
    """Return what the function that built a model took from outside; nothing for a model that was not watched."""
    return _seen.get(id(model), Outside())


@contextmanager
def watched(study: Study) -> Iterator[list[Any]]:
    """Watch a build; put the model into the list that is given."""
    _listen_once()
    before, _here.watch = _here.watch, _Watch()
    watch = _here.watch
    models: list[Any] = []
    try:
        yield models
    finally:
        _here.watch = before
        if before is not None:  # a build inside a build reads for both
            before.read |= watch.read
            before.written |= watch.written
    named = [Path(word).expanduser().absolute() for word in words_of(study) if not word.startswith("~") or _home(word)]
    of_keras = os.path.join(keras_home(), "models", "")  # noqa: PTH118 (ends in a separator)
    files = [one for one in watch.read if not _is_named(Path(one), named)]
    found = Outside(
        {_spoken(file): _digest(file) for file in files if not file.startswith(of_keras)},
        {_spoken(file): _digest(file) for file in files if file.startswith(of_keras)},
        unseeded(study) if models else (),
    )
    for model in models:
        _seen[id(model)] = found
        weakref.finalize(model, _seen.pop, id(model), None).atexit = False


@functools.cache
def _listen_once() -> None:
    """Let Python and HDF5 tell of files; a hook stays for the life of the process, and is idle outside of builds."""
    sys.addaudithook(_hear)
    try:
        import h5py  # type: ignore[import-untyped]
    except ImportError:
        return
    original = h5py.File.__init__

    @functools.wraps(original)
    def told(self: Any, name: Any, mode: str = "r", *args: Any, **keywords: Any) -> None:
        if _here.watch is not None and isinstance(name, str | bytes | os.PathLike):
            _opened(os.fspath(name), 0 if mode in ("r", "r+") else os.O_WRONLY)
        original(self, name, mode, *args, **keywords)

    h5py.File.__init__ = told


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _here.watch is not None:
        _opened(arguments[0], arguments[2])
    elif event == "sqlite3.connect" and _here.watch is not None:
        _opened(arguments[0], 0)


def _opened(path: Any, flags: Any) -> None:
    """Note a file; whatever is wrong with its name is for who opens it to say."""
    watch = _here.watch
    if watch is None or not isinstance(path, str | bytes | os.PathLike):
        return  # a descriptor that is open already
    _here.watch = None  # what is asked here opens files, too
    try:
        name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 (a Path opens nothing, but is slow in an audit hook)
        if isinstance(flags, int) and flags & _NOT_READ:
            watch.written.add(name)
        elif not (name in watch.written or name.endswith(_CODE) or name.startswith(_SYSTEM) or _of_a_library(name)):
            watch.read[name] = None
    except (OSError, ValueError):
        pass
    finally:
        _here.watch = watch


def _of_a_library(name: str) -> bool:
    if not Path(name).is_file() or name == os.path.join(keras_home(), "keras.json"):  # noqa: PTH118
        return True
    return _installed(name) or _is_font(Path(name)) or _imported(sys._getframe())


@functools.cache
def _libraries() -> tuple[str, ...]:
    roots = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    return tuple(root + os.sep for root in (str(Path(__file__).parents[1]), *roots))


def _installed(name: str) -> bool:
    return name.startswith(_libraries()) or "site-packages" in name or "dist-packages" in name


def _is_font(path: Path) -> bool:
    home = Path.home()
    return bool(_FONTS & set(path.parts)) and any(path.is_relative_to(home / one) for one in (".cache", ".config"))


def _imported(frame: FrameType | None) -> bool:
    """Return whether an installed package opens it as it is imported, not code of the user's."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith("<frozen importlib"):
            return True
        if not file.startswith("<") and not _installed(file):
            return False
        frame = frame.f_back
    return False


def _is_named(path: Path, named: list[Path]) -> bool:
    places = [path, path.resolve()]
    for one in named:
        for place in places:
            if any(place.is_relative_to(root) for root in (one, one.resolve())) or str(place).startswith(f"{one}."):
                return True
    return False


def _home(word: str) -> bool:
    try:
        return bool(Path(word).expanduser())
    except RuntimeError:  # of nobody
        return False


def _spoken(name: str) -> str:
    path = Path(name)
    if path.is_relative_to(Path.cwd()):
        return path.relative_to(Path.cwd()).as_posix()
    return f"~/{path.relative_to(Path.home()).as_posix()}" if path.is_relative_to(Path.home()) else str(path)


def _digest(name: str) -> str:
    try:
        return content(Path(name), cache_folder())[:16]
    except OSError:
        return ""  # gone again
