"""A fresh process made ready for one trial: its folder, its GPUs, its threads, deterministic kernels."""

import os
from dataclasses import dataclass
from pathlib import Path

from sweep.machine.signals import leave_ctrl_c_to_the_caller
from sweep.trial import backends


@dataclass(frozen=True)
class Machine:
    """How a trial uses its machine.

    threads: the backend's threads within an operation; their number changes bits. determinism: require deterministic
    kernels; an operation without one then raises. gpus: the visible GPUs as CUDA_VISIBLE_DEVICES lists them, "" for
    none.
    """

    threads: int = 1
    determinism: bool = True
    gpus: str = ""


def begin_trial(machine: Machine, folder: str) -> None:
    """Prepare a fresh process for one trial; the backend may be imported but must not have run an operation.

    Args:
        machine: threads, determinism and GPUs of the trial.
        folder: where relative paths of the study start: the folder in which the command was given.

    Raises:
        ClusterError: the backend does not see the GPUs.
        InputError: Keras computes with a library that has no file in `sweep.trial.backends`.
    """
    leave_ctrl_c_to_the_caller()
    os.environ["CUDA_VISIBLE_DEVICES"] = machine.gpus
    if Path(folder).is_dir():
        os.chdir(folder)
    backends.current().begin(threads=machine.threads, determinism=machine.determinism, gpus=machine.gpus)
