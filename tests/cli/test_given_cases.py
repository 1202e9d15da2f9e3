"""Inputs that were answered wrongly or without end, where their folder lies beside the repository."""

import json
import shutil
from pathlib import Path

import pytest

from sweep.machine.import_path import find_modules_in
from sweep.running.preparation import prepare
from sweep.study.study import Study
from tests.fuzz.command import answer_of, check_answer
from tests.report.simulated import stored

CASES = Path(__file__).parents[3] / "shared" / "cases"
RESULTS = Path(__file__).parents[2] / "results"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the folder of cases is not beside this repository")


@pytest.fixture
def case(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the case that the test names, as the current folder."""
    folder = tmp_path / "case"
    shutil.copytree(CASES / request.param, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path))
    return folder


@pytest.mark.parametrize(
    ("case", "study", "expected"),
    [
        ("04-subject-float-in-one-split", "study", "subjects 0, 1, 2, 3, 4 and 5 more in train and dev"),
        ("15-variables-in-paths", "hydra", "another program would read"),
        ("18-data-as-keras-users-have-it", "masked", "without masked values"),
        ("18-data-as-keras-users-have-it", "huge", "infinite for a model in float32"),
        pytest.param("18-data-as-keras-users-have-it", "datasets", "Hand arrays over", marks=pytest.mark.tensorflow),
        ("30-explosions", "alias", "aliases"),
        ("30-explosions", "grid", "200,000"),
    ],
    indirect=["case"],
)
def test_a_study_that_means_something_else_is_refused(case: Path, study: str, expected: str) -> None:
    """One message, exit code 2, and a way out."""
    assert check_answer("plan", f"{study}.yaml") == 2
    assert expected in answer_of("plan", f"{study}.yaml")[2]


@pytest.mark.parametrize(
    ("case", "study"),
    [
        ("12-tif-and-ppm", "study"),
        *(("18-data-as-keras-users-have-it", name) for name in ("plain", "column", "nullable", "val", "two_inputs")),
    ],
    indirect=["case"],
)
def test_data_as_people_have_them_are_read(case: Path, study: str) -> None:
    """What means one thing is taken: the study is planned."""
    assert check_answer("plan", f"{study}.yaml") == 0


@pytest.mark.parametrize("case", ["12-tif-and-ppm"], indirect=True)
def test_ppm_is_read(case: Path) -> None:
    """As Pillow reads it."""
    text = (case / "study.yaml").read_text().replace("root: fvc", "root: feret")
    (case / "study.yaml").write_text(text)
    assert check_answer("plan", "study.yaml") == 0


@pytest.mark.parametrize("case", ["13-depth-in-16-bit"], indirect=True)
def test_depth_that_uses_few_levels_is_told(case: Path) -> None:
    """With the range, and the way to use all of it."""
    from sweep.data import image_folder

    (finding,) = image_folder("Depth", 24, color="grayscale").findings
    assert "of 256 levels" in finding
    assert "scale: range" in finding


@pytest.mark.parametrize("case", ["15-variables-in-paths"], indirect=True)
def test_a_variable_means_what_it_means_in_a_shell(case: Path, tmp_path: Path) -> None:
    """`$HOME/res` is below the home."""
    assert str(tmp_path / "res") in answer_of("plan", "env.yaml")[1]


def test_a_label_with_two_dollars_is_reported(tmp_path: Path) -> None:
    """Every figure takes it for text."""
    text = (CASES / "31-dollar-label" / "study.yaml").read_text()
    label = text.partition('arms: {"')[2].partition('"')[0]
    folder = stored(tmp_path / "dollar", labels=(f"arm={label}", "arm=b"), seeds=3)
    assert label.count("$") >= 2
    assert check_answer("report", folder, "--json") == 0
    assert (folder / "report" / "seeds.svg").is_file()


@pytest.mark.parametrize("case", ["32-answer-that-raises"], indirect=True)
def test_an_answer_that_raises_costs_one_line(case: Path) -> None:
    """The report is written, and says so."""
    folder = stored(case / "results" / "t", seeds=3)
    document = json.loads((folder / "study.json").read_text())
    document["resolved"]["answer"] = "badanswer:f"
    (folder / "study.json").write_text(json.dumps(document))
    code, out, _ = answer_of("report", folder)
    assert code == 0
    assert "badanswer:f raised KeyError" in " ".join(out.split())
    assert (folder / "report" / "index.html").is_file()


@pytest.mark.parametrize("case", ["33-folder-that-runs-code"], indirect=True)
def test_a_strangers_folder_runs_nothing(case: Path) -> None:
    """What its study.json names is refused before anything is called."""
    before = {path.name for path in case.iterdir()}
    assert check_answer("verify", case) == 2
    assert "never a study's" in answer_of("verify", case)[2]
    assert {path.name for path in case.iterdir()} == before


def test_results_that_lost_a_table_are_left_as_they_are(tmp_path: Path) -> None:
    """The table is named, and nothing is written."""
    folder = tmp_path / "reference"
    shutil.copytree(RESULTS / "reference", folder, ignore=shutil.ignore_patterns("parts", "report"))
    (folder / "environments.parquet").unlink()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    words = ("run", "reference", "--results", tmp_path, "--address", "127.0.0.1:1")
    code, _, err = answer_of(*words)
    assert code == 2
    assert "environments.parquet is missing" in err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("case", ["17-weights-file-of-the-builder"], indirect=True)
def test_another_file_of_the_builder_gives_other_trials(case: Path) -> None:
    """A file that a default of the builder names counts by its content."""
    find_modules_in((str(case),))
    found = []
    for content in (b"one", b"two", b"one"):
        (case / "base.keras").write_bytes(content)
        trials, _ = prepare(Study.load("study.yaml"))
        found.append([trial.trial_id for trial in trials])
    assert found[0] == found[2]
    assert not set(found[0]) & set(found[1])
