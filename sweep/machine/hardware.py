"""The processor and the GPUs of this machine, told without loading a library that uses them."""

import os
import platform
from collections.abc import Iterator
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


_DECIDING = ("sse4_2", "avx", "f16c", "fma", "avx2", "avx512f", "avx512vl", "avx512_vnni", "avx512_bf16", "amx_tile")


@cache
def processor_generation(told: Path = Path("/proc/cpuinfo")) -> str:
    """Return family, model and instruction sets of this machine's processor, "" where the system does not say them.

    In a virtual machine several generations have one name, and other instruction sets give other bits.
    """
    try:
        lines = told.read_text(encoding="utf-8").partition("\n\n")[0].splitlines()
    except OSError:
        return ""
    said = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if "cpu family" not in said:
        return ""
    there = set(said.get("flags", "").split())
    sets = " ".join(name for name in _DECIDING if name in there)
    return f"family {said['cpu family']}, model {said.get('model', '?')}: {sets}"


def gpus_here() -> int:
    """Return how many GPUs this machine shows to a program, without asking TensorFlow."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    there = len([path for path in Path("/dev").glob("nvidia*") if path.name.removeprefix("nvidia").isdigit()])
    if visible is None:
        return there
    return min(there, len([name for name in visible.split(",") if name.strip() not in ("", "-1")]))


def usable_processors(root: Path = Path("/sys/fs/cgroup"), told: Path = Path("/proc/self/cgroup")) -> int:
    """Return how many processors this process may use: those it is bound to, and no more than its container's quota.

    At least 1. `os.cpu_count` is all that the machine has.

    root, told: where Linux shows control groups, and which of them this process is in.
    """
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([bound, *(int(quota) for quota in _quotas(root, told))]))


def _quotas(root: Path, told: Path) -> Iterator[float]:
    """Yield the processors that each control group of this process may use, those above it included."""
    try:
        lines = told.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, kinds, path = line.split(":", 2)
        if kinds and "cpu" not in kinds.split(","):
            continue
        top = root / "cpu" if kinds else root  # version 1 has a tree for each kind
        inside = top / path.strip("/")
        for group in (inside, *inside.parents):
            if group.is_relative_to(top):
                yield from _quota_of(group)


def _quota_of(group: Path) -> Iterator[float]:
    try:
        if (group / "cpu.max").is_file():
            quota, period = (group / "cpu.max").read_text(encoding="utf-8").split()
        else:
            quota, period = ((group / f"cpu.cfs_{name}_us").read_text(encoding="utf-8") for name in ("quota", "period"))
        if quota.strip() not in ("max", "-1"):
            yield int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return
