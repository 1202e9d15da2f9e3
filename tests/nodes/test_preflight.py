"""What is asked of every node before the first trial, and what becomes of the answers."""

from pathlib import Path
from typing import Any

import pytest

from sweep.errors import ClusterError
from sweep.machine.hardware import processor, processor_generation
from sweep.running import preflight
from sweep.running.node_kinds import Kind, gpus_of, unlike
from sweep.running.preflight import Answer, Question
from sweep.running.record_relay import Link, sees
from sweep.study import identity
from sweep.trial.trial import TrialOrder
from sweep.trial.versions import differing, versions_here

OURS = {"python": "3.11.4", "tensorflow": "2.21.0", "keras": "3.15.0", "numpy": "2.4.1", "seedsweep": "0.1.0"}
MODEL = "sweep.models:small_xception"


def order(tmp_path: Path, **data: Any) -> TrialOrder:
    """Return an order whose data function is given these keywords."""
    study = {"study": "tiny", "data": {"use": "sweep.data:image_folder", **data}, "model": {"use": MODEL}}
    return TrialOrder(
        trial_id="0" * 16,
        config_id="c",
        seed=0,
        data_id="d" * 64,
        code_id="c",
        study=study,
        hp={},
        results=str(tmp_path),
        folder=str(tmp_path),
        modules=(str(tmp_path),),
    )


def answer(**changes: Any) -> Answer:
    """Return the answer of a node that is like the driver, with some of it changed."""
    return Answer(**({"versions": OURS, "processor": "A", "sees": True, "missing": (), "other_code": ()} | changes))


def test_equal_nodes_pass() -> None:
    """A node like the driver, and one with another patch of Python, are fit."""
    preflight.refuse("n1", answer(), OURS)
    preflight.refuse("n1", answer(versions=OURS | {"python": "3.11.9", "ray": "2.60.0"}), OURS)


@pytest.mark.parametrize("name", OURS)
def test_another_version_is_refused_by_name(name: str) -> None:
    """What may change bits must be equal on all nodes; the message names package, versions and node."""
    theirs = OURS | {name: "3.12.1" if name == "python" else "1.0"}
    with pytest.raises(ClusterError, match=rf"Expected {name} .*, as here\. Received: .* on node n7"):
        preflight.refuse("n7", answer(versions=theirs), OURS)
    assert differing(OURS, {}).startswith("Expected python 3.11")


def test_missing_data_and_other_code_are_refused_by_name() -> None:
    """A node without the images, or with another source of the model, is named before anything is trained."""
    with pytest.raises(ClusterError, match=r"no /data/faces on node n7\. Mount or copy it there"):
        preflight.refuse("n7", answer(missing=("/data/faces",)), OURS)
    with pytest.raises(ClusterError, match=r"same source of my:net .* node n7"):
        preflight.refuse("n7", answer(other_code=("my:net",)), OURS)


def test_a_node_whose_weights_are_others_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content of a file that the model's keyword names is compared, wherever the node's process stands."""
    monkeypatch.setenv("SEEDSWEEP_CACHE", str(tmp_path / "cache"))
    (tmp_path / "base.keras").write_bytes(b"1")
    one = order(tmp_path)
    one.study["model"] = {"use": MODEL, "weights": "base.keras", "kind": "none"}
    asked = preflight.question([one, one], Link(str(tmp_path / "results"), ".driver-1", None))
    assert list(asked.files) == ["base.keras"]
    assert preflight.look(asked).other_files == ()
    (tmp_path / "base.keras").write_bytes(b"2")
    other = preflight.look(asked)
    assert other.other_files == ("base.keras",)
    with pytest.raises(ClusterError, match=r"same content of base\.keras .* node n7"):
        preflight.refuse("n7", other, versions_here())


def test_a_node_looks_for_data_code_and_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the command's folder, the data, the source of each function and the driver's token are sought."""
    monkeypatch.setenv("SEEDSWEEP_CACHE", str(tmp_path / "cache"))
    (tmp_path / "data" / "faces").mkdir(parents=True)
    (tmp_path / ".driver-1").touch()
    link = Link(str(tmp_path), ".driver-1", None)
    asked = preflight.question([order(tmp_path, root="data/faces", colour="rgb/none")], link)
    assert asked.paths == ("data/faces",)
    assert asked.code == {use: identity.code_id(use) for use in (MODEL, "sweep.data:image_folder")}
    found = preflight.look(asked)
    assert found == Answer(versions_here(), processor(), True, (), (), generation=processor_generation())
    elsewhere = Question(
        **{**vars(asked), "folder": str(tmp_path / "other"), "token": ".driver-2", "code": {"no_such:net": "x"}}
    )
    found = preflight.look(elsewhere)
    assert (found.sees, found.missing, found.other_code) == (False, ("data/faces",), ("no_such:net",))


def test_a_node_that_joins_late_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What passed with the others is not asked again; what cannot look is told by name, as what lacks something."""
    asked = preflight.question([order(tmp_path)], Link(str(tmp_path), ".driver-1", None))
    exam = preflight.Exam(asked, versions_here(), frozenset({"a"}), ())
    assert preflight.late(exam, "b", "n7") == ""
    missing = preflight.Exam(Question(**{**vars(asked), "paths": ("faces",)}), exam.versions, exam.passed, ())
    assert "no faces on node n7" in preflight.late(missing, "b", "n7")
    assert preflight.late(missing, "a", "n7") == ""

    def fail(asked: Question) -> Answer:
        raise OSError(116, "Stale file handle")

    monkeypatch.setattr(preflight, "look", fail)
    assert preflight.late(exam, "b", "n7").endswith("OSError: [Errno 116] Stale file handle")


def test_a_folder_of_the_same_name_is_not_the_results(tmp_path: Path) -> None:
    """Only the driver's token tells that a node sees the driver's folder; one that cannot be written is not seen."""
    assert not sees(str(tmp_path), ".driver-1")
    assert not sees(str(tmp_path / "none"), ".driver-1")
    (tmp_path / ".driver-1").touch()
    assert sees(str(tmp_path), ".driver-1")
    assert [one.name for one in tmp_path.iterdir()] == [".driver-1"]


def test_nodes_that_are_not_alike_are_noted() -> None:
    """Other processors and GPUs may give other bits: said, not refused."""
    nodes = [
        {"NodeID": f"{at}" * 16, "NodeManagerHostname": "host", "NodeManagerAddress": f"10.0.0.{at}", "Resources": kind}
        for at, kind in enumerate([{"CPU": 1}, {"CPU": 1, "accelerator_type:H200": 1}, {"CPU": 1}])
    ]
    kinds = {preflight._name(node): Kind("A", gpus=gpus_of(node)) for node in nodes}
    names = list(kinds)
    assert unlike({name: kinds[name] for name in (names[0], names[2])}) == []
    (said,) = unlike(kinds)
    assert "A with H200 (1: host (10.0.0.1" in said
    assert "A (2: " in said
    blind = {names[0]: answer(sees=False), names[1]: answer()}
    (said,) = preflight._unseen(blind, "/results")
    assert said.startswith("1 of 2 nodes do not see /results (host (10.0.0.0")
