"""Paths as a person writes them: what a shell would make of them, or a refusal."""

from pathlib import Path
from typing import Any

import pytest

import sweep
from sweep.errors import InputError
from sweep.running.opening import results_folder
from sweep.store.paths import path_of
from sweep.study.study import Study


def study(**changes: Any) -> Study:
    """Return a small study with some keys changed."""
    fixed = {"study": "faces", "data": {"use": "mine:load"}, "model": {"use": "mine:build"}}
    return Study.model_validate(fixed | changes)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, and a variable with a path."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FACES", "/srv/faces")
    return tmp_path


@pytest.mark.parametrize("said", ["$HOME/res", "${HOME}/res", "~/res"])
def test_results_mean_what_they_mean_in_a_shell(home: Path, said: str) -> None:
    """A variable and the home are opened up."""
    assert results_folder(study(results=said)) == home / "res" / "faces"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("$NOBODY_SET_THIS/res", "NOBODY_SET_THIS is not set"),
        ("${oc.env:HOME}/res", "which another program would read"),
        ("s3:/bucket/x", "Did you mean 's3://bucket/x'"),
        ("gs:bucket", "Did you mean 'gs://bucket'"),
        ("~nobody-of-this-name/res", "nobody here is called"),
        ("a\0b", "a zero byte"),
        ("x" * 300, "more than 255 bytes"),
        ("", "which is empty"),
    ],
)
def test_results_that_are_no_place_are_refused(home: Path, said: str, message: str) -> None:
    """What no shell would take, and what only looks like an address, makes no folder of that name."""
    with pytest.raises(ValueError, match=message):
        study(results=said)


def test_paths_among_keywords_are_opened_up(home: Path) -> None:
    """In data, model and measure, in lists and mappings; a pattern with a $ stays what it is."""
    said = {
        "root": "$FACES/raw",
        "plain": "$FACES",
        "home": "~/x",
        "pattern": r"(?P<subject>\d+)$",
        "of/both": "a/b$",
        "files": ["${FACES}/a.csv", {"b": "$FACES/b"}],
    }
    found = study(data={"use": "mine:load", **said}).data.keywords
    assert found == {
        "root": "/srv/faces/raw",
        "plain": "/srv/faces",
        "home": f"{home}/x",
        "pattern": r"(?P<subject>\d+)$",
        "of/both": "a/b$",
        "files": ["/srv/faces/a.csv", {"b": "/srv/faces/b"}],
    }
    assert study(model={"use": "mine:build", "weights": "$FACES/w.npz"}).model.keywords == {
        "weights": "/srv/faces/w.npz"
    }


def test_our_own_functions_open_the_home_up_where_they_run(home: Path) -> None:
    """Another machine has another home."""
    found = study(data={"use": "sweep.data:image_folder", "root": "~/Faces"}).data.keywords
    assert found == {"root": "~/Faces"}


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "\ud800", "~nobody-of-this-name", "s3:/b", ""])
def test_a_name_that_no_file_can_have_is_one_message(name: str) -> None:
    """From Python, too, whatever is asked for."""
    for call in (path_of, sweep.load, Study.load):
        with pytest.raises(InputError) as caught:
            call(name)
        assert len(str(caught.value)) < 600
        str(caught.value).encode()
