"""A cluster that starts from zero: the first node is asked for, waited for, and the request taken back."""

from typing import Any

import pytest

from sweep.errors import ClusterError
from sweep.submit import first_node as module

HEAD: dict[str, Any] = {"Alive": True, "Resources": {"memory": 1.0}}
GPU: dict[str, Any] = {"Alive": True, "Resources": {"CPU": 4.0, "GPU": 1.0}}
LOST: dict[str, Any] = {**GPU, "Alive": False}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the autoscaler is asked for, in turn; the clock moves with every look."""
    requests: list[Any] = []
    monkeypatch.setattr(module, "request_resources", lambda bundles: requests.append(bundles))
    clock = iter(range(0, 10**6, 60))
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(module.time, "sleep", lambda seconds: None)
    return requests


def test_the_first_node_is_asked_for_until_it_comes(asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A head without processors and a lost node are not enough; when a node is there, nothing is asked for any more."""
    looks = iter([[HEAD], [HEAD, LOST], [HEAD, GPU]])
    monkeypatch.setattr(module.ray, "nodes", lambda: next(looks))
    module.first_node(1, 1)
    assert asked == [[{"CPU": 1, "GPU": 1}], []]


def test_a_node_that_is_there_is_not_asked_for(asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a node can take a trial already, the autoscaler hears nothing."""
    monkeypatch.setattr(module.ray, "nodes", lambda: [HEAD, GPU])
    module.first_node(4, 0)
    assert asked == []


def test_a_node_that_never_comes_is_one_message(asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """After half an hour the command says where to look, and the request is taken back."""
    monkeypatch.setattr(module.ray, "nodes", lambda: [HEAD])
    with pytest.raises(ClusterError, match=r"within 30 minutes. Received: none. Look at the limits"):
        module.first_node(1, 1)
    assert asked[-1] == []
