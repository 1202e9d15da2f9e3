"""`sweep bundle`: what lies in the archive, what stays here, and what is said of it."""

import hashlib
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from sweep.bundle.archive import MANIFEST, write_archive
from sweep.errors import InputError
from sweep.store import reachable, store
from sweep.store.places import ObjectPath
from sweep.study.study import Study
from tests.bundle.conftest import Bundled, files_in
from tests.bundle.own_study import stored_own, study_of
from tests.one_ray import sweep_here
from tests.report.simulated import stored
from tests.store.conftest import object_place  # noqa: F401 (a fixture)

REFERENCE = Path(__file__).resolve().parents[2] / "results" / "reference"


def test_the_same_results_give_the_same_bytes(bundled: Bundled, own: Path) -> None:
    """Names are sorted and dates fixed, and nothing depends on when or where it was made."""
    first, second = bundled(own, out=Path("a.zip")), bundled(own, out=Path("b.zip"))
    assert Path("a.zip").read_bytes() == Path("b.zip").read_bytes()
    assert first.sha256 == second.sha256 == hashlib.sha256(Path("a.zip").read_bytes()).hexdigest()


def test_all_that_a_reader_needs_is_inside(bundled: Bundled, own: Path) -> None:
    """Study, the modules that it imports, results, tables, software, documents, and the digest of each."""
    files = files_in(bundled(own).path)
    assert {name for name in files if name.startswith("code/")} == {"code/bundled_net.py", "code/bundled_layers.py"}
    for name in ("README", "study.yaml", "results/study.json", "tables/table.csv", "tables/table.tex", "CITATION.cff"):
        assert files[name]
    lines = [line for line in files[MANIFEST].decode().splitlines() if not line.startswith("#")]
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    assert listed == {name: hashlib.sha256(one).hexdigest() for name, one in files.items() if name != MANIFEST}


def test_the_study_file_is_the_study_that_was_run(bundled: Bundled, own: Path, here: Path) -> None:
    """It reads as the same study, but for the place of its results."""
    (here / "again.yaml").write_bytes(files_in(bundled(own).path)["study.yaml"])
    again = Study.load(here / "again.yaml")
    assert again == study_of()


def test_the_results_inside_read_as_they_do_here(bundled: Bundled, here: Path) -> None:
    """Every table of the unpacked folder is equal, and so are the report's files."""
    shutil.unpack_archive(bundled(REFERENCE, out=Path("reference.zip")).path, here / "unpacked")
    one, other = store.load(REFERENCE), store.load(here / "unpacked" / "results")
    for name in ("trials", "scores", "epochs", "environments"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    done = sweep_here("report", here / "unpacked" / "results")
    assert done.returncode == 0, done.stderr
    for name in ("table.csv", "table.md", "table.tex", "methods.txt"):
        written = (here / "unpacked" / "results" / "report" / name).read_bytes()
        assert written == (here / "unpacked" / "tables" / name).read_bytes()


def test_a_file_that_is_there_stays(bundled: Bundled, own: Path) -> None:
    """Only --force replaces it."""
    Path("own-bundle.zip").write_text("mine")
    with pytest.raises(InputError, match="Expected a new file for the bundle"):
        bundled(own)
    assert Path("own-bundle.zip").read_text() == "mine"
    assert bundled(own, force=True).n_bytes > 1000


def test_code_that_changed_since_is_said(bundled: Bundled, own: Path, here: Path) -> None:
    """The part that is otherwise is named, in the output, the README and the checklist."""
    assert bundled(own).code == ()
    net = here / "bundled_net.py"
    net.write_text(net.read_text().replace('"relu"', '"tanh"'))
    made = bundled(own, force=True)
    assert len(made.code) == 1
    assert "2 stored trials are of other code" in made.code[0]
    assert "bundled_net.py, function net" in made.code[0]
    files = files_in(made.path)
    assert b"function net" in files["README"]
    assert json.loads(files["bundle.json"])["code"]["changed"] == {"bundled_net.py, function net": 2}


def test_code_that_is_nowhere_is_said(bundled: Bundled, own: Path, here: Path) -> None:
    """The rest of the bundle is made all the same; --modules finds the code in another folder."""
    (here / "lib").mkdir()
    for name in ("bundled_net.py", "bundled_layers.py"):
        (here / name).rename(here / "lib" / name)
    made = bundled(own)
    assert "bundled_net:net" in made.code[0]
    assert not [name for name in made.files if name.startswith("code/")]
    found = bundled(own, modules=[here / "lib"], force=True)
    assert found.code == ()
    assert {name for name in found.files if name.startswith("code/")} == {
        "code/lib/bundled_net.py",
        "code/lib/bundled_layers.py",
    }


def test_trials_that_failed_or_never_ran_are_said(bundled: Bundled, here: Path) -> None:
    """In the answer, the README, the test report, the checklist and the crate."""
    place = stored(here / "results" / "part", failed=((0, 1),), unrun=((1, 2), (1, 3)))
    made = bundled(place)
    assert made.counts == {"planned": 10, "ok": 7, "failed": 1, "missing": 2}
    said = "7 of 10 planned trials are ok; 1 failed, 2 never ended"
    files = files_in(made.path)
    for name in ("README", "test-report.md", "checklist.md", "ro-crate-metadata.json"):
        assert said in files[name].decode(), name


def test_collected_runs_are_bundled_as_far_as_they_are_known(bundled: Bundled, here: Path) -> None:
    """No study, no code; what is missing is said, and nothing is invented: not the day of the test, for one."""
    runs = pd.DataFrame({"seed": [0, 1, 2], "hter": [0.1, 0.12, 0.11]})
    runs.to_csv("runs.csv", index=False)
    done = sweep_here("collect", "elsewhere", "--table", "runs.csv", "--metric", "hter")
    assert done.returncode == 0, done.stderr
    made = bundled(here / "results" / "elsewhere")
    assert "study.yaml" not in made.files
    assert any("made elsewhere" in note for note in made.notes)
    report = files_in(made.path)["test-report.md"].decode()
    for field in ("dates", "processor", "subjects", "algorithm"):
        assert f"| {field} | **not recorded: fill in** |" in report


def test_results_in_a_bucket(
    bundled: Bundled,
    own: Path,
    object_place: ObjectPath,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are read from there, and give the bundle that the same records give in a folder."""
    monkeypatch.setattr(reachable, "refuse_silence", lambda _: None)  # no server is asked
    for part in sorted((own / "parts").iterdir()):
        (object_place / "parts" / part.name).put(part.read_bytes())
    (object_place / "study.json").put((own / "study.json").read_bytes())
    assert bundled(object_place, out=Path("b.zip")).sha256 == bundled(own, out=Path("a.zip")).sha256


def test_data_stay_here_unless_they_are_asked_for(bundled: Bundled, here: Path) -> None:
    """Keys and hidden files stay even then."""
    faces = here / "faces"
    faces.mkdir()
    for name in ("a.png", "b.png", ".hidden", "id_rsa"):
        (faces / name).write_bytes(b"a face")
    place = stored_own(
        here / "results", study_of(data={"use": "sweep.data:image_folder", "root": "faces"}), modules=here
    )
    made = bundled(place)
    assert not any("png" in name for name in made.files)
    assert any(note.startswith("data.root names faces, which stays here") for note in made.notes)
    with_data = bundled(place, with_data=True, force=True)
    assert {name for name in with_data.files if name.startswith("data/")} == {"data/faces/a.png", "data/faces/b.png"}
    assert any("id_rsa" in note and "never packed" in note for note in with_data.notes)


def test_a_pattern_is_no_path(bundled: Bundled, here: Path) -> None:
    """Of words that are not here only what has the form of a path is told; none is asked for."""
    (here / "faces").mkdir()
    data = {
        "use": "sweep.data:image_folder",
        "root": "faces",
        "pattern": r"day\d+/(?P<subject>[^/]+)/",
        "genuine": "a/b",
    }
    made = bundled(stored_own(here / "results", study_of(data=data), modules=here))
    named = json.loads(files_in(made.path)["bundle.json"])["files_named"]
    assert [(one["word"], one["was_here"]) for one in named] == [("a/b", False), ("faces", True)]


def test_what_a_study_lists_goes_along_by_the_rules_of_submit(bundled: Bundled, here: Path) -> None:
    """A key that a pattern meets stays; a file that is not there is refused."""
    (here / "weights.json").write_text("{}")
    (here / "api_token.json").write_text("secret")
    study = study_of(submit={"include": ["*.json"]})
    made = bundled(stored_own(here / "results", study, modules=here))
    assert "code/weights.json" in made.files
    assert not any("token" in name for name in made.files)
    assert any("api_token.json" in note for note in made.notes)


def test_what_tells_of_people_is_named(bundled: Bundled, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Subjects, machines, paths and the user's name."""
    monkeypatch.setenv("LOGNAME", "mustermann")
    study = study_of(data={"use": "sweep.data:image_folder", "root": "/home/mustermann/faces"})
    said = "\n".join(bundled(stored_own(here / "results", study, modules=here)).identifies)
    assert "the names of 4 subjects, such as 'anna-0'" in said
    assert "1 machine by name, as lab-7" in said
    assert "results/study.json: 1 path of a machine, as /home/mustermann/faces" in said
    assert "your user name mustermann stands in" in said


def test_nothing_else_tells_of_this_machine(bundled: Bundled, own: Path, here: Path) -> None:
    """No file that the bundle writes holds the folder that it was made in."""
    for name, content in files_in(bundled(own).path).items():
        assert str(here).encode() not in content, name


def test_documents_that_a_person_filled_in_replace_the_drafts(bundled: Bundled, own: Path, here: Path) -> None:
    """The authors of CITATION.cff stand in the crate."""
    draft = yaml.safe_load(files_in(bundled(own).path)["CITATION.cff"])
    draft["authors"] = [
        {"family-names": "Curie", "given-names": "Maria", "orcid": "https://orcid.org/0000-0001-2345-6789"}
    ]
    (here / "CITATION.cff").write_text(yaml.safe_dump(draft))
    files = files_in(bundled(own, filled=here, force=True).path)
    assert b"Curie" in files["CITATION.cff"]
    people = [one for one in json.loads(files["ro-crate-metadata.json"])["@graph"] if one["@type"] == "Person"]
    assert [one["name"] for one in people] == ["Maria Curie"]
    with pytest.raises(InputError, match="one of them at least"):
        bundled(own, filled=here / "results", force=True)


@pytest.mark.parametrize("name", ["../out", "/etc/passwd", "a//b", "a\\b", "a\nb", "C:/x"])
def test_no_name_is_packed_that_could_not_be_unpacked(tmp_path: Path, name: str) -> None:
    """Such a name is refused before anything is written."""
    with pytest.raises(InputError, match="Expected names of files"):
        write_archive(tmp_path / "x.zip", {name: b""})
    assert not list(tmp_path.iterdir())


def test_the_command_says_it_in_json(own: Path, here: Path) -> None:
    """One object on standard output; cautions on standard error."""
    done = sweep_here("bundle", own, "--out", here / "b.zip", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["counts"]["ok"] == 2
    assert found["sha256"] == hashlib.sha256((here / "b.zip").read_bytes()).hexdigest()
    assert "anna-0" in done.stderr
    again = sweep_here("bundle", own, "--out", here / "b.zip")
    assert (again.returncode, again.stdout) == (2, "")
