"""The process and its global state: environment, threads, determinism. Only this file and seeding.py touch it."""

import gc
import importlib.metadata
import json
import os
import platform
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sweep.errors import ClusterError
from sweep.machine.import_path import find_modules_in as find_modules_in

# What changes the bits of a training although no study names it (facts measured on TensorFlow 2.21).
FLAGS = ("TF_ENABLE_ONEDNN_OPTS", "TF_XLA_FLAGS", "XLA_FLAGS", "NVIDIA_TF32_OVERRIDE", "KERAS_BACKEND")
PACKAGES = ("seedsweep", "tensorflow", "keras", "numpy", "scipy", "scikit-learn", "ray", "pandas", "pyarrow")


def cache_folder() -> Path:
    """Return the folder of decoded data on this node: SEEDSWEEP_CACHE, or seedsweep in the user's cache folder."""
    named = os.environ.get("SEEDSWEEP_CACHE")
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "seedsweep"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "seedsweep"


def quiet_environment() -> None:
    """Silence TensorFlow's start-up notes and Ray's, and set how Ray runs trials; call before either is imported."""
    for name, value in {
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
        "TUNE_DISABLE_SIGINT_HANDLER": "1",
        "TUNE_GLOBAL_CHECKPOINT_S": "inf",  # Tune's own snapshots of all trials; we resume from the store
        "RAY_CHDIR_TO_TRIAL_DIR": "0",
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "1",
        "RAY_AIR_NEW_OUTPUT": "0",
        "RAY_DEDUP_LOGS": "0",
        "RAY_USAGE_STATS_ENABLED": "0",
        # Where memory runs out the kernel kills the trial that holds most of it; Ray would kill several slots.
        "RAY_memory_monitor_refresh_ms": "0",
    }.items():
        os.environ.setdefault(name, value)


def settle_before_forks() -> None:
    """Take what is imported out of the garbage collector's sight.

    Otherwise every child walks TensorFlow's million objects, and copies their pages, whenever Keras or Python collects.
    """
    gc.collect()
    gc.freeze()


def here() -> str:
    """Return the folder in which the command was given: where relative paths start."""
    return str(Path.cwd())


def variables_with(changes: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment variables with some changed, for a child; "" removes one."""
    kept = {name: value for name, value in os.environ.items() if name not in changes}
    return kept | {name: value for name, value in changes.items() if value}


@contextmanager
def silent_errors() -> Iterator[None]:
    """Close standard error of the whole process for a moment: TensorFlow's import writes notes there from C++."""
    kept = os.dup(2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def output_as_errors() -> Iterator[None]:
    """Send what anything in this process writes to standard output to standard error: Ray and Tune write there."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


@contextmanager
def ending_signals() -> Iterator[None]:
    """Let SIGTERM end the run as Ctrl-C does: workers first, what is finished stays stored. Main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    kept = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, kept)


def leave_ctrl_c_to_the_caller() -> None:
    """Ignore Ctrl-C, which reaches every process of the terminal; whoever started this one decides what ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@dataclass(frozen=True)
class Machine:
    """How a trial uses its machine.

    threads: TensorFlow's threads within an operation; their number changes bits. determinism: require deterministic
    kernels; an operation without one then raises. gpus: the visible GPUs as CUDA_VISIBLE_DEVICES lists them, "" for
    none.
    """

    threads: int = 1
    determinism: bool = True
    gpus: str = ""


def begin_trial(machine: Machine, folder: str) -> None:
    """Prepare a fresh process for one trial; TensorFlow may be imported but must not have run an operation.

    Args:
        machine: threads, determinism and GPUs of the trial.
        folder: where relative paths of the study start: the folder in which the command was given.
    """
    leave_ctrl_c_to_the_caller()
    os.environ["CUDA_VISIBLE_DEVICES"] = machine.gpus
    if Path(folder).is_dir():
        os.chdir(folder)
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(machine.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    devices = tf.config.list_physical_devices("GPU")
    if machine.gpus and not devices:
        raise ClusterError(
            f"Expected TensorFlow to see GPU {machine.gpus}. Received: none. Install TensorFlow with CUDA and a driver "
            "on this node, or set `resources: {gpu: 0}`."
        )
    for device in devices:  # fractional GPUs share one memory; without growth the first trial takes it all
        tf.config.experimental.set_memory_growth(device, True)
    if machine.determinism:
        tf.config.experimental.enable_op_determinism()


def environment(machine: Machine) -> dict[str, Any]:
    """Return what decides the bits of a trial beyond the study: versions, processor or GPU, threads, flags."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu_model": processor(),
        "gpu_model": _gpu_model() if machine.gpus else "",
        "threads": machine.threads,
        "determinism": machine.determinism,
        **{f"version.{name}": _version(name) for name in PACKAGES},
        **{f"flag.{name}": os.environ.get(name, "") for name in FLAGS},
    }


def keras_home() -> str:
    """Return the folder in which Keras keeps its settings and downloads."""
    return os.environ.get("KERAS_HOME") or str(Path.home() / ".keras")


def keras_backend() -> str:
    """Return the backend that Keras will take: KERAS_BACKEND, or that of its settings file, else tensorflow."""
    named = os.environ.get("KERAS_BACKEND")
    if named:
        return named
    try:
        return str(
            json.loads((Path(keras_home()) / "keras.json").read_text(encoding="utf-8")).get("backend") or "tensorflow"
        )
    except (OSError, ValueError, AttributeError):
        return "tensorflow"


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that a trial runs on, "" where one is not installed."""
    return {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


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


def _gpu_model() -> str:
    import tensorflow as tf

    devices = tf.config.list_physical_devices("GPU")
    return ", ".join(str(tf.config.experimental.get_device_details(one).get("device_name", "")) for one in devices)


def git_commit(folder: str) -> str:
    """Return the commit of the folder, with "+" where files differ from it; "" outside a repository."""
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        return commit + ("+" if _git(folder, "status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return ""


def _git(folder: str, *words: str) -> str:
    command = ["git", "-C", folder, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=10).stdout.strip()  # noqa: S603


def limit_memory(share: float) -> None:
    """Let this process take at most a share of the memory that is free now, where the system can say how much is.

    What asks for more gets a MemoryError, and the kernel need not choose which process to kill.
    """
    free = _free_memory()
    if free is None:
        return
    import resource

    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * os.sysconf("SC_PAGE_SIZE")
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = taken + int(share * free)
    resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _free_memory() -> int | None:
    """Return the bytes that are free on this machine, or in this container if those are fewer; None off Linux."""
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
        free = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return None
    group = Path("/sys/fs/cgroup")
    try:
        most = int((group / "memory.max").read_text(encoding="ascii"))
        taken = int((group / "memory.current").read_text(encoding="ascii"))
        stat = dict(line.split() for line in (group / "memory.stat").read_text(encoding="ascii").splitlines())
        return max(0, min(free, most - taken + int(stat["inactive_file"])))  # files read are given back when asked for
    except (OSError, KeyError, ValueError):  # no container, or one without a limit ("max")
        return free


def gpus_here() -> int:
    """Return how many GPUs this machine shows to a program, without asking TensorFlow."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    there = len([path for path in Path("/dev").glob("nvidia*") if path.name.removeprefix("nvidia").isdigit()])
    if visible is None:
        return there
    return min(there, len([name for name in visible.split(",") if name.strip() not in ("", "-1")]))
