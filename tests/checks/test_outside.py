"""What a model's function takes from outside of its study is told: files that no study names, randomness of no seed."""

import json
import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

import h5py
import pandas as pd
import pytest

import sweep.models
from sweep.checks import watched_build
from sweep.checks.results import findings_of
from sweep.checks.unnamed_inputs import outside_checks, outside_findings, outside_record
from sweep.checks.watched_build import Outside, outside, watched
from sweep.study.study import Study
from sweep.study.unseeded import unseeded

NET = "def build(s, c, weights='default.npz'):\n    return 1\n"


class Model:
    """Stands for a model; like a class of the user's that cannot be a key."""

    __hash__ = None  # type: ignore[assignment]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model's function and files, as the current one; with a home of its own beside it."""
    folder, home = tmp_path / "project", tmp_path / "home"
    for name in ("base.npz", "default.npz", "weights/one.npz", "weights/two.npz", "net.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"1")
    (folder / "net.py").write_text(NET)
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("KERAS_HOME", raising=False)
    return folder


def study(**model: Any) -> Study:
    """Return a study with keywords of its model's function."""
    return Study.model_validate({"study": "s", "data": {"use": "mine:load"}, "model": {"use": "net:build", **model}})


def seen(build: Any, **model: Any) -> Outside:
    """Return what a build took from outside."""
    made = Model()
    with watched(study(**model)) as built:
        build()
        built.append(made)
    return outside(made)


def read(*names: str) -> None:
    """Read files."""
    for name in names:
        Path(name).expanduser().read_bytes()


def test_files_that_the_study_does_not_name_are_told_with_their_content(project: Path) -> None:
    """By keyword, by default, or in a folder that is named: all else is told, wherever the function finds it."""
    names = ("base.npz", "default.npz", "weights/one.npz", "weights/two.npz")
    found = seen(lambda: read(*names), weights={"all": ["weights"]})
    assert list(found.files) == ["base.npz", "default.npz"]
    assert list(seen(lambda: read(*names)).files) == ["base.npz", "weights/one.npz", "weights/two.npz"]
    (project / "base.npz").write_bytes(b"2")
    again = seen(lambda: read(*names), weights="weights")
    assert again.files["base.npz"] != found.files["base.npz"]
    assert again.files["default.npz"] == found.files["default.npz"]


def test_what_is_no_input_is_not_told(project: Path) -> None:
    """Code, the system, files that the function writes first, and those that are not there."""

    def build() -> None:
        read("net.py", "/proc/self/status", "/etc/hosts")
        (project / "new.txt").write_text("1")
        read("new.txt")
        with pytest.raises(FileNotFoundError):
            read("none.npz")

    assert seen(build) == Outside()


def test_hdf5_and_sqlite_are_heard(project: Path) -> None:
    """Their C code opens files without a word to Python's audit."""
    h5py.File("w.h5", "w").close()
    sqlite3.connect("w.db").close()
    (project / "w.db").write_bytes(b"")

    def build() -> None:
        h5py.File("w.h5").close()
        sqlite3.connect("w.db").close()
        h5py.File("made.h5", "w").close()

    assert list(seen(build).files) == ["w.h5", "w.db"]


def test_what_an_installed_package_reads_as_it_is_imported_is_its_own(project: Path, tmp_path: Path) -> None:
    """Its caches may lie in the user's folders; a module of the user's that reads weights is another matter."""
    packages = tmp_path / "site-packages"
    packages.mkdir()
    (packages / "lib_of_fonts.py").write_text("open('base.npz').close()\n")
    (project / "own_part.py").write_text("import lib_of_fonts\nopen('weights/one.npz').close()\n")
    sys.path.append(str(packages))

    def build() -> None:
        import own_part  # noqa: F401

    assert list(seen(build).files) == ["weights/one.npz"]


def test_weights_of_keras_are_recorded_and_no_finding(project: Path) -> None:
    """`weights="imagenet"` reads a file that Keras checks; what a function downloads by itself is told."""
    for name in ("keras.json", "models/resnet.h5", "datasets/own.npz"):
        (Path.home() / ".keras" / name).parent.mkdir(parents=True, exist_ok=True)
        (Path.home() / ".keras" / name).write_bytes(b"1")
    found = seen(lambda: read("~/.keras/keras.json", "~/.keras/models/resnet.h5", "~/.keras/datasets/own.npz"))
    assert list(found.keras) == ["~/.keras/models/resnet.h5"]
    assert list(found.files) == ["~/.keras/datasets/own.npz"]


def test_only_the_thread_that_builds_is_watched(project: Path) -> None:
    """Other threads may read what they like, and two builds at once are kept apart."""
    started, done = threading.Event(), threading.Event()
    other: list[Outside] = []

    def beside() -> None:
        started.wait()
        other.append(seen(lambda: read("weights/one.npz")))
        read("weights/two.npz")
        done.set()

    def build() -> None:
        started.set()
        done.wait()
        read("base.npz")

    thread = threading.Thread(target=beside)
    thread.start()
    assert list(seen(build).files) == ["base.npz"]
    thread.join()
    assert list(other[0].files) == ["weights/one.npz"]


def test_a_build_that_raises_ends_the_watch_and_one_inside_another_counts_for_both(project: Path) -> None:
    """The hook is installed once; outside of builds it hears nothing."""
    inner: list[Outside] = []

    def outer() -> None:
        with pytest.raises(FileNotFoundError), watched(study()):
            read("weights/one.npz", "none.npz")
        inner.append(seen(lambda: read("weights/two.npz")))
        read("base.npz")

    found = seen(outer)
    assert list(inner[0].files) == ["weights/two.npz"]
    assert list(found.files) == ["weights/one.npz", "weights/two.npz", "base.npz"]
    read("default.npz")
    assert watched_build._here.watch is None
    assert watched_build._listen_once.cache_info().misses == 1


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("np.random.default_rng()", True),
        ("np.random.default_rng(None)", True),
        ("np.random.default_rng(3)", False),
        ("np.random.RandomState()", True),
        ("random.Random()", True),
        ("random.seed()", True),
        ("np.random.seed(int(time.time()))", True),
        ("keras.random.SeedGenerator(seed=int(time.time()))", True),
        ("keras.random.SeedGenerator()", False),  # follows Keras's own seed
        ("self.seed()", False),
        ("os.urandom(4)", True),
        ("tf.random.Generator.from_non_deterministic_state()", True),
        ("uuid.uuid4()", False),  # a name, most likely
    ],
)
def test_randomness_without_a_seed_is_told_with_its_place(project: Path, call: str, told: bool) -> None:
    """In a layer that the model's function uses, wherever it stands; not in one that it does not use."""
    (project / "layers_of_mine.py").write_text(
        f"class Noise:\n    def call(self, x):\n        return {call}\n"
        "class Unused:\n    def call(self):\n        random.Random()\n"
    )
    (project / "net.py").write_text("from layers_of_mine import Noise\ndef build(s, c):\n    return Noise()\n")
    assert unseeded(study()) == ((f"layers_of_mine.py, line 3: {call}",) if told else ())


@pytest.mark.parametrize("name", sweep.models.__all__)
def test_no_model_of_ours_draws_without_a_seed(name: str) -> None:
    """The built-in studies give no such finding."""
    assert unseeded(Study.model_validate({**study().model_dump(), "model": {"use": f"sweep.models:{name}"}})) == ()


def test_findings_name_files_and_places(project: Path) -> None:
    """`sweep check`, the record and the report tell the same, and the record holds the digests."""
    (project / "net.py").write_text("import numpy as np\ndef build(s, c):\n    return np.random.default_rng()\n")
    made = Model()
    with watched(study()) as built:
        read("base.npz")
        built.append(made)
    assert outside_checks(made) == {"unnamed_files": 1.0, "unseeded_randomness": 1.0}
    files, randomness = outside_findings(made)
    assert files.evidence.endswith("(base.npz)")
    assert randomness.evidence.endswith("(net.py, line 3: np.random.default_rng())")
    record = outside_record(made)
    assert json.loads(record["outside"])["unnamed_files"] == outside(made).files
    row = {"config_id": "c", "seed": 0, "final_sha256": "f", **record}
    rows = pd.DataFrame([row | {f"check.{name}": n for name, n in outside_checks(made).items()}])
    told = {one.name: one.evidence for one in findings_of(rows, {})}
    assert {name: text.partition(" (1 of 1 seeds)")[0] for name, text in told.items()} == {
        one.name: one.evidence for one in (files, randomness)
    }
    assert outside_record(Model()) == {}
