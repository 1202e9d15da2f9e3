"""Arms: named changes of a study that stand beside each other in one plan."""

import pytest

from sweep.errors import InputError
from sweep.study.plan import configurations, plan
from sweep.study.study import Study

BASE = {
    "study": "arms",
    "data": {"use": "sweep.data:synthetic_vectors"},
    "model": {"use": "sweep.models:dense_net", "units": [8]},
    "seeds": 3,
}


def _arms(arms, **more):
    return configurations(Study(**BASE, arms=arms, **more))


def test_an_arm_changes_its_settings_and_is_named_in_the_columns():
    """A dotted setting changes one thing, a whole section replaces all of it, and hp.arm holds the name."""
    plain, wide, other, loose = _arms(
        {
            "plain": {},
            "wide": {"model.units": [64], "train.epochs": 2},
            "other": {"model": {"use": "sweep.models:small_xception", "width": 0.1}},
            "loose": {"hold": {"init": 3}, "seeded": False},
        }
    )
    assert [one.hp["arm"] for one in (plain, wide, other, loose)] == ["plain", "wide", "other", "loose"]
    assert plain.label == "arm=plain"
    assert (wide.study.model.keywords, wide.study.train.epochs) == ({"units": [64]}, 2)
    assert other.study.model.keywords == {"width": 0.1}
    assert (loose.study.hold, loose.study.seeded, loose.hp["seeded"]) == ({"init": 3}, False, "false")
    assert "seeded" not in plain.hp


def test_arms_are_crossed_with_the_grid_and_every_trial_has_its_own_id():
    """Two arms at two points with three seeds are twelve trials; the plain arm has the ids of a study without arms."""
    grid = {"model.dropout": [0.0, 0.5]}
    study = Study(**BASE, grid=grid, arms={"plain": {}, "held": {"hold.order": 0}})
    planned = list(plan(study, lambda one, seed: "data", lambda one: "code"))
    assert len({one.trial_id for one in planned}) == 12
    alone = {one.trial_id for one in plan(Study(**BASE, grid=grid), lambda one, seed: "data", lambda one: "code")}
    assert alone == {one.trial_id for one in planned if one.configuration.hp["arm"] == "plain"}
    assert planned[0].configuration.label == "arm=plain model.dropout=0"


@pytest.mark.parametrize(
    ("arms", "said"),
    [
        ({"a": {"resources.cpu": 2}}, "Received: resources.cpu"),
        ({"a": {"train.epochs": "many"}}, "arm=a: train.epochs: expected a number"),
        ({"a": {"model.units": [4]}, "b": {"model.units": [4]}}, "a and b mean the same trials"),
        ({"a": {"model.dropout": 0.5}}, "model.dropout, which the grid sets"),
        ({"a": 3}, "for the arm a. Received: 3"),
    ],
)
def test_a_wrong_arm_is_one_message(arms, said):
    """What an arm may not change, does not fit, repeats another arm or meets the grid is refused by name."""
    mapping = BASE | {"arms": arms, "grid": {"model.dropout": [0.0]} if "the grid sets" in said else {}}
    with pytest.raises(InputError) as caught:
        configurations(_loaded(mapping))
    assert said in str(caught.value)


def _loaded(mapping):
    from pydantic import ValidationError

    from sweep.study.study_text import explain

    try:
        return Study.model_validate(mapping)
    except ValidationError as error:
        raise InputError(explain(error, Study, "arms.yaml")) from None
