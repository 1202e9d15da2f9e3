"""What a built-in data function gave is known the next time without a call; a user's function is called each time."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from sweep.data import Prepared
from sweep.machine.folders import cache_folder
from sweep.study.study import Study
from sweep.trial import data_process
from sweep.trial.data_process import DataProcess


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Use a cache of this test's own, and the module of odd functions beside this file."""
    monkeypatch.setenv("SEEDSWEEP_CACHE", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


def prepare(use: str, seed: int = 0, **keywords: Any) -> Prepared:
    """Return the data of a study with this function."""
    study = Study.model_validate(
        {"study": "s", "data": {"use": use, **keywords}, "model": {"use": "sweep.models:dense_net"}}
    )
    with DataProcess() as process:
        return process.prepare(study, seed)


@pytest.fixture
def no_process(monkeypatch: pytest.MonkeyPatch):
    """Return a function that forbids to start a data process from now on."""

    def forbid() -> None:
        monkeypatch.setattr(data_process.subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))

    return forbid


VECTORS: dict[str, Any] = {"use": "sweep.data:synthetic_vectors", "subjects": [6, 4, 4], "samples": 3, "features": 4}


def test_a_built_in_function_is_called_once(no_process) -> None:
    """The second time all that it gave is known, findings and counts too, and the arrays are those of the first."""
    first = prepare(**VECTORS)
    no_process()
    assert prepare(**VECTORS) == first


@pytest.mark.parametrize("change", ["keywords", "lost arrays", "torn note"])
def test_what_is_not_known_for_sure_is_made_again(change: str, no_process) -> None:
    """Other keywords, arrays that were deleted and a note that was cut off: the function is called."""
    first = prepare(**VECTORS)
    asked = dict(VECTORS)
    if change == "keywords":
        asked["features"] = 5
    elif change == "lost arrays":
        shutil.rmtree(first.path)
    else:
        for note in (cache_folder() / "answers").glob("*.json"):
            note.write_text(note.read_text()[:40])
    again = prepare(**asked)
    assert again.path.is_dir()
    assert (again == first) == (change != "keywords")
    shutil.rmtree(cache_folder())
    no_process()
    with pytest.raises(BaseException, match="a process was started"):
        prepare(**VECTORS)


def test_a_users_function_is_called_each_time(no_process) -> None:
    """Its data may be others, without a word in the study."""
    prepare("odd_data:plain")
    no_process()
    with pytest.raises(BaseException, match="a process was started"):
        prepare("odd_data:plain")
