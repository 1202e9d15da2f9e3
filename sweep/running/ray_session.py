"""The Ray of a run: the one that this process is connected to, the one at an address, or one of our own.

Who started Ray ends it: a notebook's Ray, with its actors and objects, is as alive after a run as before. One of our
own listens on loopback alone, keeps its files where nobody else may look, and ends with the driver however that ends.
"""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ray
from ray._common.network_utils import is_localhost, node_ip_address_from_perspective
from ray._private import ray_constants
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from sweep.errors import ClusterError, InputError, one_line
from sweep.machine import scratch
from sweep.machine.caller_state import loggers_put_back
from sweep.machine.hardware import usable_processors
from sweep.running import orphans
from sweep.running.lean_ray import LABELS, lean_start

_OBJECT_STORE = 256 * 2**20  # bytes; Ray carries orders and summaries only, the arrays stay in each node's cache
_LOGGERS = ("ray", "ray.tune", "ray.data", "ray.train", "ray.serve", "ray.rllib")


@dataclass(frozen=True)
class RaySession:
    """A connection to Ray for a while.

    own: whether it was started for this run, on this machine. slots: processors that trials may use, None for all.
    notes: what a person should know of one that was not started for this run.
    """

    own: bool
    slots: int | None = None
    notes: tuple[str, ...] = ()


@contextmanager
def ray_session(address: str | None, slots: int | None) -> Iterator[RaySession]:
    """Give this process its Ray for a while, and leave the process's connection and log levels as they were.

    Any number of rounds of orders may run in it, see `sweep.running.driver.run_orders`.

    Args:
        address: a Ray cluster that is there already; None takes the Ray that this process is connected to, or starts
            one on this machine.
        slots: processors that trials may use, here or there; None takes all.

    Raises:
        InputError: the process is connected to another cluster than the named one, or by the Ray client.
        ClusterError: no Ray at the address, or none starts here.
    """
    if address is not None and address.startswith("ray://"):
        raise InputError(
            f"Expected the address of Ray itself, as HOST:6379. Received: {address}, which is Ray's client. Give the "
            "command on a machine of the cluster, or submit the study: `sweep submit`."
        )
    address = None if address == "local" else address
    with loggers_put_back(_LOGGERS):
        if ray.is_initialized():
            yield RaySession(False, slots, _check_connected(address))
        elif address is not None:
            try:
                _init(address=address)
                yield RaySession(False, slots)
            finally:
                ray.shutdown()
        else:
            usable, there = usable_processors(), os.cpu_count() or 1
            few = f"{usable} of this machine's {there} processors may be used here: a container or a mask says so"
            with _own_ray(slots or usable):
                yield RaySession(True, slots, (few,) if slots is None and usable < there else ())


def node_address() -> str:
    """Return the address of this node, by which results name it: not loopback, where there is another."""
    found = str(ray.util.get_node_ip_address())
    return str(node_ip_address_from_perspective()) if is_localhost(found) else found


def actor_here(kind: type, *arguments: Any) -> Any:
    """Return a Ray actor on this node, which takes no slot and is started again if its process ends."""
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    options = {"num_cpus": 0, "max_restarts": -1, "max_task_retries": -1, "scheduling_strategy": here}
    return ray.remote(kind).options(**options).remote(*arguments)


def _check_connected(address: str | None) -> tuple[str, ...]:
    """Return what a person should know of the Ray that this process is connected to; refuse one that will not do."""
    from ray.util.client import ray as client

    if client.is_connected():
        raise InputError(
            "Expected a process that is connected to Ray itself, or not at all. Received: one that is connected by "
            "Ray's client (ray://). Say ray.shutdown() first, or run the study on a machine of the cluster."
        )
    there = str(ray.get_runtime_context().gcs_address)
    if address not in (None, "auto") and not _same(str(address), there):
        raise InputError(
            f"Expected the Ray that this process is connected to, {there}, or no address. Received: {address}. "
            "Leave the address out, or say ray.shutdown() first."
        )
    notes = [
        f"using the Ray that this process is connected to ({there}), which goes on afterwards. Its own settings hold: "
        "processors, ports, memory monitor, runtime environment"
    ]
    everywhere, free = ray.cluster_resources().get("CPU", 0), ray.available_resources().get("CPU", 0)
    if free < everywhere:
        notes.append(f"{free:g} of its {everywhere:g} processors are free: trials wait for those that are held")
    return tuple(notes)


def _same(address: str, there: str) -> bool:
    host, _, port = address.rpartition(":")
    its_host, _, its_port = there.rpartition(":")
    return port == its_port and (host == its_host or is_localhost(host) or host == node_address())


@contextmanager
def _own_ray(slots: int | None) -> Iterator[None]:
    """Start Ray on this machine for a while; where the run fails its logs are kept (`scratch.KEPT_LOGS`)."""
    folder = scratch.folder() / "r"
    local: dict[str, Any] = {"include_dashboard": False, "num_cpus": slots, "object_store_memory": _OBJECT_STORE}
    watcher = None
    try:
        for last in (False, True):
            try:
                # Where a Ray without its other daemons does not start, one with all of them may.
                with _on_loopback(), _token_for_us(), nullcontext() if last else lean_start():
                    _init(address="local", _temp_dir=str(folder), labels=None if last else LABELS, **local)
                break
            except ClusterError as error:  # a busy machine starts it too slowly, once
                if last:
                    raise ClusterError(f"{error} Its logs: {scratch.root() / scratch.KEPT_LOGS}.") from None
        watcher = _watcher(folder)
        yield
    except (InputError, KeyboardInterrupt):
        raise
    except BaseException:
        scratch.keep_logs(folder)
        raise
    finally:
        ray.shutdown()
        shutil.rmtree(folder, ignore_errors=True)
        if watcher is not None and watcher.stdin is not None:
            watcher.stdin.close()
            watcher.wait()
        scratch.sweep_up()  # what Ray's workers left


def _init(address: str, **keywords: Any) -> None:
    logging.getLogger("ray").setLevel(logging.ERROR)  # in a thread it warns that SIGTERM is left to whoever has it
    try:
        ray.init(address=address, log_to_driver=False, logging_level="ERROR", **keywords)
    except Exception as error:  # noqa: BLE001 (Ray raises a bare one where a busy machine starts it too slowly)
        ray.shutdown()
        where = "Ray to start on this machine" if address == "local" else f"a Ray cluster at {address}"
        raise ClusterError(f"Expected {where}. Received: {one_line(error)[:300]}") from None


@contextmanager
def _on_loopback() -> Iterator[None]:
    """Let Ray take 127.0.0.1 for this machine's address, as it does on macOS: all of it listens there then.

    `_node_ip_address="127.0.0.1"` does not do it: Ray replaces that by the address of the network.
    """
    kept = ray_constants.ENABLE_RAY_CLUSTER
    ray_constants.ENABLE_RAY_CLUSTER = False
    try:
        yield
    finally:
        ray_constants.ENABLE_RAY_CLUSTER = kept


@contextmanager
def _token_for_us() -> Iterator[None]:
    """Keep the token that Ray writes to ~/.ray from other people of this machine: Ray writes it readable for all."""
    home = Path.home() / ".ray"
    _close(home, 0o700, make=True)
    _close(home / "auth_token", 0o600)
    try:
        yield
    finally:
        _close(home / "auth_token", 0o600)


def _close(path: Path, mode: int, *, make: bool = False) -> None:
    """Take all rights of others from a file or folder of ours."""
    if sys.platform == "win32":
        return
    with suppress(OSError):  # a home that cannot be written; Ray says so itself
        if make:
            path.mkdir(mode=mode, exist_ok=True)
        seen = path.lstat()
        if seen.st_uid == os.getuid() and not path.is_symlink() and seen.st_mode & 0o077:
            path.chmod(mode)


def _watcher(folder: Path) -> "subprocess.Popen[bytes] | None":
    """Start what ends this Ray and deletes its folder when this process is killed; Linux only."""
    if sys.platform != "linux":
        return None
    pids = _below(os.getpid(), {info.process.pid for infos in _processes() for info in infos})
    words = orphans.command(folder, pids)
    return subprocess.Popen(  # noqa: S603 (a function of this package)
        words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def _processes() -> list[Any]:
    node = ray._private.worker._global_node
    return list(node.all_processes.values()) if node is not None else []


def _below(own: int, first: set[int]) -> set[int]:
    """Return these processes and all that they started, without this one."""
    parents: dict[int, int] = {}
    for one in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            parents[int(one.parent.name)] = int(one.read_text().rpartition(")")[2].split()[1])
    found = set(first)
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {own}
