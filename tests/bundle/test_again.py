"""A study is trained, bundled, and reproduced in another folder: every bit comes back, and what parts is named."""

import json
import shutil
from pathlib import Path

import pytest

from tests.bundle.conftest import Bundled, files_in, rewritten
from tests.bundle.own_study import study_of, trained_own
from tests.bundle.test_breakers import with_manifest
from tests.one_ray import sweep_here

pytestmark = pytest.mark.tensorflow


def test_a_bundle_gives_every_bit_again_and_names_where_it_parts(
    bundled: Bundled, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code in the bundle is what runs: the author's folder is gone; another activation gives other weights."""
    path = tmp_path / "own.zip"
    bundled(trained_own(here / "results", study_of(), modules=here), out=path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    shutil.rmtree(here)
    done = sweep_here("reproduce", path, "--trust", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["reproduced"], found["equal"], len(found["trials"])) == (True, True, 2)
    assert found["packages"] == []

    files = files_in(path)
    files["code/bundled_net.py"] = files["code/bundled_net.py"].replace(b'"relu"', b'"tanh"')
    done = sweep_here("reproduce", rewritten(path, with_manifest(files)), "--trust", "--trials", "1")
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("results not reproduced: 0 of 1 trial equal to the bit\n")
    assert "First difference: weights of epoch 0" in done.stdout
    assert "the model's code" in done.stdout
