"""Seeds of a configuration in one process: the bits of fresh processes, or the configuration goes on in those."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sweep.machine import process
from sweep.running.seeds_together import WORTH, SeedsTogether, in_turns, n_epochs, same_bits
from sweep.store.records import Record
from sweep.study.study import Study
from sweep.trial.order import TrialOrder
from sweep.trial.program import shareable
from sweep.trial.seeding import seed_everything
from sweep.trial.trial import run_trial

pytestmark = pytest.mark.tensorflow

Train = Callable[[list[TrialOrder]], tuple[list[Record], list[int]]]
VECTORS = {"use": "sweep.data:synthetic_vectors"}
DIGESTS = ("init_sha256", "init_layers", "final_sha256", "scores_sha256", "kept_epoch", "metric")


def bits(record: Record) -> dict[str, Any]:
    """Return what must be equal: digests, metrics and all that is kept of each epoch."""
    return {name: record.trial[name] for name in DIGESTS} | {"epochs": record.epochs}


SHARED = {
    "dropout": ("plain", {}),
    "schedule, momentum, class weights, early stopping": (
        "plain",
        {
            "train": {
                "optimizer": {"name": "sgd", "momentum": 0.9, "use_ema": True},
                "learning_rate": {"name": "cosine_decay", "initial_learning_rate": 0.1, "decay_steps": 12},
                "class_weight": {0: 1, 1: 3},
                "early_stopping": {"monitor": "val_loss", "patience": 1},
                "epochs": 3,
            }
        },
    ),
    "plateau": (
        "plain",
        {"train": {"callbacks": [{"name": "reduce_lr_on_plateau", "monitor": "val_loss", "patience": 1}], "epochs": 3}},
    ),
    "convolutions": (
        {"use": "sweep.models:small_xception", "width": 0.125, "momentum": 0.9},
        {"data": {"use": "sweep.data:synthetic_attack", "subjects": [4, 3, 3], "videos": 1, "frames": 1}},
    ),
}


SLOW = ("convolutions", "plateau")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.thorough) if name in SLOW else name for name in SHARED]
)
def test_a_shared_program_gives_the_bits_of_fresh_processes(
    name: str, orders_of: Callable[..., Any], train_all: Train, fresh: Callable[[TrialOrder], Record]
) -> None:
    """Five seeds by one slot: one process serves them, and each record is that of a fresh process to the bit."""
    model, keys = SHARED[name]
    orders = orders_of(model, **keys)
    found, kept = train_all(orders)
    assert len(set(kept)) == 1
    assert kept[0] > 0
    assert len({record.trial["final_sha256"] for record in found}) == 5
    for at in (2, 4):
        assert bits(found[at]) == bits(fresh(orders[at])), at
        assert "runs_apart" not in found[at].trial["check"]


def test_a_further_seed_finds_its_program_optimized(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new session and a new seed drop what TensorFlow optimized; for a program that is kept they do not."""
    import tensorflow as tf
    from tensorflow.python.eager import context

    tf.constant(0)  # there is something to drop
    dropped: list[int] = []
    monkeypatch.setattr(context.pywrap_tfe, "TFE_ContextClearCaches", dropped.append)
    seed_everything(3)
    assert len(dropped) == 2
    seed_everything(4, keep_programs=True)
    assert len(dropped) == 2
    seed_everything(5)
    assert len(dropped) == 4


def test_seeds_of_a_fold_share_and_folds_do_not(
    orders_of: Callable[..., Any], train_all: Train, fresh: Callable[[TrialOrder], Record]
) -> None:
    """Folds whose training sets differ in size: a process serves the seeds of one, with the bits of fresh processes."""
    data = {**VECTORS, "subjects": [4, 3, 3], "samples": 6}
    orders = orders_of("plain", data=data, division={"folds": 3})
    turns = in_turns(orders, 1)
    folds = [order.hp["division.fold"] for order in turns]
    assert folds == sorted(folds)
    two = [order for order in turns if order.hp["division.fold"] < 2]
    found, kept = train_all(two)
    assert [len(set(kept[at : at + 5])) for at in (0, 5)] == [1, 1]
    assert kept[0] != kept[5]
    assert len({record.trial["n_train"] for record in found}) == 2
    for at in (2, 7):
        off = replace(two[at], study={**two[at].study, "reuse": "off"})
        assert not shareable(Study.model_validate(off.study))
        assert bits(found[at]) == bits(fresh(off)), at
        assert "runs_apart" not in found[at].trial["check"]


STATE = (
    "counting",
    "own_generator",
    "lambda_over_global",
    "constant_in_closure",
    "width_drawn",
    "cached_noise",
    "noisy",
)
CALLBACK = {"train": {"callbacks": [{"use": "planted_state:keeps_best"}]}}


@pytest.mark.parametrize("name", [*STATE, "callback", "drawn_by_tensorflow"])
def test_what_outlives_a_training_is_found(
    name: str, orders_of: Callable[..., Any], train_all: Train, fresh: Callable[[TrialOrder], Record]
) -> None:
    """The configuration goes on in fresh processes, says so, and no record has other bits than those give."""
    keys = {"callback": CALLBACK, "drawn_by_tensorflow": {"hold": {"init": 0}}}.get(name, {})
    orders = orders_of("plain" if name == "callback" else name, **keys)
    found, kept = train_all(orders)
    assert set(kept[2:]) == {0}
    for at in (1, 3):
        assert bits(found[at]) == bits(fresh(orders[at])), at
    assert [record.trial["check"].get("runs_apart") for record in found[2:]] == [1.0] * 3


@pytest.mark.parametrize(
    "keys",
    [
        {"reuse": "off"},
        {"seeded": False},
        {"fit": {"use": "planted_state:plain"}, "train": {}},
        {"train": {"then": [{"epochs": 1}]}},
    ],
    ids=["reuse off", "unseeded", "own fit", "two phases"],
)
def test_what_never_shares(keys: dict[str, Any]) -> None:
    """`reuse: off`, studies without seeds, own training functions and several phases have a process a trial."""
    plain = {"study": "planted", "data": VECTORS, "model": {"use": "planted_state:plain"}}
    assert shareable(Study.model_validate(plain))
    assert not shareable(Study.model_validate({**plain, **keys}))


def test_a_process_that_is_killed_costs_its_trial_alone(
    orders_of: Callable[..., Any], fresh: Callable[[TrialOrder], Record]
) -> None:
    """The order that was in it is told as a crash; tried again, and after it, all have the bits of fresh processes."""
    orders = orders_of("plain")
    process.warm_up("sweep.trial.preload")
    slot = SeedsTogether(run_trial, orders, together=True, variables={})
    try:
        assert not any(slot.train(replace(order, results="")).crash for order in orders[:3])
        assert slot.pid is not None
        os.kill(slot.pid, signal.SIGKILL)
        ended = slot.train(replace(orders[3], results=""))
        assert ended.crash == "killed by signal 9 (often: out of memory)"
        again = slot.train(replace(orders[3], results="", crashed=True))
        assert bits(again.value.record) == bits(fresh(orders[3]))
        after = [slot.train(replace(order, results="")).value.record for order in (orders[4], orders[0])]
        assert bits(after[1]) == bits(fresh(orders[0]))
    finally:
        slot.end()


def test_a_process_that_is_killed_while_it_proves_says_nothing_of_bits(orders_of: Callable[..., Any]) -> None:
    """The fresh training counts, and the next seeds prove what that one could not."""
    orders = orders_of("plain")
    process.warm_up("sweep.trial.preload")
    slot = SeedsTogether(run_trial, orders, together=True, variables={})
    try:
        slot.train(replace(orders[0], results=""))
        assert slot.pid is not None
        os.kill(slot.pid, signal.SIGKILL)
        proved = [slot.train(replace(order, results="")) for order in orders[1:4]]
        assert [ended.crash for ended in proved] == [""] * 3
        assert not any("runs_apart" in ended.value.record.trial["check"] for ended in proved)
        kept = slot.pid
        assert kept is not None
        assert slot.train(replace(orders[4], results="")).crash == ""
        assert slot.pid == kept
    finally:
        slot.end()


def test_records_differ_by_a_bit(orders_of: Callable[..., Any], fresh: Callable[[TrialOrder], Record]) -> None:
    """Two trainings of a seed are equal; one score, epoch or metric that differs in the last bit is seen."""
    import numpy as np

    order = orders_of("plain")[0]
    first, second = fresh(order), fresh(order)
    assert same_bits(first, second)
    scores = {**second.scores, "score": np.nextafter(second.scores["score"], 2)}
    assert not same_bits(first, replace(second, scores=scores))
    epochs = [*second.epochs[:-1], {**second.epochs[-1], "weights_sha256": "0"}]
    assert not same_bits(first, replace(second, epochs=epochs))
    assert not same_bits(first, replace(second, trial={**second.trial, "final_sha256": "0"}))


def test_each_slot_keeps_its_configuration(orders_of: Callable[..., Any]) -> None:
    """As many configurations are in work as there are slots; with few seeds the order stays, seed by seed."""
    orders = orders_of("plain", grid={"model.dropout": [0.1, 0.2, 0.3]})
    by_two = [order.config_id for order in in_turns(orders, 2)]
    first, second, third = dict.fromkeys(order.config_id for order in orders)
    assert by_two[:10] == [first, second] * 5
    assert by_two[10:] == [third] * 5
    assert in_turns(orders[: 3 * (WORTH - 1)], 2) == orders[: 3 * (WORTH - 1)]


def test_long_trials_come_first(orders_of: Callable[..., Any]) -> None:
    """Whether seeds share a program or not: a long trial that begins last leaves the other slots idle."""
    orders = orders_of("plain", grid={"train.epochs": [1, 3, 2]})
    for some in (orders, orders[:6]):
        assert [n_epochs(order) for order in in_turns(some, 1)] == sorted(map(n_epochs, some), reverse=True)
