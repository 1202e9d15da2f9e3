"""The plan: ids that hold over releases, one for what is the same, another for what is not."""

import json
from typing import Any

import pytest

from sweep.errors import InputError
from sweep.study.plan import SCHEMA_VERSION, PlannedTrial, as_document, configurations, plan
from sweep.study.study import Study


def study(**changes: Any) -> Study:
    """Return the fixed study of these tests with some keys changed."""
    fixed: dict[str, Any] = {
        "study": "faces",
        "seeds": 2,
        "data": {"use": "sweep.data:image_folder", "root": "faces", "image_size": [32, 32]},
        "model": {"use": "sweep.models:small_xception", "width": 0.25},
        "train": {"learning_rate": 0.001, "epochs": 3, "early_stopping": {"patience": 2}},
        "grid": {"train.learning_rate": [0.001, 0.01], "model.dropout": [0.0, 0.5]},
    }
    return Study.model_validate(fixed | changes)


def planned(one: Study) -> list[PlannedTrial]:
    """Return the plan over fixed data and code."""
    return list(plan(one, lambda configuration, seed: "d" * 64, lambda configuration: "c" * 16))


def config_ids(**changes: Any) -> list[str]:
    """Return the ids of the configurations of the fixed study with some keys changed."""
    return [one.config_id for one in configurations(study(**changes))]


def test_ids_are_those_of_every_release() -> None:
    """Golden ids: a change of the digest would run every stored trial of every user again."""
    assert SCHEMA_VERSION == 1, "new golden ids are due with a new schema version"
    trials = planned(study())
    assert [one.configuration.config_id for one in trials[:4]] == [
        "effeb600a9cb",
        "02d657672e3b",
        "fa739f6726b2",
        "b637e0db17d5",
    ]
    assert [one.trial_id for one in trials] == [
        "3a1d2ed5e9675060",
        "0b3b5791e840dc3f",
        "fe70da23acbd25b3",
        "185eb312aa4f032c",
        "40e8231c6bbfb09a",
        "c4b67125c451207d",
        "55520fcfbf83802b",
        "ade14fae7b4a0f93",
    ]


def test_the_way_a_number_is_typed_does_not_count() -> None:
    """1 and 1.0 are one configuration, in settings, keywords and grid."""
    whole = config_ids(model={"use": "a:b", "width": 1, "sizes": [2, 3]}, train={"learning_rate": 1}, grid={})
    typed = config_ids(model={"use": "a:b", "width": 1.0, "sizes": [2.0, 3.0]}, train={"learning_rate": 1.0}, grid={})
    assert whole == typed
    assert config_ids(grid={"model.width": [1, 2]}) == config_ids(grid={"model.width": [1.0, 2.0]})
    assert config_ids(model={"use": "a:b", "width": -0.0}) == config_ids(model={"use": "a:b", "width": 0})


def test_a_word_is_not_a_number() -> None:
    """ "1" and 1, and true and 1, are different settings of a model."""
    ids = {config_ids(model={"use": "a:b", "x": value}, grid={})[0] for value in ("1", 1, True, None, [1])}
    assert len(ids) == 5


def test_a_setting_spelt_out_is_the_default() -> None:
    """Writing a default into the file changes no id."""
    assert config_ids(hold={"split": 0}) == config_ids()
    assert config_ids(
        train={"learning_rate": 0.001, "epochs": 3, "early_stopping": {"patience": 2}, "keep": "best"}
    ) == (config_ids())


@pytest.mark.parametrize(
    "changes",
    [
        {"task": "classification"},
        {"data": {"use": "sweep.data:image_folder", "root": "elsewhere", "image_size": [32, 32]}},
        {"data": {"use": "mine:load", "root": "faces", "image_size": [32, 32]}},
        {"model": {"use": "sweep.models:small_xception", "width": 0.5}},
        {"train": {"learning_rate": 0.001, "epochs": 4, "early_stopping": {"patience": 2}}},
        {"train": {"learning_rate": 0.001, "epochs": 3, "early_stopping": {"patience": 3}}},
        {"hold": {"split": 1}},
        {"hold": {}},
        {"determinism": False},
        {"resources": {"threads": 2}},
        {"resources": {"gpu": 1}},
    ],
)
def test_what_decides_a_trial_changes_every_id(changes: Any) -> None:
    """Another task, data, model, training, held stream, thread count or kind of device is another trial."""
    assert not set(config_ids(**changes)) & set(config_ids())


@pytest.mark.parametrize(
    "changes",
    [
        {"study": "other"},
        {"results": "elsewhere"},
        {"data": {"use": "sweep.data:image_folder", "root": "faces", "image_size": [32, 32], "leakage": "allow"}},
        {"resources": {"cpu": 2}},
        {"seeds": 9},
        {"samples": 4},
        {"study_seed": 4},
    ],
)
def test_what_decides_no_bits_leaves_the_ids_alone(changes: Any) -> None:
    """The study's name, its results, `leakage`, processors and seeds do not name a configuration."""
    assert config_ids(**changes) == config_ids()


def test_half_a_gpu_and_a_gpu_are_one_configuration() -> None:
    """Whether a trial runs on a GPU counts; what share of it Ray gives does not."""
    assert config_ids(resources={"gpu": 0.5}) == config_ids(resources={"gpu": 1})


def test_every_configuration_has_the_same_seeds_seed_by_seed() -> None:
    """All configurations of the first seed come first, so that each has an answer early."""
    trials = planned(study(seeds=[7, 3]))
    assert [one.seed for one in trials] == [7, 7, 7, 7, 3, 3, 3, 3]
    ids = config_ids()
    assert [one.configuration.config_id for one in trials] == ids + ids
    assert len({one.trial_id for one in trials}) == 8


def test_more_seeds_and_more_points_keep_the_old_ids() -> None:
    """Adding seeds or configurations adds trials and changes none."""
    old = {one.trial_id for one in planned(study())}
    seeds = {one.trial_id for one in planned(study(seeds=5))}
    points = {
        one.trial_id
        for one in planned(study(grid={"model.dropout": [0.5, 0.0, 0.9], "train.learning_rate": [0.01, 0.001]}))
    }
    assert old < seeds
    assert old < points


def test_other_data_or_code_is_another_trial_of_the_same_configuration() -> None:
    """The digests of data and model code stand in the trial's id."""
    one = study(seeds=1, grid={})
    ids = [
        next(plan(one, lambda *_, data=data: data, lambda _, code=code: code)).trial_id
        for data, code in (("d", "c"), ("e", "c"), ("d", "e"))
    ]
    assert len(set(ids)) == 3


def test_data_may_follow_the_seed() -> None:
    """The data's digest is asked for each configuration and seed, since a split may follow the seed."""
    trials = list(plan(study(grid={}), lambda _, seed: f"data of seed {seed}", lambda _: "c"))
    assert [one.data_id for one in trials] == ["data of seed 0", "data of seed 1"]


def test_a_point_that_comes_twice_is_one_configuration() -> None:
    """Draws of a choice repeat; a repeated configuration would count its seeds twice."""
    found = configurations(study(grid={"model.dropout": {"choice": [0.1, 0.2]}}, samples=20))
    assert len(found) == 2


def test_a_grid_reaches_nested_settings() -> None:
    """A dotted key may go below a setting that the study leaves out."""
    found = configurations(study(train={"epochs": 3}, grid={"train.early_stopping.patience": [1, 2]}))
    assert [one.study.train.early_stopping.patience for one in found if one.study.train.early_stopping] == [1, 2]


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({"train.learning_rate": [0.1, 0]}, "train.learning_rate: expected greater than 0. Received: 0"),
        ({"train.epocs": [1]}, "Unknown key 'train.epocs'. Did you mean 'epochs'?"),
        ({"train.epochs": {"uniform": [1, 2]}}, "train.epochs: expected a whole number"),
        ({"train.epochs.first": [1]}, "Received: train.epochs.first"),
        ({"model.width.inner": [1]}, "Received: model.width.inner"),
        ({"model.dropout": [float("nan")]}, "finite numbers"),
    ],
)
def test_a_value_of_the_grid_is_checked_like_the_file(grid: Any, message: str) -> None:
    """A grid point that does not fit its setting is refused before a trial runs, with the point named."""
    with pytest.raises(InputError) as caught:
        configurations(study(grid=grid))
    assert message in str(caught.value)


def test_settings_are_columns_as_numbers_or_words() -> None:
    """Numbers become float, lists and flags words, absent settings no column."""
    model = {"use": "a:b", "width": 1, "deep": {"x": 2}, "sizes": [1, 2], "flag": True, "none": None}
    one = configurations(study(model=model, train={"epochs": 3}, grid={}))[0]
    assert one.hp["model.width"] == 1.0
    assert type(one.hp["model.width"]) is float
    assert one.hp["model.deep.x"] == 2.0
    assert one.hp["model.sizes"] == "[1,2]"
    assert one.hp["model.flag"] == "true"
    assert one.hp["model.use"] == "a:b"
    assert one.hp["data.root"] == "faces"
    assert "model.none" not in one.hp
    assert "train.learning_rate" not in one.hp


def test_labels_show_the_grid_alone() -> None:
    """A configuration is named by what differs; a study without grid has no label."""
    assert [one.label for one in configurations(study(grid={"model.dropout": [0.25, 0.5]}))] == [
        "model.dropout=0.25",
        "model.dropout=0.5",
    ]
    assert configurations(study(grid={}))[0].label == ""


def test_the_document_is_json_and_names_every_trial() -> None:
    """study.json can be written, and holds the plan in its order."""
    trials = planned(study())
    document = json.loads(json.dumps(as_document(study(), trials), allow_nan=False))
    assert [row["trial_id"] for row in document["plan"]] == [one.trial_id for one in trials]
    assert list(document["configurations"]) == config_ids()
    assert Study.model_validate(document["resolved"]) == study()
