"""JAX, as a trial uses it: it has no global generator, every draw names its key.

Measured with JAX 0.10 on CPUs: bits follow PJRT_NPROC, and by default the number of processors that the process may
use, which the flags of XLA do not change. A program from the cache gives the bits of a compiled one.
"""

import hashlib
import os
from typing import Any

from sweep.machine.folders import cache_folder
from sweep.machine.hardware import processor

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
_CACHE_SIZE = 2**30  # bytes of compiled programs on this machine; the oldest go


def begin(*, threads: int, determinism: bool, gpus: str, share: float) -> tuple[str, ...]:
    """Set threads, GPUs and deterministic kernels of this process, before its first operation.

    share: of one GPU that the trial may take.
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
        _keep_programs(jax.config, threads)
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


def _keep_programs(config: Any, threads: int) -> None:
    """Keep compiled programs for later processes of this machine: compiling takes most of a short trial.

    Each kind of processor has a folder, as a home may be shared, and so has each number of threads.
    """
    kind = hashlib.sha256(f"{processor()} {threads}".encode()).hexdigest()[:16]
    config.update("jax_compilation_cache_dir", str(cache_folder() / "jax" / kind))
    config.update("jax_persistent_cache_min_compile_time_secs", 0)
    config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    config.update("jax_compilation_cache_max_size", _CACHE_SIZE)
