"""`sweep verify` says equal of equal trials, and names stage and cause of every planted difference."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.ray


@contextmanager
def planted(file: Path, text: str) -> Iterator[None]:
    """Write a file for a while, and put back what stood there."""
    before = file.read_text() if file.exists() else None
    file.write_text(text)
    try:
        yield
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before)


@pytest.fixture
def verify(command, command_here, faces_results):
    """Return a function: (options, variables) -> the one trial that `sweep verify` ran again, its exit code checked.

    With variables the command has a process of its own; else this process gives it.
    """
    results, modules = faces_results

    def run(*options, differs=True, **variables):
        give = command if variables else command_here
        code, found, errors = give("verify", results, "--modules", modules, *options, **variables)
        assert code == int(differs), errors
        assert found["equal"] is not differs
        return found["trials"][0]

    return run


def test_an_equal_trial_is_equal(verify):
    """The same code, data and machine give every bit again."""
    assert verify(differs=False)["difference"] is None


def test_a_cluster_gives_the_same_bits_and_leaves_nothing_behind(verify, faces_results):
    """Run through Ray, the trial is equal too; the folder of results is as it was."""
    before = sorted(path.name for path in faces_results[0].iterdir())
    assert verify("--address", "local", differs=False)["difference"] is None
    assert sorted(path.name for path in faces_results[0].iterdir()) == before


def test_another_thread_count_is_named_and_proven(verify):
    """With two threads the first epoch's weights differ; the cause is the thread count, and the step is found."""
    found = verify("--threads", "2")
    assert found["difference"]["stage"] == "weights"
    assert found["difference"]["epoch"] == 0
    assert found["difference"]["step"] is not None
    assert found["difference"]["layer"]
    assert "thread count, 2 instead of 1" in found["cause"]
    assert found["proven"]


@pytest.mark.thorough
def test_another_onednn_is_named_and_proven(verify):
    """A flag of the environment that changes bits is the cause, shown by putting it back."""
    asked = "from tensorflow.python.util import _pywrap_util_port as port; print(int(port.IsMklEnabled()))"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    other = "0" if said.split()[-1] == "1" else "1"  # TensorFlow chooses by the processor
    found = verify(TF_ENABLE_ONEDNN_OPTS=other)
    assert found["difference"]["stage"] == "weights"
    assert f"oneDNN, {other} instead of unset" in found["cause"]
    assert found["proven"]


def test_another_byte_of_the_data_is_named(verify, faces_results):
    """One pixel changed by one: the stage is data, with the sample."""
    with planted(faces_results[1] / "byte", ""):
        found = verify()
    assert found["difference"]["stage"] == "data"
    assert "inputs of 1 of" in found["difference"]["detail"]
    assert "in test" in found["difference"]["detail"]
    assert "does not give the data that the stored trial used" in found["cause"]


def test_another_initialiser_is_named(verify, faces_results):
    """Another Keras initialiser shows in the initial weights of its layer, and the model's code is what differs."""
    module = faces_results[1] / "planted.py"
    with planted(module, module.read_text().replace('"glorot_uniform"', '"he_normal"')):
        found = verify()
    assert found["difference"]["stage"] == "initial weights"
    assert found["difference"]["layer"] == "dense"
    assert found["difference"]["size"] == 32 * 16 + 16
    assert "the model's code" in found["cause"]


def test_a_layer_patched_in_epoch_3_is_named(verify, faces_results):
    """One weight moved by a millionth at the end of epoch 3: that epoch, that layer, and nothing recorded as cause."""
    with planted(faces_results[1] / "patch", "3"):
        found = verify()
    assert (found["difference"]["stage"], found["difference"]["epoch"]) == ("weights", 3)
    assert found["difference"]["layer"] == "dense_1"
    assert found["difference"]["n_layers"] == 1
    assert "no recorded setting differs" in found["cause"]


def test_results_that_are_not_there_are_one_message(command_here, tmp_path):
    """A wrong folder, and a wrong number of trials, end with exit code 2."""
    assert command_here("verify", tmp_path)[0] == 2
    code, _, errors = command_here("verify", tmp_path, "--trials", "none")
    assert code == 2
    assert "Expected" in errors
