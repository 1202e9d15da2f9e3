"""JAX, as a trial uses it: it has no global generator, every draw names its key.

Measured with JAX 0.10 on CPUs: bits follow PJRT_NPROC, and by default the number of processors that the process may
use, which the flags of XLA do not change.
"""

import os
from typing import Any

PACKAGES = ("jax", "jaxlib")
FLAGS = {
    "XLA_FLAGS": "XLA",
    "JAX_ENABLE_X64": "JAX's 64 bits",
    "JAX_DEFAULT_MATMUL_PRECISION": "the precision of products",
    "JAX_DEFAULT_PRNG_IMPL": "JAX's generator",
    "JAX_THREEFRY_PARTITIONABLE": "JAX's generator",
    "JAX_DISABLE_JIT": "compilation",
    "NVIDIA_TF32_OVERRIDE": "TF32",
}


def begin(*, threads: int, determinism: bool, gpus: str, share: float, memory: int | None) -> tuple[str, ...]:
    """Set threads, GPUs and deterministic kernels of this process, before its first operation.

    share: of one GPU that the trial may take. memory: JAX knows shares alone; a study with it is refused.
    """
    os.environ["PJRT_NPROC"] = str(threads)
    if gpus:
        flags = os.environ.get("XLA_FLAGS", "").split()
        if determinism and not any(flag.startswith("--xla_gpu_deterministic_ops") for flag in flags):
            os.environ["XLA_FLAGS"] = " ".join([*flags, "--xla_gpu_deterministic_ops=true"])
        if share < 1:  # trials that share a GPU start with their part of its memory; by default the first takes 3 / 4
            os.environ.setdefault("XLA_PYTHON_CLIENT_MEM_FRACTION", f"{0.9 * share:.3f}")
    import jax

    if not gpus:
        jax.config.update("jax_platforms", "cpu")
        # Off, whatever the person has set: a process with one thread has stood still while it read a program again.
        jax.config.update("jax_enable_compilation_cache", False)
    return ()


def seed(seed: int) -> None:
    """Seed nothing: jax.random.key(run.seed("init")) is the user's."""


def state() -> bytes:
    """Return nothing: there is no global generator."""
    return b""


def gpus_seen() -> list[Any]:
    """Return the GPUs that JAX can use."""
    import jax

    try:
        return [device for device in jax.devices() if device.platform == "gpu"]
    except RuntimeError:  # none of the platforms that JAX_PLATFORMS asks for
        return []


def gpu_models() -> str:
    """Return the models of the visible GPUs, with commas between."""
    return ", ".join(device.device_kind for device in gpus_seen())
