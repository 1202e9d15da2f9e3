"""A trial's bits depend on what its id names, and on nothing else."""

import pytest

from sweep.machine import process
from tests.driver.runs import DIGESTS

pytestmark = pytest.mark.tensorflow


def digests(record):
    """Return the three digests of a record."""
    assert record.trial["status"] == "ok", record.trial["error"]
    return tuple(record.trial[name] for name in DIGESTS)


def test_a_seed_decides_the_bits(run_one):
    """The same seed agrees, another differs in weights and scores, and the first seed again gives the first bits."""
    first, other, again = (digests(run_one(seed)[0]) for seed in (3, 4, 3))
    assert first == again
    assert all(a != b for a, b in zip(first, other, strict=True))


def test_a_spawned_process_gives_the_bits_of_a_forked_one(run_one, monkeypatch):
    """A cold start, with TensorFlow imported anew, trains the same bits as a fork of the warm server."""
    warm = digests(run_one(0)[0])
    monkeypatch.setattr(process, "START_METHOD", "spawn")
    assert digests(run_one(0)[0]) == warm


@pytest.mark.parametrize("stream", ["init", "order", "dropout", "augment"])
def test_a_stream_is_independent_of_the_others(run_one, stream):
    """Varying one stream alone changes the training, and touches the initial weights only if it is "init"."""
    still = {"init": 0, "order": 0, "dropout": 0, "augment": 0, "split": 0}
    others = {name: seed for name, seed in still.items() if name != stream}
    (init, final, _), (other_init, other_final, _) = (
        digests(run_one(seed, hold=others, model={"use": "odd_models:noisy"})[0]) for seed in (0, 1)
    )
    assert (init == other_init) == (stream != "init")
    assert final != other_final


def test_all_streams_held_still_make_every_seed_equal(run_one):
    """With nothing left to vary, two seeds give one result."""
    still = {"init": 0, "order": 0, "dropout": 0, "augment": 0, "split": 0}
    assert digests(run_one(0, hold=still)[0]) == digests(run_one(1, hold=still)[0])


def test_an_unseeded_generator_of_the_user_does_not_pass_unnoticed_as_the_seed(run_one):
    """A model that draws from NumPy's global generator repeats, since the session seeds that generator too."""
    a, b = (digests(run_one(0, model={"use": "odd_models:draws_from_numpy"})[0]) for _ in range(2))
    assert a == b
