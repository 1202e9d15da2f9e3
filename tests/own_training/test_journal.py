"""What `run` keeps: early stopping as Keras counts, digests of any weights, one generator a stream."""

from typing import Any

import numpy as np
import pytest

from sweep.errors import InputError
from sweep.machine.streams import stream_seeds
from sweep.study.train import EarlyStopping
from sweep.trial.handed_weights import digest_of
from sweep.trial.journal import Journal
from sweep.trial.run import Run


def run_with(stopping: EarlyStopping | None = None, **dev: float) -> Run:
    """Return the `run` of a fit whose dev metrics are these."""
    journal = Journal("fit", stream_seeds(0, {"split": 0}), lambda scores: dev, early_stopping=stopping)
    return Run("0" * 16, 0, {}, journal)


def stops_after(losses: list[float], **keys: Any) -> int | None:
    """Return after how many epochs a loop stops that asks run.should_stop; None where it never does."""
    run = run_with(EarlyStopping(**{"monitor": "loss", **keys}))
    for n, loss in enumerate(losses, 1):
        run.epoch(loss=loss)
        if run.should_stop:
            return n
    return None


@pytest.mark.parametrize("patience", [0, 1, 2, 3])
@pytest.mark.parametrize("min_delta", [0.0, 0.15])
@pytest.mark.tensorflow
def test_early_stopping_counts_as_keras_does(patience: int, min_delta: float) -> None:
    """On the same losses the loop ends after the same epoch as Keras's callback."""
    import keras

    losses = [1.0, 0.9, 0.85, 0.86, 0.7, 0.71, 0.69, 0.8, 0.9, 1.0]
    callback = keras.callbacks.EarlyStopping(monitor="loss", patience=patience, min_delta=min_delta, mode="min")
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.stop_training = False
    callback.set_model(model)
    callback.on_train_begin()
    ended = None
    for n, loss in enumerate(losses):
        callback.on_epoch_end(n, {"loss": loss})
        if model.stop_training:
            ended = n + 1
            break
    assert stops_after(losses, patience=patience, min_delta=min_delta) == ended


def test_more_is_better_where_the_catalogue_says_so() -> None:
    """An accuracy that rises is no reason to stop."""
    run = run_with(EarlyStopping(monitor="val_accuracy", patience=1))
    for accuracy in (0.1, 0.2, 0.3):
        run._journal.dev = lambda scores, accuracy=accuracy: {"val_accuracy": accuracy}
        run.epoch()
        assert not run.should_stop
    run.epoch()
    assert run.should_stop


def test_an_unknown_monitor_names_what_is_told() -> None:
    """The numbers of the epoch may be watched, and the nearest is named."""
    run = run_with(EarlyStopping(monitor="lss"), val_eer=0.2)
    with pytest.raises(InputError, match=r"expected one of loss, val_eer\. Received: lss\. Did you mean 'loss'"):
        run.epoch(loss=1.0)


def test_a_generator_goes_on_where_it_was() -> None:
    """A second call for a stream does not start again; another trial with the same seed draws the same."""
    run, twin = run_with(), run_with()
    drawn = [run.rng("order").random() for _ in range(3)]
    assert len(set(drawn)) == 3
    assert drawn == [twin.rng("order").random() for _ in range(3)]
    assert run.seed("order") != run.seed("init")


def test_digests_follow_values_names_and_shapes() -> None:
    """Whatever holds the arrays, a changed bit, name or shape is another digest; layers are named by their paths."""
    state = {"fc.weight": np.ones((2, 3)), "fc.bias": np.zeros(2), "step": 3}
    found = digest_of(state)
    assert list(found.layers) == ["fc", "step"]
    assert found.sizes == {"fc": 8, "step": 1}
    assert digest_of(dict(state)).whole == found.whole
    for changed in (
        state | {"fc.bias": np.array([0.0, 1e-300])},
        state | {"fc.weight": np.ones((3, 2))},
        state | {"fc.weight": np.ones((2, 3), np.float32)},
        {"gc.weight" if key == "fc.weight" else key: value for key, value in state.items()},
    ):
        assert digest_of(changed).whole != found.whole
    assert digest_of(b"abc").whole != digest_of(b"abd").whole
    assert digest_of([[1.0], {"a": [2.0]}]).sizes == {"0": 1, "1/a": 1}
