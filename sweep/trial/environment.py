"""What decides the bits of a trial beyond the study: its environment, which is stored, and which env_id stands for."""

import os
import platform
from typing import Any

from sweep.machine.hardware import processor
from sweep.trial import backends
from sweep.trial.process_state import Machine
from sweep.trial.versions import versions_here


def environment(machine: Machine) -> dict[str, Any]:
    """Return versions, processor or GPU, threads and flags.

    The backend stands there by its packages and flags, and by its name where it is not the one that was the only one
    when the first trials were stored: their env_id stays.
    """
    backend = backends.current()
    versions = versions_here()
    return {
        "python": versions.pop("python"),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu_model": processor(),
        "gpu_model": backend.gpu_models() if machine.gpus else "",
        "threads": machine.threads,
        "determinism": machine.determinism,
        **{f"version.{name}": version for name, version in versions.items()},
        **{f"flag.{name}": os.environ.get(name, "") for name in (*backend.FLAGS, "KERAS_BACKEND")},
        **({} if backend.NAME == backends.FIRST else {"backend": backend.NAME}),
    }
