"""What a study brings to Keras's compile and fit: each thing changes the weights, and repeats to the bit."""

import math
from typing import Any

import pytest

from tests.trial.fits import Fit, fits

pytestmark = pytest.mark.tensorflow

FOCAL = {"name": "binary_focal_crossentropy"}
EMA = {"name": "adam", "use_ema": True, "ema_momentum": 0.5}
COSINE = {"name": "cosine_decay", "initial_learning_rate": 0.05, "decay_steps": 6}
PLATEAU = {"name": "ReduceLROnPlateau", "monitor": "val_accuracy", "patience": 1, "min_delta": 2.0}
ALL: dict[str, Any] = {
    "optimizer": {"name": "AdamW", "weight_decay": 0.01, "clipnorm": 1.0, "use_ema": True, "ema_momentum": 0.5},
    "loss": {"name": "binary_focal_crossentropy", "gamma": 1.5},
    "class_weight": {0: 1, 1: 3},
    "callbacks": [PLATEAU, {"use": "brought:Halt"}],
    "augment": {"use": "brought:shift", "by": 0.3},
    "precision": "mixed_bfloat16",
    "jit_compile": False,
}
STILL = {"init": 0, "order": 0, "dropout": 0, "split": 0}  # all but "augment"

COMPILED = {"learning_rate": None, "model": {"use": "brought:compiled", "rate": 0.05}}
TRAINS: dict[str, dict[str, Any]] = {
    "plain": {},
    "all": ALL,
    "all again": ALL,
    "all, another seed": ALL | {"seed": 1},
    "gamma 0": {"loss": FOCAL | {"gamma": 0}},
    "gamma 5": {"loss": FOCAL | {"gamma": 5}},
    "own loss": {"loss": {"use": "brought:margin", "m": 0.3}},
    "own loss, another keyword": {"loss": {"use": "brought:margin", "m": 0.6}},
    "weights of classes": {"class_weight": {0: 1, 1: 5}},
    "weights of samples": {"weights": (5.0, 1.0)},
    "augmented": {"augment": {"use": "brought:shift"}},
    "augmented, another seed of it": {"augment": {"use": "brought:shift"}, "hold": STILL, "seed": 1},
    "accumulated": {"optimizer": {"name": "adam", "gradient_accumulation_steps": 2}},
    "clipped": {"optimizer": {"name": "adam", "clipvalue": 1e-4}},
    "decayed": {"optimizer": {"name": "adamw", "weight_decay": 0.1}},
    "average": {"optimizer": EMA},
    "average of the best epoch": {"optimizer": EMA, "keep": "best"},
    "schedule": {"learning_rate": COSINE},
    "schedule in the optimizer": {"learning_rate": None, "optimizer": {"name": "adam", "learning_rate": COSINE}},
    "own schedule": {"learning_rate": {"use": "brought:halving", "steps": 6}},
    "own optimizer": {"learning_rate": None, "optimizer": {"use": "brought:sgd", "rate": 0.05}},
    "sgd": {"optimizer": "SGD"},
    "plateau": {"callbacks": [PLATEAU]},
    "stopped": {"callbacks": [{"use": "brought:Halt", "after": 0}]},
    "changed at the end": {"callbacks": [{"use": "brought:Halt", "halve": True}]},
    "bfloat16": {"precision": "mixed_bfloat16"},
    "weights in bfloat16": {"precision": "bfloat16"},
    "without XLA": {"jit_compile": False},
    "compiled": COMPILED,
    "compiled with logits": {"learning_rate": None, "model": {"use": "brought:compiled", "logits": True}},
    "compiled without loss": {"learning_rate": None, "model": {"use": "brought:with_optimizer_alone"}, "loss": "mse"},
}


@pytest.fixture(scope="module")
def done() -> dict[str, Fit]:
    """All trainings of this file, in one process."""
    return fits(**TRAINS)


def test_all_of_it_together_repeats_to_the_bit(done: dict[str, Fit]) -> None:
    """The same seed agrees in every weight and epoch, another seed differs."""
    assert done["all"].error == ""
    assert done["all"] == done["all again"]
    assert done["all"].weights != done["all, another seed"].weights


@pytest.mark.parametrize(
    "name", ["own loss", "augmented", "accumulated", "clipped", "decayed", "average", "schedule", "bfloat16", "sgd"]
)
def test_each_thing_reaches_the_training(done: dict[str, Fit], name: str) -> None:
    """The weights are others than without it."""
    assert done[name].error == ""
    assert done[name].weights not in ("", done["plain"].weights)


def test_keywords_of_a_loss_reach_it(done: dict[str, Fit]) -> None:
    """Gamma 0 and 5 give other weights, gamma 0 those of the plain cross-entropy; so do those of a function."""
    assert done["gamma 0"].weights == done["plain"].weights != done["gamma 5"].weights
    assert done["own loss"].weights != done["own loss, another keyword"].weights
    assert done["own loss"].epochs[0]["val_loss"] < done["own loss, another keyword"].epochs[0]["val_loss"]


def test_weights_of_classes_are_weights_of_their_samples(done: dict[str, Fit]) -> None:
    """Both give the same bits, others than without; the loss on dev is that of samples that count alike."""
    assert done["weights of classes"] == done["weights of samples"]
    assert done["weights of classes"].weights != done["plain"].weights
    assert done["weights of classes"].epochs[0]["loss"] > 2 * done["plain"].epochs[0]["loss"]
    assert done["weights of classes"].epochs[0]["val_loss"] < 2 * done["plain"].epochs[0]["val_loss"]


def test_augmentation_follows_its_stream(done: dict[str, Fit]) -> None:
    """With all other streams held still, another seed gives other weights."""
    assert done["augmented"].weights != done["augmented, another seed of it"].weights


def test_the_average_of_the_weights_is_measured_and_kept(done: dict[str, Fit]) -> None:
    """What dev measured in the kept epoch are the weights that are scored; Keras alone would lose the average here."""
    for name in ("average", "average of the best epoch"):
        one = done[name]
        assert one.weights == one.epochs[one.kept]["weights_sha256"] != done["plain"].epochs[one.kept]["weights_sha256"]
        # Another program, which some processors round in another order: the trainings are alike, not equal to the bit.
        plain = [epoch["loss"] for epoch in done["plain"].epochs]
        assert [epoch["loss"] for epoch in one.epochs] == pytest.approx(plain, rel=1e-5)


def test_a_schedule_sets_the_learning_rate_of_each_step(done: dict[str, Fit]) -> None:
    """After all its steps a cosine decay is at 0, wherever the study writes it, and one's own has halved."""
    assert done["schedule"].rate == done["schedule in the optimizer"].rate == 0
    assert done["schedule"].weights == done["schedule in the optimizer"].weights
    assert math.isclose(done["own schedule"].rate, 0.05, rel_tol=1e-6)


def test_an_optimizer_of_ones_own_is_the_one_of_that_name(done: dict[str, Fit]) -> None:
    """A function that returns SGD, a model that is compiled with it, and the word, whatever its case, are one."""
    assert done["own optimizer"].weights == done["sgd"].weights == done["compiled"].weights
    assert done["own optimizer"].others["optimizer"] == "SGD"


def test_callbacks_find_the_metrics_of_dev(done: dict[str, Fit]) -> None:
    """A plateau of val_accuracy lowers the rate, and a callback of one's own stops the training or changes its end."""
    assert math.isclose(done["plateau"].rate, 0.005, rel_tol=1e-6)
    assert len(done["stopped"].epochs) == 1
    assert done["changed at the end"].epochs == done["plain"].epochs
    assert done["changed at the end"].weights != done["plain"].weights


def test_a_compiled_model_keeps_what_the_study_leaves_open(done: dict[str, Fit]) -> None:
    """Loss and optimizer are the model's; where it was compiled without a loss, that is the study's."""
    assert done["compiled with logits"].error == done["compiled without loss"].error == ""
    assert done["compiled without loss"].epochs[0]["loss"] < done["compiled"].epochs[0]["loss"] / 2


def test_a_policy_of_precision_reaches_the_layers(done: dict[str, Fit]) -> None:
    """Layers compute in bfloat16, and the next training of the process in float32 again."""
    assert done["weights in bfloat16"].weights not in ("", done["bfloat16"].weights)
    assert (done["bfloat16"].others["dtype"], done["compiled"].others["dtype"]) == ("bfloat16", "float32")


def test_xla_is_on_or_off(done: dict[str, Fit]) -> None:
    """As the study says."""
    assert done["without XLA"].others["jit"] is False
    with_xla = fits(determinism=False, on={"jit_compile": True}, kept={"jit_compile": True, **COMPILED})
    assert [(one.error, one.others["jit"]) for one in with_xla.values()] == [("", True)] * 2


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "late augmentation": (
        {"augment": {"use": "brought:late"}, "epochs": 9},
        "raised ZeroDivisionError: no such batch",
    ),
    "log file": (
        {"callbacks": [{"name": "csv_logger", "filename": "x.csv"}]},
        "epoch of every trial is in epochs.parq",
    ),
    "callback raises": (
        {"callbacks": [{"use": "brought:Halt", "fault": 1}]},
        "expected brought:Halt to let the training go on. It raised KeyError: 'no such log' in on_epoch_end",
    ),
    "loss of nan": ({"loss": {"use": "brought:nan"}}, "Expected a finite loss. Received: nan in epoch 1"),
    "loss of a batch": (
        {"loss": {"use": "brought:one_for_all"}, "class_weight": "balanced"},
        "a value for each of the samples of a batch, as samples have weights. Received: shape ()",
    ),
    "deterministic XLA": ({"jit_compile": True}, "on, but Keras leaves XLA off with deterministic operations"),
    "class that is not there": ({"class_weight": {2: 1}}, "expected classes from 0 to 1. Received: 2"),
    "no weight": ({"class_weight": {0: 0, 1: 0}}, "expected some samples of train to count. Received: 0"),
    "several losses": (
        {"model": {"use": "brought:two_losses"}, "learning_rate": None},
        "the model with one loss",
    ),
}


@pytest.fixture(scope="module")
def refused() -> dict[str, Fit]:
    """All trainings that end badly, in one process."""
    return fits(**{name: given for name, (given, _) in WRONG.items()})


@pytest.mark.parametrize("name", WRONG)
def test_what_ends_a_training_is_one_message(refused: dict[str, Fit], name: str) -> None:
    """It says what was expected and whose function did what."""
    assert WRONG[name][1] in refused[name].error
