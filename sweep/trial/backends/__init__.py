"""The libraries that Keras can compute with, a file for each: all that a trial asks of one beyond Keras itself.

A further one is a further file here, with the names of `Backend`. Its name becomes part of its trials' ids and
environments; FIRST is not named there, as it was the only one when the first trials were stored.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from sweep.errors import InputError, nearest
from sweep.machine.keras_settings import keras_backend

FIRST = "tensorflow"


class Backend(Protocol):
    """What a file of this folder holds.

    NAME: as Keras calls it, and the file. PACKAGES: whose versions decide bits, as they are installed -> as people call
    them. FLAGS: environment variables that change bits although no study names them -> what they are about. GENERATOR:
    what the library's own generator is for. ONE_THREAD, DETERMINISTIC: what a script says for one thread, and for
    deterministic operations.
    """

    NAME: str
    PACKAGES: Mapping[str, str]
    FLAGS: Mapping[str, str]
    GENERATOR: str
    ONE_THREAD: str
    DETERMINISTIC: str

    def begin(self, *, threads: int, determinism: bool, gpus: str) -> None:
        """Set threads, GPUs and deterministic kernels of this process, before its first operation."""

    def seed(self, seed: int) -> None:
        """Seed the library's own global generator."""

    def gpu_models(self) -> str:
        """Return the models of the visible GPUs, with commas between."""


def current() -> Backend:
    """Return the backend that Keras takes in this process.

    Raises:
        InputError: it has no file here, so nobody knows how its trials are made repeatable.
    """
    name, known = keras_backend(), _names()
    if name not in known:
        raise InputError(
            f"Expected Keras's backend as one of {', '.join(known)}. Received: {name}.{nearest(name, known)} "
            "Set KERAS_BACKEND, or `backend` in keras.json."
        )
    return _named(name)


def every() -> list[Backend]:
    """Return every backend that has a file here; to ask what its names mean loads no library."""
    return [_named(name) for name in _names()]


def _names() -> list[str]:
    return sorted(module.name for module in iter_modules(__path__))


def _named(name: str) -> Backend:
    return cast(Backend, import_module(f"{__name__}.{name}"))
