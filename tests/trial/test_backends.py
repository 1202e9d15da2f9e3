"""The seam between a trial and the library that Keras computes with."""

import json
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sweep.errors import InputError
from sweep.explain.watched_run import generators
from sweep.store.records import Record, write_part
from sweep.trial import backends, seeding
from sweep.trial.environment import environment
from sweep.trial.process_state import Machine, begin_trial
from sweep.trial.versions import differing, versions_here

REFERENCE = Path(__file__).parents[2] / "results" / "reference"
ANOTHER = """
NAME = "another"
PACKAGES = {"numba": "Numba"}
FLAGS = {"ANOTHER_FLAG": "another way"}
GENERATOR, ONE_THREAD, DETERMINISTIC = "its generator", "one_thread()", "deterministic()"
TOLD = []


def begin(*, threads, determinism, gpus):
    TOLD.append((threads, determinism, gpus))


def seed(seed):
    TOLD.append(seed)


def gpu_models():
    return "a GPU"
"""


@pytest.fixture
def another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second backend: one file."""
    (tmp_path / "another.py").write_text(ANOTHER)
    monkeypatch.setattr(backends, "__path__", [*backends.__path__, str(tmp_path)])
    monkeypatch.setenv("KERAS_BACKEND", "another")
    monkeypatch.setenv("ANOTHER_FLAG", "on")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")


def test_tensorflow_says_of_the_environment_what_it_always_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No name more, none less: an equal environment has the stored env_id."""
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    stored = pq.read_table(REFERENCE / "environments.parquet").to_pylist()[0]
    names = ["git_commit", *environment(Machine())]
    record = Record({"trial_id": "0" * 16, "attempt": 0}, environment={name: stored[name] for name in names})
    said = pq.read_schema(write_part(tmp_path, record)).metadata[b"trial"]
    assert json.loads(said)["env_id"] == stored["env_id"]


@pytest.mark.usefixtures("another")
def test_a_second_backend_is_one_file(tmp_path: Path) -> None:
    """It is told how the trial computes, seeds its generator, and names itself, its packages and its flags."""
    begin_trial(Machine(threads=3, determinism=False, gpus="0"), str(tmp_path / "nowhere"))
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "0"
    seeding.seed_generators({"another": 7, "tensorflow": 8})
    assert backends.current().TOLD == [(3, False, "0"), 7]  # type: ignore[attr-defined]
    found = environment(Machine(gpus="0"))
    assert (found["backend"], found["gpu_model"], found["flag.ANOTHER_FLAG"]) == ("another", "a GPU", "on")
    assert found["version.numba"] != ""
    assert generators() == ("python", "numpy", "another", "own")
    assert not {"version.tensorflow", "flag.TF_XLA_FLAGS"} & set(found)
    assert differing(versions_here(), versions_here() | {"numba": "0.1"}).startswith("Expected numba")


def test_a_backend_without_a_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows how its trials are made repeatable; the known ones and the nearest are named."""
    monkeypatch.setenv("KERAS_BACKEND", "tensorflo")
    with pytest.raises(InputError, match=r"one of tensorflow\. Received: tensorflo\. .*tensorflow.*KERAS_BACKEND"):
        backends.current()


def test_kerass_settings_file_names_the_backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable comes first, as for Keras; a file that cannot be read means TensorFlow."""
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert backends.current().NAME == "tensorflow"
    (tmp_path / "keras.json").write_text('{"backend": "torch"}')
    with pytest.raises(InputError, match="Received: torch"):
        backends.current()
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    assert backends.current().NAME == "tensorflow"
