"""A fresh process made ready for one trial: its folder, its GPUs, its threads, deterministic kernels."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sweep.machine.signals import leave_ctrl_c_to_the_caller
from sweep.trial import backends, frameworks
from sweep.trial.backends import tensorflow


@dataclass(frozen=True)
class Machine:
    """How a trial uses its machine.

    threads: the backend's threads within an operation; their number changes bits. determinism: require deterministic
    kernels; an operation without one then raises. gpus: the visible GPUs as CUDA_VISIBLE_DEVICES lists them, "" for
    none. share: of one GPU that the trial may take, 1 for all of it. memory: MiB of each GPU that it may take; None
    for what it needs. portable: give the bits of every x86-64 processor, see `sweep.trial.portable`.
    """

    threads: int = 1
    determinism: bool = True
    gpus: str = ""
    share: float = 1.0
    memory: int | None = None
    portable: bool = False


def begin_trial(
    machine: Machine, folder: str, *, keras: bool = True, backend: str | None = None, preload: Sequence[str] = ()
) -> tuple[str, ...]:
    """Prepare a fresh process for one trial; the backend may be imported but must not have run an operation.

    Return what could not be made repeatable, as words.

    Args:
        machine: threads, determinism and GPUs of the trial.
        folder: where relative paths of the study start: the folder in which the command was given.
        keras: whether Keras trains; without it the backend is not imported.
        backend: what Keras computes with; None leaves it to Keras's own settings.
        preload: other frameworks, see `sweep.trial.frameworks`.

    Raises:
        ClusterError: the backend does not see the GPUs, or cannot be made portable.
        InputError: Keras computes with a library that has no file in `sweep.trial.backends`; or a framework is not
            installed.
    """
    leave_ctrl_c_to_the_caller()
    os.environ["CUDA_VISIBLE_DEVICES"] = machine.gpus
    enter_folder(folder)
    said: dict[str, Any] = asdict(machine)
    del said["portable"]
    if keras:
        if backend is not None:
            backends.choose(backend)
        backends.current().begin(**said)
        if machine.portable:
            tensorflow.make_portable()
    else:
        _limit_threads(machine.threads)
    return tuple(undone for name in preload for undone in frameworks.framework(name).begin(**said))


def enter_folder(folder: str) -> None:
    """Make a folder the current one, where it is there: it is where relative paths of the study start."""
    if Path(folder).is_dir():
        os.chdir(folder)


def _limit_threads(threads: int) -> None:
    """Let linear algebra and OpenMP use so many threads: what is loaded now, and what will be."""
    import threadpoolctl

    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    threadpoolctl.threadpool_limits(threads)
