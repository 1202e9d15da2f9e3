"""What is sent to a cluster, what stays, and what is refused before it is sent."""

import io
import re
import stat
import zipfile
from pathlib import Path

import pytest

from sweep.errors import InputError
from sweep.study.study import Study
from sweep.submit import parcel
from sweep.submit.token import read_token

SWEEP = Path(__file__).parents[2] / "sweep"


@pytest.fixture
def here(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's folder as the current one."""
    monkeypatch.chdir(place)
    return place


def names(packed: parcel.Parcel) -> set[str]:
    """Return the files of a parcel, without Seed Sweep's own."""
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        return {name for name in archive.namelist() if not name.startswith("sweep/")}


def test_our_own_code_is_sent(here: Path) -> None:
    """The nodes need the packages of the lock file alone: all that a job imports goes along, data as well."""
    packed = parcel.pack(Study.load("tiny.yaml"), Path("tiny.yaml"))
    assert names(packed) == {"tiny.yaml", "my_net.py", parcel.STORED}
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        sent = {name for name in archive.namelist() if name.startswith("sweep/")}
    every = {path for path in SWEEP.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    every -= {path for path in every if path.relative_to(SWEEP).parts[0] in parcel.STAYS}
    assert sent == {path.relative_to(SWEEP.parent).as_posix() for path in every}
    doors = {SWEEP / "__init__.py", SWEEP / "__main__.py"}
    rooms = re.compile(rf"sweep\.({'|'.join(parcel.STAYS)})\b")
    assert [path for path in every - doors if path.suffix == ".py" and rooms.search(path.read_text())] == []
    assert {"sweep/study/former_code.json", "sweep/studies/demo.yaml", "sweep/models/residual.npz"} <= sent


def test_a_study_of_our_own_functions_sends_no_file_of_the_person(here: Path) -> None:
    """A built-in study takes nothing from the folder in which the command is given."""
    assert names(parcel.pack(Study.load("demo"), None)) == {"demo.yaml", parcel.STORED}


def test_equal_content_is_the_same_parcel(here: Path) -> None:
    """Packed twice, files touched in between: the same bytes, which the cluster knows again."""
    study = Study.load("tiny.yaml")
    first = parcel.pack(study, Path("tiny.yaml"))
    (here / "my_net.py").touch()
    assert parcel.pack(study, Path("tiny.yaml")).content == first.content
    (here / "my_net.py").write_text("changed = True\n")
    assert parcel.pack(study, Path("tiny.yaml")).digest != first.digest


def test_too_much_to_send_is_refused_with_the_largest_named(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data that are listed are found before they are sent, and named with their size."""
    monkeypatch.setattr(parcel, "MOST", 2 * 2**20)
    (here / "frames").mkdir()
    (here / "frames" / "one.bin").write_bytes(b"x" * 3 * 2**20)
    with pytest.raises(InputError, match=r"at most 2.0 MB to send. Received: 3.0 MB: frames/ 3.0 MB"):
        parcel.pack(Study.load("tiny.yaml", submit={"include": ["frames"]}), Path("tiny.yaml"))


def test_data_that_stay_here_are_named(here: Path) -> None:
    """A relative path to data, which no node could open, is refused with what to do."""
    (here / "Faces").mkdir()
    study = Study.load("tiny.yaml", data={"use": "sweep.data:image_folder", "root": "Faces", "image_size": [8, 8]})
    with pytest.raises(InputError, match=r"data.root names .*Faces, which stays here"):
        parcel.pack(study, Path("tiny.yaml"))


def test_the_token_is_read_where_ray_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """RAY_AUTH_TOKEN, then RAY_AUTH_TOKEN_PATH, then ~/.ray/auth_token; it is no part of what is printed."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    assert read_token().headers == {}
    for name, text in ((".ray/auth_token", "at-home"), ("named", "by-path")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{text}\n")
        (tmp_path / name).chmod(0o600)
    assert read_token().text == "at-home"
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "named"))
    assert read_token().headers == {"Authorization": "Bearer by-path"}
    assert "by-path" not in repr(read_token())
    monkeypatch.setenv("RAY_AUTH_TOKEN", "by-name")
    assert read_token().text == "by-name"


def test_a_token_that_others_can_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray writes its token's file readable for everybody; that is said, with the command that mends it."""
    file = tmp_path / "token"
    file.write_text("abc")
    file.chmod(0o644)
    monkeypatch.delenv("RAY_AUTH_TOKEN", raising=False)
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(file))
    with pytest.raises(InputError, match=f"chmod 600 {file}"):
        read_token()
    file.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert read_token().text == "abc"
