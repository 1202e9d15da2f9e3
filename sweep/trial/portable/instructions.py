"""The instruction set, capped to what every processor of the last ten years has: set before libraries are loaded."""

import os
import platform
import sys
from importlib.metadata import version

from sweep.errors import InputError
from sweep.machine.hardware import processor_generation

# oneDNN compiles products for the processor it finds; NumPy and its OpenBLAS choose among what they were compiled to;
# OpenBLAS cuts products by its threads. "" takes a variable back that NumPy refuses beside its counterpart.
VARIABLES = {
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "NPY_ENABLE_CPU_FEATURES": "X86_V3",
    "NPY_DISABLE_CPU_FEATURES": "",
    "OPENBLAS_CORETYPE": "Haswell",
    "OPENBLAS_NUM_THREADS": "1",
}
_NUMPY = (2, 4)  # the first that calls these instructions X86_V3


def check_processor() -> None:
    """Raise InputError unless this machine and its NumPy can be held to the instructions that were compared."""
    expected = "Expected Linux on an x86-64 processor with AVX2 and FMA, for `determinism: portable`. Received: "
    told = processor_generation().partition(": ")[2].split()
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise InputError(f"{expected}{sys.platform} on {platform.machine()}. Set `determinism: on`.")
    if not {"avx2", "fma"} <= set(told):
        raise InputError(f"{expected}one with {', '.join(told) or 'neither'}. Set `determinism: on`.")
    numpy = version("numpy")
    if tuple(map(int, numpy.split(".")[:2])) < _NUMPY:
        raise InputError(f"Expected NumPy 2.4 or later, for `determinism: portable`. Received: {numpy}. Upgrade it.")


def missing_variables() -> list[str]:
    """Return the variables of the environment that this process should have started with, and has not."""
    return [name for name, value in VARIABLES.items() if os.environ.get(name, "") != value]
