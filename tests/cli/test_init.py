"""`sweep init`: a first study file that the other commands take, from images, vectors or scores."""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sweep.commands.cli import app
from sweep.errors import InputError
from sweep.forecast.first_study import draft_of_images, study_name
from sweep.forecast.first_vectors import draft_of_vectors
from sweep.study.study import Study


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, where commands are given; nobody sits at the terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    return tmp_path


def images(root: Path, *classes: str, subjects: int = 5, size: tuple[int, int] = (12, 10), mode: str = "RGB") -> Path:
    """Make a folder CLASS/SUBJECT/frame.png, and return it."""
    for at, name in enumerate(classes):
        for subject in range(subjects):
            folder = root / name / f"s{subject}"
            folder.mkdir(parents=True)
            Image.new(mode, size, (at * 40 + subject,) * 3 if mode == "RGB" else at * 40 + subject).save(
                folder / "1.png"
            )
    return root


def sweep_init(*words: str) -> None:
    """Give the command."""
    app(["init", *words], standalone_mode=False)


class Terminal(io.StringIO):
    """A person who types these lines."""

    def isatty(self) -> bool:
        """Say that somebody is there."""
        return True


def test_a_folder_of_images_becomes_a_study_that_loads_its_data(capsys: pytest.CaptureFixture[str]) -> None:
    """Task, size and colours are read off; the next command is said."""
    images(Path("My faces"), "real", "attack", mode="L")
    sweep_init("--images", "My faces")
    said = capsys.readouterr()
    assert said.out == "Written: study.yaml. Next: sweep check study.yaml\n"
    assert "10 images of 2 classes: attack, real" in said.err
    assert "5 subjects" in said.err
    study = Study.load("study.yaml")
    assert (study.study, study.task) == ("My-faces", "verification")
    keywords = study.data.model_dump()
    assert keywords["root"] == "My faces"
    assert (list(keywords["image_size"]), keywords["color"]) == ([10, 12], "grayscale")


def test_other_classes_are_a_classification_unless_one_is_genuine() -> None:
    """And large images are made smaller, in their own shape."""
    images(Path("birds"), "owl", "crow", "tit", size=(512, 256))
    text = draft_of_images(Path("birds")).text
    assert "task: classification" in text
    assert '"image_size"' not in text
    assert "image_size: [64, 128]" in text
    assert 'genuine: "owl"' in draft_of_images(Path("birds"), genuine="owl").text
    with pytest.raises(InputError, match=r"Received: crow, owl, tit\. Say which one is genuine: --genuine CLASS"):
        draft_of_images(Path("birds"), "verification")


def test_train_and_test_without_dev_take_dev_from_train() -> None:
    """What is missing is made up by the loader's own key, and said."""
    for split in ("train", "test"):
        images(Path("db") / split, "genuine", "impostor")
    draft = draft_of_images(Path("db"))
    assert "dev_from_train: 0.2" in draft.text
    assert any("becomes dev" in sentence for sentence in draft.seen)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "Expected --images FOLDER, --vectors FILE or --scores FILE"),
        (["--images", "nowhere"], "Expected the folder nowhere"),
        (["--images", "empty"], "Expected images .* below empty. Received: none"),
        (["--images", "one"], "two classes or more. Received: genuine alone"),
        (["--images", "good", "--scores", "a"], "Expected one of --images, --vectors and --scores"),
        (["--images", "good", "--task", "regression"], "--task verification or classification"),
        (["--images", "good", "--genuine", "god"], "--genuine as one of the classes: genuine, impostor"),
        (["--images", "torn"], "Expected an image that can be read"),
        (["--vectors", "no.npz"], "Expected a file of vectors that can be read"),
        (["--vectors", "v.txt"], r"Expected a file \.npz or \.csv"),
        (["--vectors", "words.csv"], "words in name"),
        (["--vectors", "x.npz"], r"Received: x \(3, 2\)"),
        (["--vectors", "long.npz"], "as many rows in all arrays"),
        (["--vectors", "val.npz"], "Expected split train, dev and test in val.npz. Received: test, train, val"),
        (["--vectors", "gap.csv"], "Expected a label y in every row of gap.csv"),
        (["--scores", "no.csv"], "no.csv"),
        (["--images", "good", "--out", "no/such/study.yaml"], "Expected a file that can be written"),
    ],
)
def test_what_cannot_become_a_study_is_one_message(words: list[str], expected: str, place: Path) -> None:
    """And no file is written."""
    images(Path("good"), "genuine", "impostor")
    images(Path("one"), "genuine")
    images(Path("torn"), "genuine", "impostor")
    for file in Path("torn").rglob("*.png"):
        file.write_bytes(b"no image")
    Path("empty").mkdir()
    Path("v.txt").write_text("1 2")
    Path("words.csv").write_text("y,a,name\n1,2,x\n0,3,y\n")
    np.savez("x.npz", x=np.zeros((3, 2)))
    np.savez("long.npz", x=np.zeros((3, 2)), y=np.zeros(4))
    np.savez("val.npz", x=np.zeros((3, 2)), y=np.zeros(3), split=np.array(["train", "val", "test"]))
    Path("gap.csv").write_text("y,a\nred,2\n,3\n")
    before = sorted(place.rglob("*"))
    with pytest.raises(InputError, match=expected):
        sweep_init(*words)
    assert sorted(place.rglob("*")) == before


def test_a_file_that_is_there_stays_unless_force(capsys: pytest.CaptureFixture[str]) -> None:
    """A study that somebody wrote is not lost."""
    images(Path("good"), "genuine", "impostor")
    Path("study.yaml").write_text("mine")
    with pytest.raises(InputError, match=r"study\.yaml, which is there"):
        sweep_init("--images", "good", "--yes")
    assert Path("study.yaml").read_text() == "mine"
    sweep_init("--images", "good", "--force")
    assert Study.load("study.yaml").study == "good"


def vectors(n: int = 40) -> dict[str, np.ndarray]:
    """Return vectors of ten subjects."""
    x = np.arange(n * 3, dtype=np.float32).reshape(n, 3)
    return {"x": x, "y": np.arange(n) % 2, "subject": np.array([f"s{at // 4}" for at in range(n)])}


@pytest.mark.parametrize("kind", ["npz", "csv"])
def test_vectors_become_a_study_whose_function_reads_them(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows are there once, and no subject is in two splits."""
    found = vectors()
    if kind == "npz":
        np.savez("v.npz", **found)
    else:
        rows = [f"{y},{s},{','.join(map(str, x))}" for x, y, s in zip(*found.values(), strict=True)]
        Path("v.csv").write_text("y,subject,a,b,c\n" + "\n".join(rows))
    sweep_init("--vectors", f"v.{kind}", "--out", "first.yaml")
    study = Study.load("first.yaml")
    assert study.task == "verification"
    names: dict[str, object] = {}
    exec(Path("vectors_data.py").read_text(), names)  # noqa: S102 (our own file)
    splits = names["load"](f"v.{kind}")  # type: ignore[operator]
    assert sum(len(split["y"]) for split in splits.values()) == 40
    assert [len(set(split["subject"])) for split in splits.values()] == [6, 2, 2]
    assert not set(splits["train"]["subject"]) & (set(splits["dev"]["subject"]) | set(splits["test"]["subject"]))
    assert splits["dev"]["x"].shape == (8, 3)
    assert {tuple(x) for split in splits.values() for x in split["x"]} == {tuple(x) for x in found["x"]}


def test_the_task_of_vectors_follows_their_labels() -> None:
    """0 and 1, whole numbers, words, fractions; what the file divides stays divided."""
    for y, task in (([0, 1], "verification"), ([0, 2], "classification"), ([0.5, 1], "regression")):
        np.savez("v.npz", x=np.ones((2, 2)), y=np.array(y))
        assert f"task: {task}" in draft_of_vectors(Path("v.npz")).text
    np.savez("v.npz", x=np.ones((3, 2)), y=np.array(["a", "b", "b"]), split=np.array(["train", "dev", "test"]))
    draft = draft_of_vectors(Path("v.npz"))
    assert "task: classification" in draft.text
    assert "split as the file says" in draft.seen
    with pytest.raises(InputError, match=r"1 .genuine. and 0 .impostor. for verification"):
        draft_of_vectors(Path("v.npz"), "verification")


def test_scores_get_commands_and_no_study(capsys: pytest.CaptureFixture[str], place: Path) -> None:
    """What is measured already needs no training."""
    Path("s.csv").write_text("label,score\n" + "".join(f"{at % 2},{at / 20}\n" for at in range(20)))
    sweep_init("--scores", "s.csv")
    out = capsys.readouterr().out
    assert "10 genuine and 10 impostor scores" in out
    assert "sweep metrics --dev s.csv" in out
    assert "sweep collect NAME" in out
    assert [path.name for path in place.iterdir()] == ["s.csv"]


def test_a_person_is_asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without options: what, where, and whether to write."""
    images(Path("good"), "genuine", "impostor")
    monkeypatch.setattr(sys, "stdin", Terminal("\ngood\nno\n"))
    sweep_init()
    assert "nothing was written" in capsys.readouterr().err
    assert not Path("study.yaml").exists()
    monkeypatch.setattr(sys, "stdin", Terminal("images\ngood\n\n"))
    sweep_init()
    assert Study.load("study.yaml").task == "verification"
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    with pytest.raises(InputError, match="Expected an answer"):
        sweep_init()


def test_any_name_of_a_folder_becomes_a_study(capsys: pytest.CaptureFixture[str]) -> None:
    """Names that YAML or a study would take for something else."""
    assert [study_name(name) for name in ("a b", "...", "on", "Gesichter ä", "x" * 99)] == [
        "a-b", "study", "on", "Gesichter", "x" * 80,
    ]  # fmt: skip
    root = images(Path('we: "ird} #1 \u00e4'), "genuine", "impostor")
    sweep_init("--images", str(root))
    assert Study.load("study.yaml").data.model_dump()["root"] == str(root)
    assert json.dumps(str(root)) in Path("study.yaml").read_text()
