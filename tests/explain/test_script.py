"""`sweep explain --script` names what changes a training of the user's, and says nothing of a deterministic one."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.tensorflow
HERE = Path(__file__).parent
GENERATOR = "unseeded generator: "
CARRIED = "carried-over model or optimizer"
ORDER = "same order in every epoch"


@pytest.fixture
def explain(monkeypatch):
    """Return a function: name of a loop -> its answer, run in this process's fork server."""
    from sweep.explain.script import explain_script

    monkeypatch.chdir(HERE)

    return lambda name: explain_script(f"loops:{name}")


def test_the_loop_with_the_model_inside_repeats_and_carries_nothing_over(explain):
    """Seeded and built anew in each turn: the same bits each time; only the order that Keras replays is told."""
    answer = explain("model_inside")
    assert answer.repeats
    assert answer.n_fits == 3
    assert answer.found == (ORDER,)


@pytest.mark.thorough
def test_the_loop_with_the_model_outside_carries_its_weights_over(explain):
    """Seeding each turn does not reset the model: the second fit starts where the first ended."""
    answer = explain("model_outside")
    assert answer.repeats
    assert CARRIED in answer.found
    (cause,) = [cause for cause in answer.causes if cause.name == CARRIED]
    assert "fit 2 of 3" in cause.evidence
    assert "step 6" in cause.evidence  # 24 samples in batches of 8, two epochs


def test_an_unseeded_script_names_the_generators_that_act(explain):
    """Weights come from Python's generator, the order from TensorFlow's; NumPy's has no part."""
    answer = explain("unseeded")
    assert not answer.repeats
    assert {GENERATOR + "python", GENERATOR + "tensorflow"} <= set(answer.found)
    assert GENERATOR + "numpy" not in answer.found
    assert CARRIED not in answer.found


def test_np_random_in_the_data_is_named(explain):
    """With Keras's generators seeded, what is left is NumPy's."""
    answer = explain("numpy_in_data")
    assert not answer.repeats
    assert [name for name in answer.found if name.startswith(GENERATOR)] == [GENERATOR + "numpy"]


def test_a_generator_without_a_seed_is_named_with_its_line(explain):
    """`default_rng()` in the code is found, with file and line."""
    answer = explain("own_generator")
    assert [name for name in answer.found if name.startswith(GENERATOR)] == [GENERATOR + "own"]
    (cause,) = [cause for cause in answer.causes if cause.name == GENERATOR + "own"]
    assert "np.random.default_rng() in loops.py, line" in cause.evidence


def test_a_deterministic_script_is_said_to_be_so(command, tmp_path):
    """A file that seeds and orders its own samples: exit code 0, nothing found; by command, with --json."""
    script = tmp_path / "quiet.py"
    script.write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(HERE)!r})\n"
        "import keras, numpy as np\n"
        "from loops import compiled, data\n"
        "if __name__ == '__main__':\n"
        "    keras.utils.set_random_seed(7)\n"
        "    model, (x, y) = compiled(), data(np.random.default_rng(1))\n"
        "    for epoch in range(1):\n"
        "        rows = np.random.default_rng(epoch).permutation(len(x))\n"
        "        model.fit(((x[rows], y[rows]) for _ in range(1)), steps_per_epoch=1, verbose=0)\n"
    )
    code, answer, errors = command("explain", "--script", script)
    assert code == 0, errors
    assert answer["repeats"]
    assert answer["found"] == []


def test_bad_targets_are_one_message(command, tmp_path):
    """A file that is not there, one that fails, one that trains nothing, and no target at all: exit code 2."""
    (tmp_path / "fails.py").write_text("raise RuntimeError('broken')\n")
    assert command("explain", "--script", tmp_path / "none.py")[0] == 2
    code, _, errors = command("explain", "--script", tmp_path / "fails.py")
    assert (code, "RuntimeError: broken (fails.py, line 1)" in errors) == (2, True), errors
    assert command("explain")[0] == 2
