"""Names and keywords of Keras's classes, as a study writes them."""

import inspect
import sys
from types import ModuleType
from typing import Any

import pytest

from sweep.errors import InputError
from sweep.study.chosen import Named
from sweep.trial import keras_names
from sweep.trial.keras_values import _expected
from sweep.trial.losses import canonical, chosen_loss, loss_name, takes_logits, takes_probabilities

pytestmark = pytest.mark.tensorflow


@pytest.mark.parametrize(
    ("kind", "name", "found"),
    [
        ("optimizer", "ADAM_W", "AdamW"),
        ("optimizer", "rmsprop", "RMSprop"),
        ("loss", "KLdivergence", "KLDivergence"),
        ("callback", "reduce_lr_on_plateau", "ReduceLROnPlateau"),
        ("callback", "TerminateOnNaN", "TerminateOnNaN"),
        ("schedule", "cosine_decay_restarts", "CosineDecayRestarts"),
    ],
)
def test_a_class_is_found_whatever_its_case(kind: str, name: str, found: str) -> None:
    """Underscores and capitals do not count."""
    assert keras_names.class_called(kind, "train.x", name).__name__ == found


@pytest.mark.parametrize("kind", keras_names.KINDS)
def test_every_written_name_means_its_class(kind: str) -> None:
    """What messages call a class is a name of it, and no class stands for them all."""
    every = keras_names.classes(kind)
    assert len(every) >= 6
    assert keras_names.parent(kind) not in every.values()
    assert all(keras_names.class_called(kind, "train.x", name) is one for name, one in every.items())


@pytest.mark.parametrize(
    ("kind", "name", "keywords", "said"),
    [
        ("optimizer", "adamm", {}, "train.x: expected names that Keras knows. Received: adamm. Did you mean 'adam'?"),
        ("schedule", "CosinDecay", {}, "Received: CosinDecay. Did you mean 'cosine_decay'?"),
        ("callback", "zzz", {}, "Received: zzz. Known: backup_and_restore, csv_logger"),
        (
            "optimizer",
            "adamw",
            {"wieght_decay": 1},
            "'train.x.wieght_decay' for adamw. Did you mean 'weight_",
        ),
        (
            "schedule",
            "cosine_decay",
            {"decay_steps": 1},
            "needs. Received: missing a required argument: 'initial_",
        ),
        ("optimizer", "sgd", {"momentum": 3}, "expected keywords that sgd takes. Received: momentum=3. ValueError"),
        ("callback", "history", {}, "expected names that Keras knows"),
    ],
)
def test_what_is_no_name_or_keyword_is_told_with_the_nearest(
    kind: str, name: str, keywords: dict[str, Any], said: str
) -> None:
    """One message, with what to write instead."""
    with pytest.raises(InputError) as told:
        keras_names.made(kind, "train.x", Named(name=name, **keywords))
    assert said in str(told.value)


def test_a_function_among_the_keywords_is_the_function() -> None:
    """`{use: ...}` gives it, with keywords of its own where it has some; a word is a word."""
    keywords = {"on_epoch_end": {"use": "keras_names_of_a_test:said", "word": "x"}}
    module = ModuleType("keras_names_of_a_test")
    module.said = lambda epoch, logs, word="": (epoch, word)  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
    try:
        one = keras_names.made("callback", "train.x", Named(name="lambda_callback", **keywords))
    finally:
        del sys.modules[module.__name__]
    assert one.on_epoch_end(3, {}) == (3, "x")


def test_losses_are_called_by_one_name() -> None:
    """Words, short words and classes; logits are no probabilities, and of a function nobody knows."""
    from sweep.study.train import Train

    assert [canonical(one) for one in ("bce", "BinaryCrossentropy", "binary_Crossentropy", "mse")] == [
        *["binary_crossentropy"] * 3,
        "mean_squared_error",
    ]
    word, focal, logits = (
        chosen_loss(Train(loss=one), "mse")
        for one in ("BCE", {"name": "binary_focal_crossentropy", "gamma": 1}, {"name": "bce", "from_logits": True})
    )
    assert [loss_name(one) for one in (word, focal)] == ["binary_crossentropy", "binary_focal_crossentropy"]
    assert focal.gamma == 1
    assert [takes_probabilities(one) for one in (word, focal, logits)] == [True, True, False]
    assert takes_logits(logits)
    assert not takes_probabilities(lambda y_true, y_pred: y_pred)
    with pytest.raises(InputError, match=r"Received: binary_crossentropi\. Did you mean 'binary_crossentropy'"):
        canonical("binary_crossentropi")


@pytest.mark.parametrize(
    ("kind", "name", "keywords", "said"),
    [
        (
            "optimizer",
            "adamw",
            {"weight_decay": "1e-4"},
            "train.x.weight_decay: expected a number for adamw. Received: '1",
        ),
        (
            "optimizer",
            "adam",
            {"clipnorm": -1},
            "train.x.clipnorm: expected a number from 0 on for adam. Received: -1. Ker",
        ),
        ("optimizer", "adam", {"beta_1": [1, 2]}, "train.x.beta_1: expected a number for adam. Received: [1, 2]."),
        ("optimizer", "adam", {"beta_2": 3}, "train.x.beta_2: expected a number from 0 to 1 for adam. Received: 3."),
        ("optimizer", "sgd", {"nesterov": "yes"}, "train.x.nesterov: expected true or false for sgd. Received: 'yes'."),
        ("optimizer", "sgd", {"learning_rate": -0.1}, "train.x.learning_rate: expected a number above 0 for sgd."),
        ("loss", "huber", {"delta": None}, "train.x.delta: expected a value for huber. Received: None. Keras's own is"),
        ("loss", "binary_crossentropy", {"label_smoothing": -5}, "expected a number from 0 on for binary_crossent"),
        ("callback", "reduce_lr_on_plateau", {"patience": "three"}, "train.x.patience: expected a number for reduce"),
        ("callback", "lambda_callback", {"on_epoch_end": "my:said"}, "expected a function, as {use: 'package.mod"),
        ("schedule", "piecewise_constant_decay", {"boundaries": [1], "values": [1, "a"]}, "a number in each place"),
        (
            "schedule",
            "exponential_decay",
            {"initial_learning_rate": -0.1, "decay_steps": 3, "decay_rate": 0.9},
            "train.x.initial_learning_rate: expected a number from 0 on for exponential_decay. Received: -0.1.",
        ),
    ],
)
def test_a_value_of_another_kind_is_told_by_its_keyword(
    kind: str, name: str, keywords: dict[str, Any], said: str
) -> None:
    """Keras takes most of them without a word, and some fail in the first step of the training."""
    with pytest.raises(InputError) as told:
        keras_names.made(kind, "train.x", Named(name=name, **keywords))
    assert said in str(told.value)


@pytest.mark.parametrize("kind", keras_names.KINDS)
def test_every_default_of_keras_fits(kind: str) -> None:
    """What a class takes where nothing is said may be said, too."""
    for name, one in keras_names.classes(kind).items():
        for parameter in inspect.signature(one).parameters.values():
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD and parameter.default is not parameter.empty:
                assert _expected(kind, parameter, parameter.default) == "", (name, parameter)
