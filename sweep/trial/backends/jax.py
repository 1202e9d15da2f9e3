"""JAX, as Keras's backend in a trial; what changes bits was measured on JAX 0.10, CPU."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sweep.errors import ClusterError
from sweep.trial.frameworks import jax as framework

NAME = "jax"
PACKAGES = {"jax": "JAX", "jaxlib": "JAX"}
INSTALL = "pip install 'seedsweep[jax]'"
FLAGS = framework.FLAGS
GENERATOR = "JAX's generator: there is none, every draw names its key"
ONE_THREAD = 'os.environ["PJRT_NPROC"] = "1"'
DETERMINISTIC = 'os.environ["XLA_FLAGS"] = "--xla_gpu_deterministic_ops=true"'


def begin(*, threads: int, determinism: bool, gpus: str, share: float, memory: int | None) -> None:
    """Set threads, GPUs and deterministic kernels of this process, before its first operation.

    Raises:
        ClusterError: GPUs were given, and JAX sees none.
    """
    framework.begin(threads=threads, determinism=determinism, gpus=gpus, share=share, memory=memory)
    if gpus and not framework.gpus_seen():
        raise ClusterError(
            f"Expected JAX to see GPU {gpus}. Received: none. Install JAX with CUDA (pip install 'jax[cuda13]') and a "
            "driver on this node, or set `resources: {gpu: 0}`."
        )
    import keras

    with _absent("tensorflow"):
        keras.utils.set_random_seed(0)  # which seeds TensorFlow as well, and would load it for that; asked for once


def seed(seed: int) -> None:
    """Seed nothing: JAX has no global generator, and Keras keeps its own."""


def gpu_models() -> str:
    """Return the models of the visible GPUs, with commas between."""
    return framework.gpu_models()


@contextmanager
def _absent(package: str) -> Iterator[None]:
    """Let a package that is not loaded yet be none that can be loaded, for a moment."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # Python's own way to say so
    try:
        yield
    finally:
        del sys.modules[package]
