"""Frameworks that a user's own code may train with, a file for each: `preload` has them seeded and deterministic.

A further one is a further file here, with the names of `Framework`, and its name in `sweep.study.parts.Framework`.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Protocol, cast

from sweep.errors import InputError
from sweep.machine.packages import is_installed
from sweep.study.study import Study


class Framework(Protocol):
    """What a file of this folder holds. PACKAGES: whose versions decide bits, as they are installed. FLAGS:
    environment variables that change bits although no study names them -> what they are about.
    """

    PACKAGES: tuple[str, ...]
    FLAGS: Mapping[str, str]

    def begin(self, *, threads: int, determinism: bool, gpus: str, share: float, memory: int | None) -> tuple[str, ...]:
        """Set threads and deterministic operations of this process; return what could not be set, as words.

        share: of one GPU that the trial may take. memory: MiB of each GPU; None for what the trial needs.
        """

    def seed(self, seed: int) -> None:
        """Seed its global generators."""

    def state(self) -> bytes:
        """Return the state of its global generators, by which one sees whether anything was drawn."""

    def gpu_models(self) -> str:
        """Return the models of the visible GPUs, with commas between."""


def framework(name: str) -> Framework:
    """Return the file of a framework.

    Raises:
        InputError: it is not installed.
    """
    if not installed(name):
        raise InputError(f"preload: expected {name} to be installed. Received: no such package here. Install it.")
    return cast(Framework, import_module(f"{__name__}.{name}"))


def installed(name: str) -> bool:
    """Return whether a framework can be imported; nothing is imported."""
    return is_installed(name)


def preloaded(studies: Sequence[Study]) -> tuple[str, ...]:
    """Return the modules that a fork server imports once for all trials of these studies.

    Keras and its backend are among them only where a study has a Keras model.
    """
    own = all(study.trial is not None for study in studies)
    named = dict.fromkeys(name for study in studies for name in study.preload)
    return (*named, "sweep.trial.preload_own" if own else "sweep.trial.preload")
