"""A study that keeps to one kind of node, on a cluster of two kinds."""

import sys
from pathlib import Path
from typing import Any

import pytest

import sweep
from sweep.errors import ClusterError
from sweep.machine.hardware import processor, processor_generation
from sweep.running import same_kind
from sweep.running.node_kinds import Kind, slots_on, unlike
from sweep.running.preflight import Exam, Question
from sweep.store.records import Record, write_part
from sweep.trial.order import first_row
from tests.driver.runs import start
from tests.nodes.test_faults import finish
from tests.nodes.test_preflight import order

ODD = "Odd Processor 9000"
# What a node imports first: its processor has another name.
SITE = f"""
import pathlib
real = pathlib.Path.read_text
def read_text(self, *given, **named):
    text = real(self, *given, **named)
    if str(self) != "/proc/cpuinfo":
        return text
    return "\\n".join("model name: {ODD}" if one.startswith("model name") else one for one in text.split("\\n"))
pathlib.Path.read_text = read_text
"""


def asked(folder: Path, **resources: Any) -> list[Any]:
    """Return the order of a study that wants one kind."""
    one = order(folder)
    one.study["resources"] = {"same_kind": True, **resources}
    return [one]


def exam(**kinds: Kind) -> Exam:
    """Return what nodes of these ids said."""
    return Exam(Question(results="", token="", folder="", modules=(), paths=(), data_ids=(), code={}), {}, kinds, ())


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Ray tell of three nodes: n1 with one slot, n2 with one, n3 with eight."""
    there = [{"NodeID": f"n{at}", "Resources": {"CPU": cpu}} for at, cpu in ((1, 1), (2, 1), (3, 8))]
    monkeypatch.setattr(same_kind.ray, "nodes", lambda: there)


def store_one(folder: Path, model: str, generation: str = "") -> None:
    """Store a trial that ran on this kind of processor."""
    row = first_row(order(folder)) | {"status": "ok", "error": ""}
    write_part(folder, Record(row, environment={"cpu_model": model, "cpu_features": generation}))


def test_who_does_not_ask_gets_all_nodes(tmp_path: Path) -> None:
    """Nothing is read and nothing said."""
    assert same_kind.kept([order(tmp_path)], exam(n1=Kind("A")), 1, 0) == same_kind.Kept()


def test_the_kind_with_the_most_slots_is_kept(tmp_path: Path, nodes: None) -> None:
    """Two small nodes of one kind lose against a large one; what is left out is said."""
    found = same_kind.kept(asked(tmp_path), exam(n1=Kind("A"), n2=Kind("A"), n3=Kind("B")), 1, 0)
    assert found.nodes == {"n3"}
    assert found.notes == ("same_kind: trials run on 1 of 3 nodes, each with B. Left out: A (2).",)
    assert found.resources(1, 0).required_resources == {"CPU": 1.0}


def test_the_kind_of_the_stored_trials_comes_first(tmp_path: Path, nodes: None) -> None:
    """A study goes on where it began; where that kind is gone, it does not go on elsewhere without a word."""
    store_one(tmp_path, "A", "family 1")
    found = same_kind.kept(
        asked(tmp_path), exam(n1=Kind("A", "family 1"), n2=Kind("A", "family 2"), n3=Kind("B")), 1, 0
    )
    assert found.nodes == {"n1"}
    with pytest.raises(ClusterError, match=r"Expected a node with A, .* Received: B\. Run where they ran"):
        same_kind.kept(asked(tmp_path), exam(n3=Kind("B")), 1, 0)


def test_one_machine_is_compared_with_the_stored_trials(tmp_path: Path) -> None:
    """Without a cluster there is one node: it fits, or the run is refused."""
    assert same_kind.kept(asked(tmp_path), None, 1, 0) == same_kind.Kept()
    store_one(tmp_path, processor(), processor_generation())
    assert same_kind.kept(asked(tmp_path), None, 1, 0) == same_kind.Kept()
    store_one(tmp_path / "other", ODD)
    with pytest.raises(ClusterError, match=ODD):
        same_kind.kept(asked(tmp_path / "other"), None, 1, 0)


def test_no_node_yet_is_said(tmp_path: Path) -> None:
    """An autoscaler brings nodes later, which nobody compares."""
    (said,) = same_kind.kept(asked(tmp_path), exam(), 1, 0).notes
    assert "no node can take a trial yet" in said


def test_kinds_and_slots() -> None:
    """A generation that an older version did not store hinders nothing; a GPU's slots count where one is asked for."""
    assert Kind("A", "x").fits(Kind("A"))
    assert not Kind("A", "x").fits(Kind("A", "y"))
    assert unlike({"one": Kind("A"), "two": Kind("A")}) == []
    node = {"Resources": {"CPU": 9, "GPU": 1}}
    assert [slots_on(node, 1, 0), slots_on(node, 2, 0), slots_on(node, 1, 0.25)] == [9, 4, 4]


@pytest.mark.ray
@pytest.mark.skipif(sys.platform != "linux", reason="Ray's cluster on one machine is for Linux")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_study_keeps_to_one_kind_on_a_cluster(write_study: Any, cluster: Any, add_node: Any, tmp_path: Path) -> None:
    """Two nodes are alike and one is odd: all trials run on the two."""
    (tmp_path / "sitecustomize.py").write_text(SITE)
    for _ in range(2):
        add_node()
    add_node(PYTHONPATH=str(tmp_path))
    study = write_study(seeds=2, resources={"same_kind": True})
    code, said = finish(start(study, tmp_path, "--address", cluster.address))
    assert code == 0, said
    assert f"trials run on 2 of 3 nodes, each with {processor()}. Left out: {ODD} (1)." in " ".join(said.split())
    results = sweep.load(tmp_path / "tiny")
    assert set(results.environments["cpu_model"]) == {processor()}
    assert (results.trials["status"] == "ok").sum() == 4
