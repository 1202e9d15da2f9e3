"""Modules that are loaded when something of theirs is first used, and not when another module imports them."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any


@contextmanager
def loaded_at_use(*names: str) -> Iterator[None]:
    """Put the loading of these modules off, where they are imported within this context, until they are used.

    What a module imports is loaded with it. Attributes with two underscores, which `inspect` asks of every module, are
    no use of it.
    """
    finder = _Finder(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Finder:
    """Finds these modules where Python finds them, and puts their loading off."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = frozenset(names)

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        """Return the spec of a module that is to be loaded later; None for all others."""
        if name not in self._names:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Later(spec.loader)  # type: ignore[assignment]
        return spec


class _Later:
    """A loader that loads at the first use, by the loader of Python."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return a module that loads itself."""
        return _Unloaded(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Load nothing yet."""
        module.__dict__["__load__"] = self._loader.exec_module


class _Unloaded(ModuleType):
    """A module of which nothing was used yet."""

    def __getattr__(self, name: str) -> Any:
        """Load the module, and return what was asked of it."""
        if name.startswith("__"):
            raise AttributeError(name)
        if (load := self.__dict__.pop("__load__", None)) is not None:
            self.__class__ = ModuleType  # type: ignore[assignment]
            load(self)
        return getattr(self, name)
