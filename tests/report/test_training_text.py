"""What the methods paragraph says of a training."""

import pandas as pd

from sweep.report.training_text import further_training, optimizer

SCHEDULE = {"name": "cosine_decay", "initial_learning_rate": 0.01, "decay_steps": 30}


def test_an_ordinary_training_is_its_optimizer_alone() -> None:
    """A word is said as it is, adam where nothing is said, and what a compiled model brought where it did."""
    assert optimizer({"optimizer": "sgd", "learning_rate": 0.1, "loss": "mse"}, (), pd.DataFrame()) == "sgd"
    assert optimizer({"optimizer": None}, (), pd.DataFrame()) == "adam"
    trials = pd.DataFrame({"hp.train.optimizer": ["sgd of net:compiled"] * 2})
    assert optimizer({"optimizer": None}, (), trials) == "sgd of net:compiled"
    assert further_training({"optimizer": "sgd", "learning_rate": 0.1, "loss": "mse"}, ()) == []


def test_what_else_decides_a_training_is_said_in_one_sentence() -> None:
    """With keywords, but those that the grid varies."""
    train = {
        "optimizer": {"name": "adamw", "weight_decay": 1e-4, "clipnorm": 1.0},
        "learning_rate": SCHEDULE,
        "loss": {"use": "my:margin", "m": 0.3},
        "class_weight": {"0": 1.0, "1": 5.0},
        "augment": {"use": "my:noise"},
        "callbacks": ["terminate_on_nan", {"use": "my:swa", "start": 5}],
        "precision": "mixed_bfloat16",
    }
    grid = {"train.loss.m": [0.1, 0.3], "train.optimizer.clipnorm": [1, 2]}
    assert optimizer(train, grid, pd.DataFrame()) == "adamw (weight_decay: 0.0001)"
    assert further_training(train, grid) == [
        "The learning rate followed cosine_decay (initial_learning_rate: 0.01, decay_steps: 30); the loss was "
        "my:margin; the weights of the classes in the loss were 0: 1, 1: 5; batches were augmented by my:noise; "
        "the callback terminate_on_nan took part; the callback my:swa (start: 5) took part; "
        "layers computed in mixed_bfloat16."
    ]
