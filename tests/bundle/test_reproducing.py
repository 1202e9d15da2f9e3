"""`sweep reproduce` before anything trains: whose code it would run, where the data lie, which packages differ."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sweep.bundle.reproducing import make_ready
from sweep.commands.reproduce import verdict_lines
from sweep.errors import InputError
from sweep.explain.other_machine import Elsewhere, MetricElsewhere
from sweep.explain.verification import Verification, Verified
from sweep.study.stored_studies import studies_of
from tests.bundle.conftest import Bundled, files_in, rewritten
from tests.bundle.own_study import stored_own, study_of
from tests.bundle.test_breakers import with_manifest
from tests.one_ray import sweep_here


@pytest.fixture
def portable(archives: Callable[[str], bytes], here: Path) -> Path:
    """Return the bundle of a study of our own functions."""
    Path("portable.zip").write_bytes(archives("portable"))
    return Path("portable.zip")


def test_code_of_a_bundle_is_run_only_with_trust(bundled: Bundled, own: Path) -> None:
    """Without it the command ends with 2, lists what would run, and leaves no folder."""
    path = bundled(own).path
    done = sweep_here("reproduce", path)
    assert (done.returncode, done.stdout) == (2, "")
    for name in ("model: bundled_net:net", "code/bundled_net.py", "code/bundled_layers.py", "--trust"):
        assert name in done.stderr
    assert not Path("own-bundle-reproduced").exists()
    heard: list[str] = []
    ready = make_ready(path, trust=True, hear=heard.append)
    assert "runs code/bundled_net.py" in heard
    assert (ready.code / "bundled_net.py").is_file()


def test_a_study_of_our_own_functions_needs_no_trust(portable: Path) -> None:
    """It holds no code."""
    ready = make_ready(portable)
    assert list(ready.code.iterdir()) == []
    assert ready.standing == ""


@pytest.mark.parametrize("name", ["code/keras.py", "data/faces/__init__.py", "data/numpy.so"])
def test_a_file_that_python_might_import_needs_trust(portable: Path, name: str) -> None:
    """Code that takes the place of a library's is code, too, wherever it lies."""
    path = portable
    with pytest.raises(InputError, match="--trust"):
        make_ready(rewritten(path, with_manifest(files_in(path) | {name: b"raise SystemExit('ran')"})))


@pytest.mark.parametrize(
    "change",
    [
        {"model": {"use": "sweep.machine.process:call"}},
        {"data": {"use": "subprocess:check_output", "args": "touch ran"}},
        {"measure": {"use": "sweep.running.execution:run"}},
    ],
)
def test_what_no_study_may_call_is_refused(portable: Path, change: dict[str, object]) -> None:
    """As `sweep verify` refuses it."""
    path = portable
    files = files_in(path)
    document = json.loads(files["results/study.json"])
    document["resolved"] |= change
    files["results/study.json"] = json.dumps(document).encode()
    with pytest.raises(InputError):
        make_ready(rewritten(path, with_manifest(files)))
    assert not list(Path().glob("*-reproduced"))


def test_collected_runs_cannot_be_reproduced(bundled: Bundled, here: Path) -> None:
    """The reason is said."""
    Path("runs.csv").write_text("seed,hter\n0,0.1\n1,0.2\n")
    assert sweep_here("collect", "elsewhere", "--table", "runs.csv", "--metric", "hter").returncode == 0
    done = sweep_here("reproduce", bundled(here / "results" / "elsewhere").path)
    assert done.returncode == 2
    assert "collected from" in done.stderr


def test_a_bundle_without_its_code_cannot_be_reproduced(bundled: Bundled, own: Path, here: Path) -> None:
    """It says whose function is missing, and how it comes in."""
    for name in ("bundled_net.py", "bundled_layers.py"):
        (here / name).unlink()
    with pytest.raises(InputError, match=r"without bundled_net:net.*--modules FOLDER"):
        make_ready(bundled(own).path, trust=True)


def test_packages_that_differ_are_said_with_the_commands(bundled: Bundled, own: Path) -> None:
    """What the bundle has, what is here, and how to get the bundle's."""
    heard: list[str] = []
    ready = make_ready(bundled(own).path, trust=True, hear=heard.append)
    assert ("numpy", "0.0.1") in [one[:2] for one in ready.packages]
    said = "\n".join(heard)
    assert "numpy: 0.0.1 in the bundle" in said
    assert "-m venv" in said
    assert "requirements.txt" in said


def test_data_that_are_nowhere_are_asked_for(bundled: Bundled, here: Path) -> None:
    """The message says which, and how to name their folder; nothing is unpacked."""
    (here / "faces").mkdir()
    study = study_of(data={"use": "sweep.data:image_folder", "root": "faces"})
    path = bundled(stored_own(here / "results", study, modules=here)).path
    with pytest.raises(InputError, match=r"data.root names faces.*--data-root FOLDER"):
        make_ready(path, trust=True)
    assert not Path("own-bundle-reproduced").exists()


def test_a_relative_path_of_data_is_linked(bundled: Bundled, here: Path, tmp_path: Path) -> None:
    """Below --data-root it may stand as the study says, or be the folder itself."""
    (here / "db" / "faces").mkdir(parents=True)
    study = study_of(data={"use": "sweep.data:image_folder", "root": "db/faces"})
    path = bundled(stored_own(here / "results", study, modules=here)).path
    for number, (made, root) in enumerate([("there/db/faces", "there"), ("other/faces", "other"), ("own", "own")]):
        (tmp_path / made).mkdir(parents=True)
        ready = make_ready(path, trust=True, data_root=tmp_path / root, into=tmp_path / f"out{number}")
        assert (ready.code / "db" / "faces").resolve() == (tmp_path / made).resolve()


def test_nothing_is_written_into_a_folder_of_data(bundled: Bundled, here: Path, tmp_path: Path) -> None:
    """Of a folder and a file in it the folder is linked; the file is found there, or not at all."""
    (here / "faces").mkdir()
    (here / "faces" / "list.csv").write_text("path,label\n")
    study = study_of(data={"use": "sweep.data:image_folder", "manifest": "faces/list.csv", "root": "faces"})
    path = bundled(stored_own(here / "results", study, modules=here)).path
    (tmp_path / "mine" / "faces").mkdir(parents=True)
    (tmp_path / "mine" / "list.csv").write_text("")
    ready = make_ready(path, trust=True, data_root=tmp_path / "mine")
    assert (ready.code / "faces").is_symlink()
    assert list((tmp_path / "mine" / "faces").iterdir()) == []


def test_an_absolute_path_of_data_is_written_anew(bundled: Bundled, here: Path, tmp_path: Path) -> None:
    """The stored trials are still those of the study, though its data lie elsewhere."""
    study = study_of(data={"use": "sweep.data:image_folder", "root": "/nowhere/faces"})
    path = bundled(stored_own(here / "results", study, modules=here)).path
    (tmp_path / "mine" / "faces").mkdir(parents=True)
    ready = make_ready(path, trust=True, data_root=tmp_path / "mine")
    document = json.loads((ready.results / "study.json").read_text())
    found = studies_of(document, ready.results)
    (stored,) = document["configurations"]
    assert found[stored].data.keywords["root"] == str(tmp_path / "mine" / "faces")


def test_data_in_the_bundle_are_found(bundled: Bundled, here: Path) -> None:
    """With --data nothing else is needed."""
    (here / "faces").mkdir()
    (here / "faces" / "a.png").write_bytes(b"a face")
    study = study_of(data={"use": "sweep.data:image_folder", "root": "faces"})
    path = bundled(stored_own(here / "results", study, modules=here), with_data=True).path
    ready = make_ready(path, trust=True)
    assert (ready.code / "faces" / "a.png").read_bytes() == b"a face"


def test_a_word_that_climbs_out_of_the_folder_is_refused(bundled: Bundled, own: Path) -> None:
    """bundle.json is somebody's, too."""
    path = bundled(own).path
    files = files_in(path)
    about = json.loads(files["bundle.json"])
    about["files_named"] = [{"key": "data.root", "word": "a/../../b", "inside": "", "relative": True, "was_here": True}]
    files["bundle.json"] = json.dumps(about).encode()
    with pytest.raises(InputError, match="Expected paths below one folder"):
        make_ready(rewritten(path, with_manifest(files)), trust=True)


def test_a_word_that_is_no_file_of_the_bundle_is_refused(bundled: Bundled, own: Path) -> None:
    """It would lead the data functions to any folder of this machine."""
    path = bundled(own).path
    files = files_in(path)
    about = json.loads(files["bundle.json"])
    named = {"key": "data.root", "word": "faces", "inside": "../../etc", "relative": True, "was_here": True}
    files["bundle.json"] = json.dumps(about | {"files_named": [named]}).encode()
    with pytest.raises(InputError, match="Expected files of"):
        make_ready(rewritten(path, with_manifest(files)), trust=True)


@pytest.mark.parametrize("name", ["bundle.json", "results/study.json"])
def test_whatever_stands_in_its_json_is_refused_in_words(portable: Path, name: str, tmp_path: Path) -> None:
    """No value of any key ends in a traceback: the bundle is refused, or it is ready."""
    files = files_in(portable)
    document = json.loads(files[name])
    n_refused = 0
    for key in document:
        for number, value in enumerate((None, 1, "word", [], {}, [1], [{}], {"a": 1}, {"a": ["\x00"]})):
            changed = files | {name: json.dumps(document | {key: value}).encode()}
            try:
                make_ready(rewritten(portable, with_manifest(changed)), into=tmp_path / f"{key}{number}", trust=True)
            except InputError:
                n_refused += 1
    assert n_refused > 20


def test_an_unfinished_study_is_said(bundled: Bundled, own: Path) -> None:
    """What the bundle has of the plan is all that can be compared."""
    next((own / "parts").iterdir()).unlink()
    ready = make_ready(bundled(own).path, trust=True)
    assert ready.standing.startswith("the study of this bundle is not whole: 1 of 2 planned trials are ok")


def test_the_number_of_trials_is_a_number(own: Path) -> None:
    """Or the word all."""
    done = sweep_here("reproduce", "nothing.zip", "--trials", "some")
    assert done.returncode == 2
    assert '"all"' in done.stderr


@pytest.mark.parametrize(
    ("equal", "equivalent", "said"),
    [
        (True, None, "results reproduced: 1 of 1 trial equal to the bit"),
        (False, True, "results reproduced: 0 of 1 trial equal to the bit, the others equivalent"),
        (False, False, "results not reproduced: 0 of 1 trial equal to the bit"),
        (False, None, "no verdict on another kind of processor"),
    ],
)
def test_the_first_line_is_the_verdict(equal: bool, equivalent: bool | None, said: str) -> None:
    """Equal to the bit, equivalent elsewhere, apart, or too few trials to tell."""
    metric = MetricElsewhere("hter", 0.0, 0.1, -0.1, 0.1, 0.2, 0.1, equivalent)
    elsewhere = None if equal else Elsewhere("another processor", (metric,), 0.9, 1)
    found = Verification("results", 2, (Verified("a" * 16, "", 0, equal),), elsewhere=elsewhere)
    assert verdict_lines(found)[0].startswith(said)
