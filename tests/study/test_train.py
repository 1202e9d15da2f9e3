"""The part `train` of a study: its three forms, what reaches inside, what belongs to an id."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sweep.errors import InputError
from sweep.running.opening import check_code
from sweep.study.identity import Identities
from sweep.study.plan import configurations
from sweep.study.study import Study
from sweep.study.study_text import explain

SMALL = {"use": "sweep.models:dense_net", "units": [8, 4]}
# The id that this study has had since its first release.
GOLDEN = "7808e79bc6a8"


def study(grid: Any = None, arms: Any = None, **train: Any) -> Study:
    """Return a study with these settings of `train`."""
    given = {"study": "s", "data": {"use": "sweep.data:synthetic_vectors"}, "model": SMALL}
    return Study.model_validate(given | {"train": train, "grid": grid or {}, "arms": arms or {}})


def ids(**keys: Any) -> list[str]:
    """Return the ids of a study's configurations."""
    return [one.config_id for one in configurations(study(**keys))]


def test_a_study_that_uses_none_of_it_keeps_its_id_and_columns() -> None:
    """A word is a word; what is not set stands neither in the id nor in hp.*."""
    plain = Study.model_validate({"study": "s", "data": {"use": "a:b"}, "model": {"use": "a:c"}})
    assert [one.config_id for one in configurations(plain)] == [GOLDEN]
    nothing = dict.fromkeys(("optimizer", "class_weight", "callbacks", "augment", "precision", "jit_compile"))
    assert ids() == ids(**nothing) == ids(optimizer="adam") == ids(optimizer={"name": "adam"})
    (one,) = configurations(study())
    assert set(one.hp) == {
        *("model.use", "model.units", "train.optimizer", "train.epochs", "train.batch_size", "train.keep"),
    }


@pytest.mark.parametrize(
    "train",
    [
        {"optimizer": {"name": "adam", "weight_decay": 0.1}},
        {"optimizer": {"use": "my:optimizer"}},
        {"learning_rate": {"name": "cosine_decay"}},
        {"loss": {"name": "binary_focal_crossentropy", "gamma": 2}},
        {"loss": {"use": "my:loss"}},
        {"class_weight": "balanced"},
        {"class_weight": {0: 1, 1: 5}},
        {"callbacks": ["terminate_on_nan"]},
        {"augment": {"use": "my:augment"}},
        {"precision": "mixed_bfloat16"},
        {"jit_compile": False},
    ],
)
def test_whatever_is_set_is_part_of_the_id_and_of_the_columns(train: dict[str, Any]) -> None:
    """And it is read back from JSON as it was."""
    (one,) = configurations(study(**train))
    assert one.config_id != ids()[0]
    assert any(name.startswith(f"train.{next(iter(train))}") for name in one.hp)
    again = Study.model_validate(json.loads(json.dumps(one.study.model_dump(mode="json"))))
    assert [two.config_id for two in configurations(again)] == [one.config_id]


def test_a_grid_reaches_inside() -> None:
    """A word becomes a mapping, whatever the order of the axes; nothing said is adam; a number is a place in a list."""
    grid = {"train.optimizer.weight_decay": [0, 0.1], "train.optimizer": ["adam", "sgd"]}
    found = [one.study.train.optimizer for one in configurations(study(grid=grid))]
    assert [(one.name, one.keywords) for one in found] == [
        ("adam", {"weight_decay": 0}),
        ("sgd", {"weight_decay": 0}),
        ("adam", {"weight_decay": 0.1}),
        ("sgd", {"weight_decay": 0.1}),
    ]
    assert ids(grid={"train.optimizer.weight_decay": [0.1]}) == ids(optimizer={"name": "adam", "weight_decay": 0.1})
    listed = study(grid={"train.callbacks.1.patience": [3, 5]}, callbacks=["terminate_on_nan", {"use": "my:stop"}])
    assert [one.study.train.callbacks[1].keywords for one in configurations(listed)] == [
        {"patience": 3},
        {"patience": 5},
    ]


def test_an_arm_reaches_inside_too() -> None:
    """It adds a keyword to a word, or takes one away."""
    arms = {"with": {"train.optimizer.momentum": 0.9}, "without": {"train.optimizer.nesterov": None}}
    one, other = configurations(study(arms=arms, optimizer={"name": "sgd", "nesterov": True}))
    assert one.study.train.optimizer.keywords == {"nesterov": True, "momentum": 0.9}
    assert other.study.train.optimizer == "sgd"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"grid": {"train.epochs.many": [1]}}, "grid: expected a setting of train.epochs, which has none of its own"),
        ({"arms": {"a": {"train.epochs.many": 1}}}, "arms: expected a setting of train.epochs, which has none"),
        ({"grid": {"train.callbacks.2.x": [1]}, "callbacks": ["a"]}, "expected a place from 0 to 0 in train.callbacks"),
        (
            {"grid": {"train.loss.gamma": [1]}},
            "train.loss: expected a loss, or a mapping output -> loss, where a loss is",
        ),
    ],
)
def test_a_place_that_is_not_there_is_one_message(keys: dict[str, Any], said: str) -> None:
    """A grid or an arm that reaches into what has no settings is told so."""
    with pytest.raises(InputError, match=said.replace("{", r"\{").replace(".", r"\.")):
        configurations(study(**keys))


@pytest.mark.parametrize(
    ("train", "said"),
    [
        ({"optimizer": {"name": "sgd", "momentum": 0.9}, "momentum": 0.5}, "momentum once. Received: momentum and opt"),
        ({"optimizer": {"name": "sgd", "learning_rate": 1}, "learning_rate": 1}, "learning_rate once"),
        ({"optimizer": {"use": "my:f"}, "learning_rate": 1}, "no learning_rate beside `optimizer: {use: 'my:f'}`"),
        ({"then": [{"optimizer": {"use": "my:f"}, "momentum": 0.5}]}, "train.then.0: expected no momentum beside"),
        ({"optimizer": {"name": "sgd", "use": "my:f"}}, "train.optimizer: expected a word, {name: ..., keywords} or"),
        ({"optimizer": {"use": "f"}}, "train.optimizer: expected 'package.module:function'. Received: 'f'"),
        ({"loss": "my:loss"}, "train.loss: expected {use: 'my:loss'} for a function of yours. Received: the word"),
        ({"loss": {"name": "mse", "x": object}}, "words, finite numbers, lists and mappings for x"),
        ({"learning_rate": "fast"}, "train.learning_rate: expected a number. Received: 'fast'. A schedule is {name:"),
        ({"learning_rate": 0}, "train.learning_rate: expected greater than 0. Received: 0"),
        ({"callbacks": {"name": "x"}}, "train.callbacks: expected a list"),
        ({"class_weight": {"a": 1}}, "train.class_weight: expected balanced, or a weight for each class by its"),
        ({"class_weight": {0: -1}}, "Received: 0: -1"),
        (
            {"augment": "my:f"},
            "train.augment: expected {use: 'my:f'}, with its keywords beside it. Received: the word alone",
        ),
        ({"precision": "half"}, "train.precision: expected 'float32', 'float64'"),
    ],
)
def test_a_wrong_form_is_one_message(train: dict[str, Any], said: str) -> None:
    """It says where, what was expected and what came."""
    with pytest.raises(ValidationError) as told:
        study(**train)
    assert said in explain(told.value, Study, "s.yaml")


def test_functions_of_train_are_checked_and_belong_to_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A typo is told where it stands; a change of the code is another identity; arms and further phases count."""
    file = tmp_path / "brought_here.py"
    file.write_text("def net(input_shape, n_classes): ...\ndef loss(y, p, m=1): return m\ndef adam(rate=1): ...\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    base = {"study": "s", "data": {"use": "sweep.data:synthetic_vectors"}, "model": {"use": "brought_here:net"}}

    def of(**train: Any) -> Study:
        return Study.model_validate(base | {"train": train})

    one = of(loss={"use": "brought_here:loss", "m": 2}, then=[{"optimizer": {"use": "brought_here:adam"}}])
    named = {(two.role, two.key, two.use) for two in one.functions() if two.role == "train"}
    assert named == {
        ("train", "train.loss", "brought_here:loss"),
        ("train", "train.then.0.optimizer", "brought_here:adam"),
    }
    check_code(one)
    before = Identities(tmp_path / "kept").of(one).code_id
    assert before != Identities(tmp_path / "kept").of(of()).code_id
    file.write_text(file.read_text().replace("return m", "return 2 * m"))
    assert before != Identities(tmp_path / "kept").of(one).code_id
    with pytest.raises(InputError, match=r"train\.loss\.use: expected a function of brought_here\. Received: los\."):
        check_code(of(loss={"use": "brought_here:los"}))
    with pytest.raises(InputError, match=r"Unknown key 'train\.loss\.k' for brought_here:loss"):
        check_code(of(loss={"use": "brought_here:loss", "k": 2}))
