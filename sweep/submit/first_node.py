"""The first node of a cluster that starts from zero: asked for, and waited for, before a study looks at the nodes."""

import sys
import time

import ray
from ray.autoscaler.sdk import request_resources

from sweep.errors import ClusterError

_MOST_SECONDS = 1800  # a GPU node of a cloud takes some minutes to come and to install the lock file
_POLL_SECONDS = 2.0


def first_node(cpu: float, gpu: float) -> None:
    """Return when a node can take a trial of that many processors and GPUs; meant for a connected cluster.

    The request is taken back then: the trials themselves ask for the nodes that they need.

    Raises:
        ClusterError: none within half an hour.
    """
    if _there(cpu, gpu):
        return
    sys.stderr.write(f"sweep: waiting for the first node with {cpu:g} CPU and {gpu:g} GPU\n")
    sys.stderr.flush()
    bundle = {"CPU": cpu, "GPU": gpu} if gpu else {"CPU": cpu}
    request_resources(bundles=[bundle])
    end = time.monotonic() + _MOST_SECONDS
    try:
        while not _there(cpu, gpu):
            if time.monotonic() > end:
                raise ClusterError(
                    f"Expected a node with {cpu:g} CPU and {gpu:g} GPU within {_MOST_SECONDS // 60} minutes. Received: "
                    "none. Look at the limits of the cluster's file, at the cloud's quota, and at `ray status` there."
                )
            time.sleep(_POLL_SECONDS)
    finally:
        request_resources(bundles=[])


def _there(cpu: float, gpu: float) -> bool:
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    return any(node.get("CPU", 0) >= cpu and node.get("GPU", 0) >= gpu for node in nodes)
