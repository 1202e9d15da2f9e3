"""A Ray cluster on this machine: a head that takes no trial, and nodes that come and go."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.driver.conftest import _ended, write_study  # noqa: F401 (fixtures)
from tests.driver.conftest import undisturbed as twelve  # noqa: F401 (a fixture)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Start the head; every test adds the nodes that it needs."""
    from ray.cluster_utils import Cluster

    started = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    yield started
    started.shutdown()


@pytest.fixture
def add_node(cluster: Any) -> Iterator[Callable[..., Any]]:
    """Return a function that adds a node with one processor; all of them leave with the test."""

    def add(**variables: str) -> Any:
        return cluster.add_node(num_cpus=1, env_vars=variables)

    yield add
    for node in list(cluster.worker_nodes):
        cluster.remove_node(node, allow_graceful=False)


@pytest.fixture(scope="module")
def undisturbed(
    twelve: tuple[Path, Any],  # noqa: F811
    write_study: Callable[..., Path],  # noqa: F811
) -> tuple[Path, Any]:
    """Return a study of eight trials, and its trials as fresh processes give them without Ray or any fault."""
    _, trials = twelve
    return write_study(seeds=4), trials[trials["seed"] < 4]
