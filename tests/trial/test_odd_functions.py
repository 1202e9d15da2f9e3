"""Functions of the user's that return something else than `train` takes: one message, before a trial is lost."""

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from sweep.checks.before_run import class_weight_findings
from sweep.errors import InputError
from sweep.study.parts import Use
from sweep.study.train import Train

pytestmark = pytest.mark.tensorflow

X, Y = np.zeros((4, 2), np.float32), np.array([0, 1, 0, 1])


@pytest.fixture
def of_user() -> Iterator[ModuleType]:
    """Give an empty module called "of_user"."""
    module = ModuleType("of_user")
    sys.modules["of_user"] = module
    yield module
    del sys.modules["of_user"]


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x, y, rng: (x, y + 5), r"labels from 0 to 1, as the data have them\. Received: labels from 5 to 6"),
        (lambda x, y, rng: ("hello", y), r"as arrays of numbers\. Received: str and ndarray"),
        (lambda x, y, rng: (x, y.astype(str)), r"labels <U21"),
        (lambda x, y, rng: (x[:2], y[:2]), r"Received: shapes \(2, 2\) and \(2,\)"),
        (lambda x, y, rng: None, "Received: nothing"),
    ],
)
def test_an_augmentation_gives_a_batch_like_the_one_it_got(
    of_user: Any, function: Callable[..., Any], said: str
) -> None:
    """Shape, kind and range of the labels are those of the data."""
    from sweep.trial.augmenting import Augment

    of_user.change = function
    with pytest.raises(InputError, match=said):
        Augment("of_user:change", {}, 0, 2)(X, Y, epoch=0, step=0)


def test_an_augmentation_may_mix_two_labels(of_user: Any) -> None:
    """What lies between two classes is no class, and a label all the same."""
    from sweep.trial.augmenting import Augment

    of_user.change = lambda x, y, rng: (x, 0.5 * y)
    assert Augment("of_user:change", {}, 0, 2)(X, Y, epoch=0, step=0)[1].tolist() == [0, 0.5, 0, 0.5]


@pytest.mark.parametrize(("found", "said"), [(None, "nothing"), ("x", "str"), ({"a": 1}, "dict")])
def test_a_loss_gives_numbers(of_user: Any, found: Any, said: str) -> None:
    """Nothing, a word and a mapping are none."""
    from sweep.trial.own_loss import OwnLoss

    of_user.loss = lambda y_true, y_pred: found
    with pytest.raises(InputError, match=rf"of_user:loss to return a value for each sample.*Received: {said}\."):
        OwnLoss(Use(use="of_user:loss"), weighted=False)(Y, X[:, :1])


@pytest.mark.parametrize(
    ("logs", "said"),
    [(None, "Received: nothing"), ({"loss": np.ones(3)}, r"Received: shape \(3,\)"), ({"loss": "a"}, "Received: 'a'")],
)
def test_a_step_of_the_training_tells_one_loss(logs: Any, said: str) -> None:
    """A mapping with one number, which Keras does not ask for."""
    from sweep.trial.fitting import check_logs

    with pytest.raises(InputError, match=said):
        check_logs(logs)
    check_logs({"loss": np.float32(1)})


def test_a_callback_is_made_anew_for_each_training(of_user: Any) -> None:
    """One that the module made when it was imported would carry what it saw from trial to trial."""
    import keras

    from sweep.trial.callbacks import callbacks_of

    one = keras.callbacks.Callback()
    of_user.shared = lambda: one
    train = Train.model_validate({"callbacks": [{"use": "of_user:shared"}]})
    optimizer = keras.optimizers.SGD(0.1)
    assert callbacks_of(train, optimizer, ()) == [one]
    with pytest.raises(InputError, match="expected of_user:shared to make a new callback at every call"):
        callbacks_of(train, optimizer, ())


def test_weights_that_leave_a_class_out_are_told() -> None:
    """A class without a weight counts 1, one with the weight 0 not at all."""
    assert [one.name for one in class_weight_findings({0: 2}, 2)] == ["class_without_weight"]
    assert [one.name for one in class_weight_findings({0: 0, 1: 1}, 2)] == ["class_not_learnt"]
    assert class_weight_findings({0: 2, 1: 1}, 2) == class_weight_findings("balanced", 2) == []
