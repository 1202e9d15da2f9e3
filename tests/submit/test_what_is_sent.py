"""What leaves the machine for each kind of cluster: what the study's functions import, what it lists, and no more."""

import base64
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from sweep.errors import InputError
from sweep.study.study import Study
from sweep.submit import launcher, ray_jobs
from sweep.submit.parcel import STORED, Parcel, pack
from sweep.submit.parcel_contents import contents
from sweep.submit.ray_jobs import Job
from tests.submit.private import CONTENT, NAMES, opened_below, plant

CLUSTER = Path(__file__).resolve().parents[2] / "cluster"
NET = "def build(input_shape, n_classes, **more): ...\ndef load(root): ...\n"


@pytest.fixture
def here(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's folder as the current one, with private files beside the code, and data by their absolute path."""
    monkeypatch.chdir(place)
    plant(place)
    (place / "my_data.py").write_text("import my_paths\ndef load(root): ...\n")
    (place / "my_paths.py").write_text("X = 1\n")
    study = yaml.safe_load((place / "tiny.yaml").read_text())
    study["data"] = {"use": "my_data:load", "root": str(place / "faces")}
    (place / "tiny.yaml").write_text(yaml.safe_dump(study))
    return place


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return name -> content of a parcel, without Seed Sweep's own files."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.startswith("sweep/")}


class Head:
    """Stands in for a Ray cluster: keeps what is sent to it."""

    sent: list[Parcel]
    address = "http://127.0.0.1:1"
    asks_no_token = False

    def __init__(self, *_: object) -> None: ...

    def jobs(self) -> list[Job]:
        """Return none."""
        return []

    def submit(self, parcel: Parcel, *_: object) -> None:
        """Keep the parcel."""
        self.sent.append(parcel)

    def job(self, name: str) -> Job:
        """Return one that waits."""
        return Job(name, "pending", None, "", "", 0.0, {})


@contextmanager
def no_tunnel(_: object) -> Iterator[str]:
    """Yield an address without SSH."""
    yield Head.address


def by_ray(sweep_here: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, *to: str) -> tuple[bytes, str]:
    """Return the parcel that a Ray cluster gets, and what was said."""
    monkeypatch.setattr(ray_jobs, "RayCluster", Head)
    monkeypatch.setattr(launcher, "tunnel", no_tunnel)
    Head.sent = []
    done = sweep_here("submit", "tiny.yaml", *to, "--detach", "--json")
    assert done.returncode == 0, done.stderr
    (parcel,) = Head.sent
    return parcel.content, done.stderr


@pytest.fixture(params=["address", "launcher", "kubernetes"])
def sent(
    request: pytest.FixtureRequest, here: Path, sweep_here: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> tuple[dict[str, bytes], str]:
    """Return name -> content of what a kind of cluster gets, and what was said."""
    opened_below(here)
    if request.param == "kubernetes":
        to = ("--cluster", str(CLUSTER / "kubernetes.yaml"), "--results", "s3://bucket/results", "--dry-run")
        done = sweep_here("submit", "tiny.yaml", *to)
        assert done.returncode == 0, done.stderr
        first, job = yaml.safe_load_all(done.stdout)
        assert job["kind"] == "RayJob"
        return unpacked(base64.b64decode(first["binaryData"]["parcel.zip"])), done.stderr
    if request.param == "launcher":
        (here / "mine.yaml").write_text("cluster_name: x\nprovider: {type: local}\n")
        content, said = by_ray(sweep_here, monkeypatch, "--cluster", "mine.yaml")
    else:
        content, said = by_ray(sweep_here, monkeypatch, "--address", Head.address)
    return unpacked(content), said


def test_every_kind_of_cluster_gets_the_imported_code_and_the_study_alone(
    sent: tuple[dict[str, bytes], str], here: Path
) -> None:
    """Frames, tables, keys, settings, results, caches beside the code are neither sent nor opened; the list says so."""
    files, said = sent
    assert set(files) == {"tiny.yaml", "my_net.py", "my_data.py", "my_paths.py", STORED}
    assert not any(CONTENT.encode() in content for content in files.values())
    assert opened_below(here) == set()
    for name in files:
        assert f"  {name}  " in said
    assert "nothing else is sent" in said
    assert not any(f"  {name}  " in said for name in NAMES)


def test_slurm_gets_the_script_alone_and_the_list_says_what_its_nodes_read(
    here: Path, sweep_here: Callable[..., Any]
) -> None:
    """The script is all that standard output holds; the modules are named on standard error, with their sizes."""
    opened_below(here)
    done = sweep_here("submit", "tiny.yaml", "--cluster", str(CLUSTER / "slurm.sbatch"), "--dry-run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("#!/usr/bin/env bash\n")
    assert CONTENT not in done.stdout
    assert "no file is sent" in done.stderr
    assert all(f"{here / name}  " in done.stderr for name in ("my_net.py", "my_data.py", "my_paths.py"))
    assert opened_below(here) == set()


def test_the_study_is_sent_without_where_its_results_lie(here: Path) -> None:
    """A folder of results is of this machine; the same study with another one is the same parcel."""
    study = Study.load("tiny.yaml", results=str(here / "private-results"))
    packed = pack(study, Path("tiny.yaml"))
    assert b"private-results" not in unpacked(packed.content)["tiny.yaml"]
    assert packed.content == pack(Study.load("tiny.yaml"), Path("tiny.yaml")).content


def closure(here: Path, *uses: str) -> set[str]:
    """Return the names under which what a study's functions import is sent."""
    given = {"study": "s", "data": {"use": "sweep.data:synthetic_vectors"}, "model": {"use": uses[0]}}
    return set(contents(Study.model_validate(given), here / "s.yaml").files)


def write(folder: Path, modules: dict[str, str]) -> None:
    """Write modules below a folder."""
    for name, text in modules.items():
        file = folder / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@pytest.mark.parametrize(
    ("entry", "also"),
    [
        ("import rs_pack.layers", {"rs_pack/__init__.py", "rs_pack/layers.py"}),
        ("from rs_pack import layers", {"rs_pack/__init__.py", "rs_pack/layers.py"}),
        ("from rs_pack import *", {"rs_pack/__init__.py", "rs_pack/layers.py", "rs_pack/deep.py"}),
        ("def f():\n    from rs_pack.deep import x", {"rs_pack/__init__.py", "rs_pack/deep.py", "rs_pack/layers.py"}),
        ("from rs_space.inner import net", {"rs_space/inner/net.py"}),
        ("import importlib\nimportlib.import_module('rs_pack.layers')", {"rs_pack/__init__.py", "rs_pack/layers.py"}),
        ("import rs_fast", {"rs_fast.abi3.so"}),
        ("import numpy, json, os.path, rs_nowhere", set()),
        ("try:\n    import rs_one\nexcept ImportError:\n    pass", {"rs_one.py"}),
    ],
)
def test_what_is_imported_goes_along_however_it_is_imported(here: Path, entry: str, also: set[str]) -> None:
    """Packages with all that runs on the way, by stars, in functions, without __init__, compiled."""
    exported = "__all__ = ['layers', 'deep']\n" if "*" in entry else ""
    write(here, {"rs_net": f"{entry}\n{NET}", "rs_one": "", "rs_two": "", "rs_space/inner/net": NET})
    pack = {"__init__": exported, "layers": "", "deep": "from . import layers\n", "unused": ""}
    write(here / "rs_pack", pack)
    (here / "rs_fast.abi3.so").write_bytes(b"\x7fELF")
    assert closure(here, "rs_net:build") == {"rs_net.py"} | also


def test_code_keeps_its_place_where_it_is_imported_from(here: Path, tmp_path: Path, monkeypatch: Any) -> None:
    """Modules of the study file's folder stay in it; those of a package that is installed to be edited come first."""
    edited = tmp_path / "elsewhere"
    write(edited, {"rs_edited/__init__": "from . import part\n", "rs_edited/part": ""})
    (edited / "rs_edited" / "table.json").write_text("{}")
    write(here, {"studies/rs_beside": f"import rs_edited, rs_top\n{NET}", "rs_top": ""})
    monkeypatch.syspath_prepend(str(edited))
    (here / "studies" / "s.yaml").write_text("x")
    given = {"study": "s", "data": {"use": "sweep.data:synthetic_vectors"}, "model": {"use": "rs_beside:build"}}
    found = contents(Study.model_validate(given), here / "studies" / "s.yaml")
    assert found.study_file == "studies/s.yaml"
    assert set(found.files) == {"studies/rs_beside.py", "rs_top.py", "rs_edited/__init__.py", "rs_edited/part.py"}
    assert str(edited) in found.why["rs_edited/part.py"]


def test_a_module_that_is_a_link_is_sent_as_the_list_says(here: Path, tmp_path: Path) -> None:
    """Its content goes along, and the list says where it lies."""
    (tmp_path / "shared_net.py").write_text(NET)
    (here / "rs_linked.py").symlink_to(tmp_path / "shared_net.py")
    given = {"study": "s", "data": {"use": "sweep.data:synthetic_vectors"}, "model": {"use": "rs_linked:build"}}
    found = contents(Study.model_validate(given), None)
    assert found.why["rs_linked.py"] == f"imported, a link to {tmp_path / 'shared_net.py'}"


def test_what_cannot_be_foreseen_is_said(here: Path) -> None:
    """An import by a computed name, an installed package and a model's file that stays here are each named."""
    write(here, {"rs_net": "import importlib\ndef build(name, **more):\n    return importlib.import_module(name)\n"})
    given = {"study": "s", "data": {"use": "sklearn.datasets:load_iris"}}
    study = Study.model_validate(given | {"model": {"use": "rs_net:build", "weights": "weights.h5"}})
    notes = "\n".join(contents(study, None).notes)
    assert "rs_net.py, line 3" in notes
    assert "installed: sklearn" in notes
    assert "model.weights names " in notes
    listed = Study.model_validate({**study.model_dump(), "submit": {"include": ["weights.h5"]}})
    assert "model.weights" not in "\n".join(contents(listed, None).notes)


def listed(here: Path, *entries: str) -> set[str]:
    """Return what goes along for the entries of a list."""
    given = {"study": "s", "data": {"use": "sweep.data:synthetic_vectors"}, "model": {"use": "sweep.models:dense_net"}}
    return set(contents(Study.model_validate(given | {"submit": {"include": list(entries)}}), here / "s.yaml").files)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (["people.csv"], {"people.csv"}),
        ([".env"], {".env"}),
        (["id_rsa"], {"id_rsa"}),
        (["*.csv", "faces"], {"people.csv", "faces/ann/0.png", "faces/bob/0.png"}),
        (["faces/*/0.png"], {"faces/ann/0.png", "faces/bob/0.png"}),
        (["**/*.png"], {"faces/ann/0.png", "faces/bob/0.png"}),
        (["./deploy/../notes.txt"], {"notes.txt"}),
        (["old"], None),
        (["old/other"], None),
        (["results"], None),
        (["results/x/study.json"], None),
        (["cache/x.npy"], None),
        (["env/lib/x.py"], None),
        (["*.pem"], None),
        (["deploy"], None),
        (["**/*.key"], None),
        (["nowhere/*.txt"], None),
        (["../state"], None),
        (["../../*"], None),
    ],
)
def test_a_list_takes_along_what_it_names(here: Path, entries: list[str], expected: set[str] | None) -> None:
    """Files, folders and patterns; keys and hidden files only by their exact name; results, caches, outside never."""
    (here.parent / "state").mkdir()
    (here.parent / "state" / "x.txt").write_text("x")
    if expected is None:
        with pytest.raises(InputError, match=r"submit\.include: expected"):
            listed(here, *entries)
    else:
        assert listed(here, *entries) == expected


def test_a_pattern_leaves_keys_and_links_to_elsewhere_and_says_so(here: Path, tmp_path: Path) -> None:
    """A key under any name is known by its first bytes; a link that leads outside is not followed."""
    (tmp_path / "outside.txt").write_text("x")
    (here / "assets").mkdir()
    (here / "assets" / "good.txt").write_text("x")
    (here / "assets" / "innocent.txt").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    (here / "assets" / "link.txt").symlink_to(tmp_path / "outside.txt")
    (here / "assets" / "away").symlink_to(tmp_path)
    given = {"study": "s", "data": {"use": "sweep.data:synthetic_vectors"}, "model": {"use": "sweep.models:dense_net"}}
    for entry in ("assets", "assets/*", "assets/**/*"):
        found = contents(Study.model_validate(given | {"submit": {"include": [entry]}}), None)
        assert set(found.files) == {"assets/good.txt"}
        assert "innocent.txt" in "".join(found.notes)
        assert "link.txt" in "".join(found.notes)
    for entry in ("assets/link.txt", "assets/away", "assets/away/outside.txt"):
        with pytest.raises(InputError, match="which leads to"):
            listed(here, entry)


def test_the_token_is_never_sent(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where the study names its file exactly."""
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(here / "auth_token"))
    with pytest.raises(InputError, match="never sent"):
        listed(here, "auth_token")


@pytest.mark.parametrize("entry", ["/etc/passwd", "~/x", "", " "])
def test_a_list_starts_from_the_study_file(entry: str) -> None:
    """An absolute path, a home and an empty word are refused when the study is read."""
    given = {"study": "s", "data": {"use": "sweep.data:synthetic_vectors"}, "model": {"use": "sweep.models:dense_net"}}
    with pytest.raises(ValueError, match="study file's folder"):
        Study.model_validate(given | {"submit": {"include": [entry]}})


def test_small_data_may_be_listed(here: Path) -> None:
    """A data file under a relative path that goes along is found by the job, so it is not refused."""
    given = {"study": "s", "data": {"use": "my_data:load", "root": "people.csv"}, "model": {"use": "my_net:build"}}
    with pytest.raises(InputError, match=r"data\.root names .*people\.csv, which stays here"):
        pack(Study.model_validate(given), None)
    parcel = pack(Study.model_validate(given | {"submit": {"include": ["people.csv"]}}), None)
    assert "people.csv" in unpacked(parcel.content)
