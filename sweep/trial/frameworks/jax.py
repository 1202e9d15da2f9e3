"""JAX, as a user's own trial uses it: it has no global generator, every draw names its key."""

import os

PACKAGES = ("jax", "jaxlib")


def begin(*, threads: int, determinism: bool, gpus: str) -> tuple[str, ...]:
    """Ask XLA for deterministic operations on a GPU; threads of the CPU cannot be set."""
    if determinism and gpus:
        said = os.environ.get("XLA_FLAGS", "")
        os.environ["XLA_FLAGS"] = f"{said} --xla_gpu_deterministic_ops=true".strip()
    return ("jax: the number of threads on the CPU",)


def seed(seed: int) -> None:
    """Seed nothing: jax.random.key(run.seed("init")) is the user's."""


def state() -> bytes:
    """Return nothing: there is no global generator."""
    return b""


def gpu_models() -> str:
    """Return the models of the visible GPUs, with commas between."""
    import jax

    return ", ".join(device.device_kind for device in jax.devices() if device.platform == "gpu")
