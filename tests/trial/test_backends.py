"""The seam between a trial and the library that Keras computes with."""

import json
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from sweep.errors import InputError
from sweep.explain.watched_run import generators
from sweep.store.records import Record, write_part
from sweep.study.plan import configurations
from sweep.study.study import Study
from sweep.trial import backends, seeding
from sweep.trial.environment import environment
from sweep.trial.process_state import Machine, begin_trial
from sweep.trial.versions import differing, versions_here
from tests.one_ray import sweep_here

REFERENCE = Path(__file__).parents[2] / "results" / "reference"
ANOTHER = """
NAME = "another"
PACKAGES = {"numba": "Numba"}
INSTALL = "install another"
FLAGS = {"ANOTHER_FLAG": "another way"}
GENERATOR, ONE_THREAD, DETERMINISTIC = "its generator", "one_thread()", "deterministic()"
TOLD = []


def begin(*, threads, determinism, gpus, share, memory):
    TOLD.append((threads, determinism, gpus, share, memory))


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
    names = ["git_commit", *(name for name in environment(Machine()) if name != "cpu_features")]  # since release 0.2
    record = Record({"trial_id": "0" * 16, "attempt": 0}, environment={name: stored[name] for name in names})
    said = pq.read_schema(write_part(tmp_path, record)).metadata[b"trial"]
    assert json.loads(said)["env_id"] == stored["env_id"]


@pytest.mark.usefixtures("another")
def test_a_second_backend_is_one_file(tmp_path: Path) -> None:
    """It is told how the trial computes, seeds its generator, and names itself, its packages and its flags."""
    begin_trial(Machine(threads=3, determinism=False, gpus="0", share=0.5, memory=512), str(tmp_path / "nowhere"))
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "0"
    seeding.seed_generators({"another": 7, "tensorflow": 8})
    assert backends.current().TOLD == [(3, False, "0", 0.5, 512), 7]  # type: ignore[attr-defined]
    found = environment(Machine(gpus="0"))
    assert (found["backend"], found["gpu_model"], found["flag.ANOTHER_FLAG"]) == ("another", "a GPU", "on")
    assert found["version.numba"] != ""
    assert generators() == ("python", "numpy", "another", "own")
    assert not {"version.tensorflow", "flag.TF_XLA_FLAGS"} & set(found)
    assert differing(versions_here("another"), versions_here("another") | {"numba": "0.1"}).startswith("Expected numba")


@pytest.mark.tensorflow
@pytest.mark.parametrize(("memory", "expected"), [(4096, {"limit": 4096.0}), (None, {"growth": True})])
def test_a_gpu_is_shared_by_growth_or_by_a_limit(
    memory: int | None, expected: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """TensorFlow's logical device is made with the MiB that the study names; without them its memory grows."""
    import tensorflow as tf

    from sweep.trial.backends import tensorflow

    told: dict[str, object] = {}
    for name in ("set_intra_op_parallelism_threads", "set_inter_op_parallelism_threads"):
        monkeypatch.setattr(tf.config.threading, name, lambda count: None)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["a GPU"])
    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", lambda _, grow: told.update(growth=grow))
    monkeypatch.setattr(
        tf.config, "set_logical_device_configuration", lambda _, made: told.update(limit=made[0].memory_limit)
    )
    tensorflow.begin(threads=1, determinism=False, gpus="0", share=0.25, memory=memory)
    assert told == expected
    asked = small(resources={"gpu": 0.25, "gpu_memory": "4 GiB"}).resources
    assert (asked.gpu_memory_mib, small(resources={"gpu": 1}).resources.gpu_memory_mib) == (4096, None)


def test_a_backend_without_a_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows how its trials are made repeatable; the known ones and the nearest are named."""
    monkeypatch.setenv("KERAS_BACKEND", "tensorflo")
    with pytest.raises(InputError, match=r"one of jax, tensorflow\. Received: tensorflo\. .*tensorflow.*KERAS_BACKEND"):
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


def small(**keys: object) -> Study:
    """Return a study of one model."""
    return Study.model_validate(
        {"study": "small", "data": {"use": "sweep.data:synthetic_vectors"}, "model": {"use": "sweep.models:dense_net"}}
        | keys
    )


def test_the_backend_is_part_of_a_trials_id() -> None:
    """Whether it says TensorFlow or nothing, a study has the ids that it always had."""
    silent, said, other = (
        configurations(small(**keys)) for keys in ({}, {"backend": "tensorflow"}, {"backend": "jax"})
    )
    assert (silent[0].config_id, silent[0].key) == (said[0].config_id, said[0].key) == ("4825c93c7527", "bbd61664638e")
    assert other[0].key != silent[0].key
    assert other[0].hp == silent[0].hp | {"backend": "jax"}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"backend": "torch"}, "tensorflow or jax. Received: torch, .* by `trial`, with `preload: .torch.`"),
        ({"backend": "jaxx"}, "Received: 'jaxx'. Did you mean 'jax'"),
        ({"backend": "jax", "model": None, "trial": {"use": "my:trial"}}, "'trial' without backend"),
    ],
)
def test_a_backend_that_cannot_be_is_refused(keys: dict[str, object], message: str) -> None:
    """PyTorch comes in by another door; a trial of the user's own knows no Keras."""
    with pytest.raises(ValidationError, match=message):
        small(**keys)


def test_a_study_without_a_word_and_keras_with_another_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Either could be meant; a study that names its backend is followed."""
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    with pytest.raises(InputError, match=r"Keras is set to jax here\. Received: no word\. Write `backend: tensorflow`"):
        backends.check(small())
    said = small(backend="tensorflow")
    backends.check(said)
    assert backends.variables(said) == {"KERAS_BACKEND": "tensorflow"}
    monkeypatch.delenv("KERAS_BACKEND")
    assert backends.variables(said) == backends.variables(small()) == {}


@pytest.mark.skipif(find_spec("jax") is not None, reason="JAX is installed")
@pytest.mark.parametrize("words", [("run",), ("check",), ("plan",)])
def test_a_backend_that_is_not_installed_is_one_message(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the extra that installs it, before anything starts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    (tmp_path / "small.yaml").write_text(json.dumps(small(backend="jax").model_dump(mode="json")))
    done = sweep_here(*words, "small.yaml")
    assert done.returncode == 2
    assert "Expected JAX to be installed" in done.stderr
    assert "pip install 'seedsweep[jax]'" in done.stderr
    assert not [file for file in (tmp_path / "results").rglob("*") if file.is_file()]


def test_jax_is_told_how_a_trial_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before JAX is loaded: threads, deterministic kernels once, the part of a GPU's memory."""
    told: dict[str, object] = {}
    monkeypatch.setitem(sys.modules, "jax", SimpleNamespace(config=SimpleNamespace(update=told.__setitem__)))
    for name in ("PJRT_NPROC", "XLA_FLAGS", "XLA_PYTHON_CLIENT_MEM_FRACTION"):
        monkeypatch.setenv(name, "")  # so that it is put back
        monkeypatch.delenv(name)
    monkeypatch.setenv("XLA_FLAGS", "--xla_dump_to=there")
    framework = import_module("sweep.trial.frameworks.jax")
    for _ in range(2):
        assert framework.begin(threads=2, determinism=True, gpus="0", share=0.25, memory=None) == ()
    assert os.environ["PJRT_NPROC"] == "2"
    assert os.environ["XLA_FLAGS"] == "--xla_dump_to=there --xla_gpu_deterministic_ops=true"
    assert os.environ["XLA_PYTHON_CLIENT_MEM_FRACTION"] == "0.225"
    assert told == {}
    framework.begin(threads=1, determinism=True, gpus="", share=1.0, memory=None)
    assert told == {"jax_platforms": "cpu", "jax_enable_compilation_cache": False}
