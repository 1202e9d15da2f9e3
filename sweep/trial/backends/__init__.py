"""The libraries that Keras can compute with, a file for each: all that a trial asks of one beyond Keras itself.

A further one is a further file here, with the names of `Backend`. Its name becomes part of its trials' ids and
environments; FIRST is not named there, as it was the only one when the first trials were stored.
"""

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from sweep.errors import InputError, nearest
from sweep.machine.keras_settings import keras_backend
from sweep.machine.packages import is_installed
from sweep.study.study import Study
from sweep.trial import portable

FIRST = "tensorflow"


class Backend(Protocol):
    """What a file of this folder holds.

    NAME: as Keras calls it, and the file. PACKAGES: whose versions decide bits, as they are installed -> as people call
    them. INSTALL: the command that installs it. FLAGS: environment variables that change bits although no study names
    them -> what they are about. GENERATOR: what the library's own generator is for. ONE_THREAD, DETERMINISTIC: what a
    script says for one thread, and for deterministic operations.
    """

    NAME: str
    PACKAGES: Mapping[str, str]
    INSTALL: str
    FLAGS: Mapping[str, str]
    GENERATOR: str
    ONE_THREAD: str
    DETERMINISTIC: str

    def begin(self, *, threads: int, determinism: bool, gpus: str, share: float, memory: int | None) -> None:
        """Set threads, GPUs and deterministic kernels of this process, before its first operation.

        share: of one GPU that the trial may take. memory: MiB of each GPU; None for what the trial needs.
        """

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


def called(name: str) -> Backend:
    """Return the backend of a study; no library is loaded."""
    return _named(name)


def check(study: Study) -> None:
    """Raise InputError unless what a study's models compute with is installed, and what this process is set to.

    Of a study with `determinism: portable` also where this machine's processor cannot be held to what it asks.

    A study that names its backend is followed, whatever Keras is set to; one that does not could mean either.
    """
    if study.is_portable:
        portable.check_processor()
    if study.trial is not None:
        return
    backend, here = called(study.keras_backend), keras_backend()
    if study.backend is None and here != backend.NAME:
        raise InputError(
            f"Expected the study to say its backend, as Keras is set to {here} here. Received: no word. Write "
            f"`backend: {backend.NAME}` into it, or another that is known ({', '.join(_names())}), or unset "
            "KERAS_BACKEND and `backend` in keras.json."
        )
    missing = [name for name in backend.PACKAGES if not is_installed(name)]
    if missing:
        raise InputError(
            f"Expected {backend.PACKAGES[missing[0]]} to be installed, with which this study computes. Received: no "
            f"package {missing[0]} here. Say: {backend.INSTALL}"
        )


def variables(study: Study) -> dict[str, str]:
    """Return the variables of the environment that a study's processes start with, {} where it needs none.

    They make Keras take the study's backend, and hold libraries to the instructions of `determinism: portable`.
    """
    found = dict(portable.VARIABLES) if study.is_portable else {}
    if study.trial is not None or keras_backend() == study.keras_backend:
        return found
    return found | {"KERAS_BACKEND": study.keras_backend}


def choose(name: str) -> None:
    """Let Keras take a backend in this process, in which it must not be loaded with another."""
    if keras_backend() != name:
        os.environ["KERAS_BACKEND"] = name
    keras = sys.modules.get("keras")
    if keras is not None and keras.backend.backend() != name:
        raise RuntimeError(f"a process whose Keras computes with {keras.backend.backend()}, not with {name}")


def every() -> list[Backend]:
    """Return every backend that has a file here; to ask what its names mean loads no library."""
    return [_named(name) for name in _names()]


def _names() -> list[str]:
    return sorted(module.name for module in iter_modules(__path__))


def _named(name: str) -> Backend:
    return cast(Backend, import_module(f"{__name__}.{name}"))
