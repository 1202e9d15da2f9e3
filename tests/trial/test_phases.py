"""Training in phases: another optimizer on other layers, epochs numbered on, and the measure of a study's own."""

import pytest

from sweep.study.plan import configurations
from sweep.study.study import Study

SMALL = {"use": "sweep.models:dense_net", "units": [8, 4]}
BASE = {"study": "p", "data": {"use": "sweep.data:synthetic_vectors"}, "model": SMALL}


def test_a_study_without_phases_keeps_its_id_and_columns():
    """What is newer than the first ids shows neither in the id nor in hp.* where it is not set."""
    (plain,) = configurations(Study(**BASE))
    (spelled,) = configurations(Study(**BASE, train={"momentum": None, "trainable_from": None, "then": None}))
    (phased,) = configurations(Study(**BASE, train={"then": [{"optimizer": "sgd", "epochs": 2}]}))
    (measured,) = configurations(Study(**BASE, measure={"use": "phases:width"}))
    assert plain.config_id == spelled.config_id
    assert len({one.config_id for one in (plain, phased, measured)}) == 3
    assert not {"train.momentum", "train.trainable_from", "train.then"} & set(plain.hp)
    assert "sgd" in phased.hp["train.then"]


@pytest.mark.tensorflow
def test_phases_train_their_layers_and_number_their_epochs_on(run_one):
    """The first phase moves the last layer alone, the second the layers from `dense_1` on; epochs run from 0 to 4."""
    then = [{"optimizer": "sgd", "learning_rate": 0.1, "momentum": 0.9, "epochs": 3, "trainable_from": 2}]
    train = {"optimizer": "rmsprop", "epochs": 2, "trainable_from": 3, "keep": "last", "then": then}
    record, _ = run_one(model=SMALL, train=train)
    epochs = record.epochs
    assert [one["epoch"] for one in epochs] == [0, 1, 2, 3, 4]
    assert (record.trial["epochs"], record.trial["kept_epoch"]) == (5, 4)
    assert len({one["order_sha256"] for one in epochs}) == 5
    layers = [[one["layers_sha256"][at : at + 12] for at in (0, 12, 24)] for one in epochs]
    first, second, last = (len({one[at] for one in layers}) for at in (0, 1, 2))
    assert (first, second, last) == (1, 4, 5)


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("train", "said"),
    [
        ({"trainable_from": "dense_9"}, "Received: dense_9. Did you mean"),
        ({"trainable_from": 40}, "expected a layer from 0 to 4. Received: 40"),
        ({"optimizer": "adam", "momentum": 0.5}, "expected an optimizer with momentum"),
    ],
)
def test_a_phase_that_does_not_fit_the_model_is_one_message(run_one, train, said):
    """A layer that is not there, and momentum where there is none, fail the trial with what to write instead."""
    record, _ = run_one(model=SMALL, train=train)
    assert record.trial["status"] == "failed"
    assert said in record.trial["error"]


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ({"use": "measures:weights_of", "times": 2.0}, {"n_weights": 2.0 * 97}),
        ({"use": "measures:takes_a_name"}, "expected names that the task does not have. Received: auc"),
        ({"use": "measures:returns_a_word"}, "to return a mapping name -> number. Received: {'a': 'b'}"),
    ],
)
def test_a_measure_of_the_study_is_stored_beside_the_metrics(run_one, measure, expected):
    """It is called with model, splits and its keywords; anything but new names with numbers is refused."""
    record, _ = run_one(model=SMALL, train={"epochs": 1}, measure=measure)
    if isinstance(expected, dict):
        assert expected.items() <= record.trial["metric"].items()
        assert "auc" in record.trial["metric"]
    else:
        assert expected in record.trial["error"]
        assert record.trial.keys().isdisjoint({"metric", "check", "threshold"}), "a failed trial has no metrics"
