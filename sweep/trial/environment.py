"""What decides the bits of a trial beyond the study: its environment, which is stored, and which env_id stands for."""

import os
import platform
from collections.abc import Sequence
from typing import Any

from sweep.machine.hardware import processor, processor_generation
from sweep.trial import backends, frameworks
from sweep.trial.process_state import Machine
from sweep.trial.versions import version_of, versions_here


def own_environment(machine: Machine, preload: Sequence[str], undone: Sequence[str]) -> dict[str, Any]:
    """Return the same as `environment` for a trial without Keras, whose function may use any framework.

    preload, undone: frameworks that were made deterministic, and what of them could not be.
    """
    found = [frameworks.framework(name) for name in preload]
    packages = ("seedsweep", "numpy", "scipy", *(package for one in found for package in one.PACKAGES))
    return {
        **_machine(machine),
        "gpu_model": ", ".join(filter(None, (one.gpu_models() for one in found))) if machine.gpus else "",
        "preload": ", ".join(preload),
        "not_deterministic": "; ".join(undone),
        **{f"version.{name}": version_of(name) for name in packages},
        **{f"flag.{name}": os.environ.get(name, "") for one in found for name in one.FLAGS},
    }


def environment(machine: Machine) -> dict[str, Any]:
    """Return versions, processor or GPU, threads and flags.

    The backend stands there by its packages and flags, and by its name where it is not the one that was the only one
    when the first trials were stored: their env_id stays.
    """
    backend = backends.current()
    versions = versions_here(backend.NAME)
    del versions["python"]  # it stands among the machine's
    return {
        **_machine(machine),
        "gpu_model": backend.gpu_models() if machine.gpus else "",
        **{f"version.{name}": version for name, version in versions.items()},
        **{f"flag.{name}": os.environ.get(name, "") for name in (*backend.FLAGS, "KERAS_BACKEND")},
        **({} if backend.NAME == backends.FIRST else {"backend": backend.NAME}),
    }


def _machine(machine: Machine) -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu_model": processor(),
        "cpu_features": processor_generation(),
        "gpu_model": "",
        "threads": machine.threads,
        "determinism": machine.determinism,
        **({"portable": "yes"} if machine.portable else {}),
    }
