"""Trainings on batches that the data function hands out: they repeat to the bit, and end with one message."""

from typing import Any

import pytest

from sweep.errors import InputError
from sweep.machine import process
from sweep.machine.import_path import find_modules_in
from tests.trial.fits import HERE, Fit

pytestmark = pytest.mark.tensorflow

PHASES = {"epochs": 2, "then": [{"epochs": 2, "learning_rate": 0.01}]}
STILL = {"init": 0, "order": 0, "dropout": 0, "split": 0}  # all but "augment"
TRAINS: dict[str, dict[str, Any]] = {
    "tf.data": {"use": "tf_data"},
    "tf.data again": {"use": "tf_data"},
    "tf.data, another seed": {"use": "tf_data", "seed": 1},
    "tf.data, another init": {"use": "tf_data", "seed": 1, "hold": {"order": 0, "augment": 0}},
    "still": {"use": "still"},
    "still, another seed": {"use": "still", "seed": 1},
    "without end": {"use": "without_end"},
    "PyDataset": {"use": "numbered"},
    "PyDataset again": {"use": "numbered", "workers": 4},
    "PyDataset, another seed": {"use": "numbered", "seed": 1},
    "function": {"use": "drawn"},
    "function again": {"use": "drawn"},
    "function, another augment": {"use": "drawn", "seed": 1, "hold": STILL},
    "phases": {"use": "drawn", "train": PHASES},
    "four epochs": {"use": "drawn", "train": {"epochs": 4}},
    "augmented": {"use": "still", "train": {"augment": {"use": "brought:shift"}}},
    "balanced": {"use": "still", "train": {"class_weight": "balanced"}},
    "weights of classes": {"use": "still", "train": {"class_weight": {0: 1, 1: 5}}},
    "ends early": {"use": "bad", "kind": "ends early"},
    "goes on": {"use": "bad", "kind": "goes on"},
    "nan late": {"use": "bad", "kind": "nan late"},
    "raises late": {"use": "bad", "kind": "raises late"},
    "walked once": {"use": "bad", "kind": "generator"},
}


@pytest.fixture(scope="module")
def done() -> dict[str, Fit]:
    """All trainings of this file, in one process."""
    process.warm_up("sweep.trial.preload")
    outcome = process.call(_fits, TRAINS)
    assert not outcome.crash, f"{outcome.crash}: {outcome.log}"
    return outcome.value  # type: ignore[no-any-return]


def _fits(trains: dict[str, dict[str, Any]]) -> dict[str, Fit]:
    from sweep.trial.process_state import Machine, begin_trial
    from sweep.trial.seeding import seed_everything

    find_modules_in([HERE])
    begin_trial(Machine(), HERE)
    seed_everything(0)  # as the process of the data has it after its first stream
    found = {}
    for name, given in trains.items():
        try:
            found[name] = _fit(dict(given))
        except (InputError, ArithmeticError) as error:
            found[name] = Fit(error=str(error))
    return found


def _fit(given: dict[str, Any]) -> Fit:
    from sweep.data import open_prepared
    from sweep.machine.folders import cache_folder
    from sweep.machine.streams import stream_seeds
    from sweep.study.study import Study
    from sweep.trial import training, weights
    from sweep.trial.building import begin_phase, build, loss_of
    from sweep.trial.data_function import DataRequest, prepare_data
    from sweep.trial.streaming import TrialStream

    seed, hold = given.pop("seed", 0), given.pop("hold", {})
    train = {"epochs": 2, "learning_rate": 0.05, "keep": "last"} | given.pop("train", {})
    data = {"use": f"streams:{given.pop('use')}", **given}
    study = Study.model_validate(
        {"study": "s", "data": data, "model": {"use": "brought:net"}, "train": train, "hold": hold}
    )
    ready = prepare_data(DataRequest(study, 0, None))
    splits, seeds = open_prepared(cache_folder(), ready.data_id), stream_seeds(seed, study.hold)
    stream = TrialStream.of(study, splits, seeds)
    model = build(study, splits, seeds)
    loss = loss_of(study, model, splits)
    begin_phase(model, study.train, 0, loss)
    epochs, kept = training.train(study, model, loss, splits, seeds, stream=stream)
    assert stream is not None
    others = {"asked": sorted(stream.asked), "id": ready.data_id, "findings": ready.findings}
    return Fit(weights.digest(model.get_weights()), tuple(epochs), kept, others=others)


def orders(fit: Fit) -> list[str]:
    """Return the digests of the batches of each epoch."""
    assert fit.error == ""
    return [str(epoch["order_sha256"]) for epoch in fit.epochs]


@pytest.mark.parametrize("kind", ["tf.data", "PyDataset", "function"])
def test_the_same_seed_gives_the_same_bits(done: dict[str, Fit], kind: str) -> None:
    """Weights, epochs and batches agree; each epoch has batches of its own; workers change nothing, as is said."""
    first, again = done[kind], done[f"{kind} again"]
    assert (first.weights, first.epochs) == (again.weights, again.epochs)
    assert len(set(orders(first))) == 2
    said = [one for one in again.others["findings"] if "workers of the PyDataset are not used" in one]
    assert bool(said) is (kind == "PyDataset")


def test_the_batches_follow_their_streams_alone(done: dict[str, Fit]) -> None:
    """Another order has other batches; another init does not; run.rng("augment") follows its own stream."""
    assert set(orders(done["tf.data"])).isdisjoint(orders(done["tf.data, another seed"]))
    assert set(orders(done["PyDataset"])[1:]).isdisjoint(orders(done["PyDataset, another seed"])[1:])
    assert orders(done["tf.data"]) == orders(done["tf.data, another init"])
    assert done["tf.data"].weights != done["tf.data, another init"].weights
    assert orders(done["function"]) != orders(done["function, another augment"])
    assert done["function"].others["asked"] == ["augment", "order"]
    assert done["tf.data"].others["asked"] == ["order"]


def test_batches_that_draw_nothing_are_the_same_for_every_seed(done: dict[str, Fit]) -> None:
    """Their digests are equal in all epochs and seeds, as the check of the order says of them."""
    assert set(orders(done["still"])) == set(orders(done["still, another seed"]))
    assert len(set(orders(done["still"]))) == 1


def test_an_epoch_without_end_has_its_steps(done: dict[str, Fit]) -> None:
    """The walk goes on: the second epoch has other batches than the first."""
    assert len(set(orders(done["without end"]))) == 2


def test_phases_go_on_with_the_batches(done: dict[str, Fit]) -> None:
    """The third epoch is that of a training in one phase, whose first epochs have the same weights."""
    assert orders(done["phases"]) == orders(done["four epochs"])
    assert done["phases"].epochs[1]["weights_sha256"] == done["four epochs"].epochs[1]["weights_sha256"]


def test_weights_of_samples_and_classes_and_an_augmentation_reach_the_training(done: dict[str, Fit]) -> None:
    """Balanced classes of equal size change nothing; other weights and an augmentation do, after the user's batches."""
    plain = done["still"]
    assert done["balanced"].weights == plain.weights
    assert done["weights of classes"].weights != plain.weights
    assert done["weights of classes"].epochs[0]["loss"] > 2 * plain.epochs[0]["loss"]
    assert done["augmented"].weights != plain.weights
    assert orders(done["augmented"]) == orders(plain)


WRONG = {
    "ends early": "expected 5 batches in each epoch. Received: 3 in epoch 2, and then the end",
    "goes on": "expected 3 batches in each epoch. Received: more in epoch 2",
    "nan late": "NaN or infinity in x of train, batch 1",
    "raises late": "It raised ZeroDivisionError: no batch 2 in batch 3",
    "walked once": "Received: a generator, which can be walked once. Return a function train(run)",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_ends_a_training_is_one_message(done: dict[str, Fit], name: str) -> None:
    """It says which batch or epoch, and what to do."""
    assert WRONG[name] in done[name].error
