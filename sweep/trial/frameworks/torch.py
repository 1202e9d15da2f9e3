"""PyTorch, as a user's own trial uses it."""

import os

PACKAGES = ("torch",)
FLAGS: dict[str, str] = {}


def begin(*, threads: int, determinism: bool, gpus: str, share: float, memory: int | None) -> tuple[str, ...]:
    """Set threads and deterministic algorithms; an operation without one then raises.

    memory: MiB of each GPU that PyTorch may take; None for what the trial needs.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it cuBLAS refuses to be deterministic
    import torch

    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(determinism)
    torch.backends.cudnn.benchmark = not determinism
    if gpus and memory is not None:
        for device in range(torch.cuda.device_count()):
            whole = torch.cuda.get_device_properties(device).total_memory
            torch.cuda.set_per_process_memory_fraction(min(1.0, memory * 2**20 / whole), device)
    return ()


def seed(seed: int) -> None:
    """Seed the generators of the CPU and of every GPU."""
    import torch

    torch.manual_seed(seed)


def state() -> bytes:
    """Return the state of the CPU's generator."""
    import torch

    return bytes(torch.get_rng_state().numpy().tobytes())


def gpu_models() -> str:
    """Return the models of the visible GPUs, with commas between."""
    import torch

    return ", ".join(torch.cuda.get_device_name(at) for at in range(torch.cuda.device_count()))
