"""The documents of a bundle: valid by the rules of their formats, true to what is stored, marked where it is not."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sweep.bundle.citation import said_in
from sweep.bundle.software import requirements
from sweep.errors import InputError
from tests.bundle.conftest import RESULTS, Bundled, files_in
from tests.bundle.own_study import stored_own, study_of
from tests.report.simulated import stored

UNKNOWN = "**not recorded: fill in**"


@pytest.fixture
def reference(archives: Callable[[str], bytes], tmp_path: Path) -> dict[str, bytes]:
    """Return the files of the bundle of the study that comes with the repository."""
    (tmp_path / "reference.zip").write_bytes(archives("reference"))
    return files_in(tmp_path / "reference.zip")


def entities(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """Return the entities of a crate by their ids."""
    graph = json.loads(files["ro-crate-metadata.json"])["@graph"]
    found = {one["@id"]: one for one in graph}
    assert len(found) == len(graph)
    return found


def references(value: Any) -> list[str]:
    """Return every id that a value refers to."""
    if isinstance(value, list):
        return [found for one in value for found in references(one)]
    if isinstance(value, dict):
        return [value["@id"]] if set(value) == {"@id"} else references(list(value.values()))
    return []


def test_the_crate_keeps_the_rules_of_ro_crate(reference: dict[str, bytes]) -> None:
    """RO-Crate 1.1: a descriptor about the root; the root with name, description, date, licence; a flat graph whose
    references are all there; every file listed, and every data entity part of the root.
    """
    found = entities(reference)
    assert json.loads(reference["ro-crate-metadata.json"])["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    descriptor, root = found["ro-crate-metadata.json"], found["./"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert root["@type"] == "Dataset"
    assert root["name"]
    assert root["description"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", root["datePublished"])
    for one in found.values():
        assert one["@type"]
        for value in (value for key, value in one.items() if not key.startswith("@")):
            for referred in references(value):
                assert referred in found or referred == "https://w3id.org/ro/crate/1.1"
    files = {name for name, one in found.items() if "File" in one["@type"]}
    assert files == set(reference) - {"ro-crate-metadata.json"}
    assert files == set(references(root["hasPart"]))


def test_the_crate_says_how_the_results_came_about(reference: dict[str, bytes]) -> None:
    """An action with instrument, object, result and times; the software with its versions."""
    found = entities(reference)
    run = found["#run"]
    assert run["@type"] == "CreateAction"
    assert run["instrument"] == {"@id": "#software-seedsweep"}
    assert "results/scores.parquet" in references(run["result"])
    assert references(run["object"]) == ["study.yaml"]
    assert run["startTime"] < run["endTime"]
    assert found["#software-tensorflow"]["version"] == "2.21.0"
    assert found["results/trials.parquet"]["sha256"] in reference["MANIFEST"].decode()


def test_the_citation_has_what_the_format_asks_for(reference: dict[str, bytes]) -> None:
    """cff-version, message, title and authors; an author nobody named is none."""
    found = yaml.safe_load(reference["CITATION.cff"])
    assert (found["cff-version"], found["type"]) == ("1.2.0", "dataset")
    assert found["message"]
    assert found["title"] == "Results of the study reference"
    assert found["authors"] == [{"name": "not recorded: fill in"}]
    assert said_in(reference["CITATION.cff"])[0] == []
    with pytest.raises(InputError, match="a list of authors"):
        said_in(b"title: none")


def test_the_checklist_has_every_item(reference: dict[str, bytes]) -> None:
    """Version 2.0: 3, 2, 5, 5 and 6 items, each with an answer or the mark."""
    text = reference["checklist.md"].decode()
    sections = text.split("\n## ")[1:]
    assert [len(re.findall(r"^\d+\. \*", one, re.MULTILINE)) for one in sections] == [3, 2, 5, 5, 6]
    assert all(line.partition("<br>")[2].strip() for line in text.splitlines() if re.match(r"\d+\. ", line))
    assert "20 of 20 planned trials are ok (2 configurations)" in text
    assert "grid over model.dropout" in text


def test_the_test_report_has_the_numbers_that_are_stored(bundled: Bundled, here: Path) -> None:
    """Population, attempts, failures, threshold, rates with intervals, conditions."""
    place = stored(here / "results" / "part", failed=((0, 1),))
    report = files_in(bundled(place).path)["test-report.md"].decode()
    for line in (
        "| subjects in test | 20 |",
        "| scored in test, each trial | 30 genuine, 30 impostor |",
        "| trials | 9 of 10 planned trials are ok; 1 failed |",
        "| seeds | 0, 1, 2, 3, 4 |",
        "| threads | 1 |",
    ):
        assert line in report
    assert "TrainingDivergedError" in report
    assert re.search(r"\| HTER, test \(%\) \| \d+\.\d+ \| \[\d+\.\d+, \d+\.\d+\] \| \[\d+\.\d+, \d+\.\d+\]", report)
    assert re.search(r"\| FAR, test \(%\) \|", report)


def test_what_is_not_stored_is_marked_and_never_invented(bundled: Bundled, own: Path) -> None:
    """Enrolment, capture, the people and their consent are for a person to say."""
    study = study_of(data={"use": "sweep.data:image_folder", "root": "/nowhere"})
    place = stored_own(own.parent / "b", study, modules=own.parents[1])
    report = files_in(bundled(place).path)["test-report.md"].decode()
    for field in ("failure to enrol (FTE)", "failure to acquire (FTA)", "consent and ethics", "capture device"):
        assert f"| {field} | {UNKNOWN} |" in report


def test_an_arm_whose_splits_may_share_people_is_named(bundled: Bundled) -> None:
    """One arm of this study leaks on purpose: no document says that all of them refuse it."""
    files = files_in(bundled(RESULTS / "transport-mode").path)
    for name in ("test-report.md", "checklist.md"):
        assert "may be, in arm=segments" in files[name].decode()


def test_simulated_people_are_no_people(reference: dict[str, bytes]) -> None:
    """Our own simulated data ask for no consent."""
    report = reference["test-report.md"].decode()
    assert "| consent and ethics | none: the subjects are simulated |" in report
    assert "ISO/IEC 30107-3" in report  # its impostors are attacks


def test_names_of_the_users_do_no_harm_to_the_documents(bundled: Bundled, here: Path) -> None:
    """Markdown leaves them as they are, and a line stays one line."""
    study = study_of(about="a | b\n# heading <b>*bold*</b>")
    files = files_in(bundled(stored_own(here / "results", study, modules=here)).path)
    report = files["test-report.md"].decode()
    assert r"| purpose | a \| b # heading \<b\>\*bold\*\</b\> |" in report
    assert yaml.safe_load(files["CITATION.cff"])["abstract"] == "a | b\n# heading <b>*bold*</b>"


def test_hashes_come_from_the_lock_file_where_every_version_is_its_own(bundled: Bundled, own: Path) -> None:
    """pip takes hashes for all packages or for none, so a lock file that fits is taken whole."""
    files = files_in(bundled(own).path)
    pinned = files["requirements.txt"].decode()
    assert "numpy==0.0.1\n" in pinned
    assert "keras==3.15.1\n" in pinned
    assert "--hash" not in pinned
    assert "# Python 3.11.7." in pinned
    facts = _Facts()
    lock = (
        "keras==3.15.1 \\\n    --hash=sha256:aa\nnumpy==0.0.1 ; python_full_version < '3.12' \\\n    --hash=sha256:bb\n"
        "numpy==0.0.2 ; python_full_version >= '3.12' \\\n    --hash=sha256:cc\n"
    )
    assert lock in requirements(facts, lock).decode()  # type: ignore[arg-type]
    assert "--hash" not in requirements(facts, lock.replace("0.0.1", "0.0.3")).decode()  # type: ignore[arg-type]


class _Facts:
    """What `requirements` reads of `Facts`."""

    name, packages = "own", ("keras", "numpy", "seedsweep")

    class code:  # noqa: N801
        packages = ("torch",)

    def versions(self, package: str) -> list[str]:
        return {"keras": ["3.15.1"], "numpy": ["0.0.1"], "seedsweep": ["0.1.0"]}[package]

    def values(self, column: str) -> list[str]:
        return ["3.11.7"]
