"""The processor and the GPUs of this machine, told without loading a library that uses them."""

import os
import platform
from functools import cache
from pathlib import Path


@cache
def processor() -> str:
    """Return the model of this machine's processor."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux: the platform module knows a coarser name
    return platform.processor() or platform.machine()


def gpus_here() -> int:
    """Return how many GPUs this machine shows to a program, without asking TensorFlow."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    there = len([path for path in Path("/dev").glob("nvidia*") if path.name.removeprefix("nvidia").isdigit()])
    if visible is None:
        return there
    return min(there, len([name for name in visible.split(",") if name.strip() not in ("", "-1")]))
