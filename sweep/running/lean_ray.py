"""A Ray of one machine without the daemons that serve other machines: it starts in two seconds instead of six.

`ray.init` starts, beside the two daemons that run trials (gcs_server and raylet), a dashboard, an autoscaler, a log
monitor, and two agents that the raylet waits for: one reports to the dashboard, one prepares runtime environments. On
one machine, with the log in files and no runtime environment, no trial needs any of them.
"""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import ray
from ray import _raylet
from ray._private import node, services
from ray.tune.execution import class_cache

# In place of an agent: a process that waits until the raylet, its parent, is gone. The raylet ends with its agents.
_WAIT = "import os,time;p=os.getppid()\nwhile os.getppid()==p:time.sleep(1)"
_AGENT = re.compile(r"--(dashboard|runtime_env)_agent_command=.*", re.DOTALL)
_PORTS = ("DASHBOARD_AGENT_LISTEN", "METRICS_AGENT", "METRICS_EXPORT", "RUNTIME_ENV_AGENT")
_NOBODY = 1  # a port where nobody listens; the agents would write theirs to files that the raylet waits for
_VARIABLES = {
    "RAY_enable_metrics_collection": "0",  # with nobody to report to, nothing is counted
    "PL_DISABLE_FORK": "1",  # Tune sets it by a runtime environment
    "RAY_preload_python_modules": "sweep.running.slot",  # each worker becomes a slot
}
# What its node says of itself, for whoever is connected to it.
LABELS = {"seedsweep.ray": "lean"}


@contextmanager
def lean_start() -> Iterator[None]:
    """Let `ray.init` start the two daemons alone, for as long as this context lasts; its workers lack no variable."""
    kept = node.Node.start_monitor, node.Node.start_api_server, node.Node.start_log_monitor
    start = services.start_ray_process
    before = {name: os.environ.get(name) for name in _VARIABLES}

    def start_ray_process(command: Sequence[str], *arguments: Any, **keywords: Any) -> Any:
        """Start a daemon; the raylet with two processes that wait in place of its agents."""
        return start(_without_agents(command), *arguments, **keywords)

    node.Node.start_monitor = node.Node.start_log_monitor = _start_nothing
    node.Node.start_api_server = _no_dashboard
    services.start_ray_process = start_ray_process
    os.environ.update({name: value for name, value in _VARIABLES.items() if name not in os.environ})
    try:
        yield
    finally:
        node.Node.start_monitor, node.Node.start_api_server, node.Node.start_log_monitor = kept
        services.start_ray_process = start
        for name, value in before.items():
            if value is None:
                del os.environ[name]


@contextmanager
def lean_actors() -> Iterator[None]:
    """Let Tune start its actors without a runtime environment, which nobody would prepare in such a Ray.

    They are then served by the workers that Ray started beforehand. The variables that Tune would set are those of this
    process, which workers inherit, and those of `lean_start`.
    """
    get = class_cache._ActorClassCache.get

    def without_environment(self: Any, trainable: Any) -> Any:
        """Return the actor class of a trainable, registered once."""
        if trainable not in self._cache:
            self._cache[trainable] = ray.remote(trainable)
        return self._cache[trainable]

    class_cache._ActorClassCache.get = without_environment
    try:
        yield
    finally:
        class_cache._ActorClassCache.get = get


def is_lean() -> bool:
    """Return whether the Ray that this process is connected to was started so."""
    return any(LABELS.items() <= node["Labels"].items() for node in ray.nodes() if node["Alive"])


def _start_nothing(self: Any) -> None:
    """Stand for a daemon that this Ray does without."""


def _no_dashboard(self: Any, **_: Any) -> None:
    """Stand for the start of the dashboard, which tells the address of its page."""
    self._webui_url = ""


def _without_agents(command: Sequence[str]) -> list[str]:
    """Return the words that start a daemon; the raylet's name waiting processes, whose ports are written already."""
    options = dict(re.findall(r"--(node_id|session_dir)=(.*)", "\n".join(command)))
    if not any(_AGENT.match(word) for word in command):
        return list(command)
    for name in _PORTS:
        port = getattr(_raylet, f"{name}_PORT_NAME")
        _raylet.persist_port(options["session_dir"], options["node_id"], port, _NOBODY)  # type: ignore[attr-defined]
    waiting = services.subprocess.list2cmdline([sys.executable, "-I", "-S", "-c", _WAIT])
    return [_AGENT.sub(lambda found: f"--{found[1]}_agent_command={waiting}", word) for word in command]
