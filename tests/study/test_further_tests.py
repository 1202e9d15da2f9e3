"""The key `tests` of a study file: its names, its place in grid, arms and ids, and where it cannot stand."""

from typing import Any

import pytest
from pydantic import ValidationError

from sweep.study.further_tests import takes_split_seed
from sweep.study.plan import as_document, configurations, plan
from sweep.study.study import Study
from tests.study.test_division import FIXED

B = {"use": "sweep.data:synthetic_vectors", "seed": 5}


def study(**changes: Any) -> Study:
    """Return the fixed study with a further test set B."""
    return Study.model_validate({**FIXED, "tests": {"B": B}, **changes})


def trial_ids(one: Study) -> list[str]:
    """Return the ids of a plan over data and code that do not change."""
    return [trial.trial_id for trial in plan(one, lambda configuration, seed: "d" * 64, lambda configuration: "c" * 16)]


def test_a_study_without_further_tests_keeps_its_ids() -> None:
    """An empty mapping is none; with one the configuration is another, and the trial is known by the data's content."""
    plain, empty, some = (study(tests=tests) for tests in ({}, {}, {"B": B}))
    assert [one.config_id for one in configurations(plain)] == [one.config_id for one in configurations(empty)]
    assert not {one.config_id for one in configurations(plain)} & {one.config_id for one in configurations(some)}
    assert trial_ids(plain) == trial_ids(some)  # the data_id, which is fixed here, tells them apart


def test_people_count_in_the_id_and_leakage_does_not() -> None:
    """Whether names are people decides the scores' columns; what is allowed decides nothing."""
    ids = [
        configurations(study(tests={"B": {**B, **more}}))[0].config_id
        for more in ({}, {"people": "by name"}, {"leakage": "allow"}, {"people": "others"}, {"seed": 6})
    ]
    assert ids[0] == ids[1] == ids[2]
    assert len(set(ids)) == 3


def test_grid_and_arms_set_where_a_test_set_lies() -> None:
    """`tests.B.seed` is an axis, and a setting of an arm; hp has it."""
    of_grid = configurations(study(grid={"tests.B.seed": [5, 6]}))
    of_arms = configurations(study(grid={}, arms={"x": {"tests.B.seed": 7}, "y": {"tests": {"C": B}}}))
    assert [one.hp["tests.B.seed"] for one in of_grid] == [5.0, 6.0]
    assert [one.label for one in of_grid] == ["tests.B.seed=5", "tests.B.seed=6"]
    assert [list(one.study.tests) for one in of_arms] == [["B"], ["C"]]
    assert of_arms[0].study.tests["B"].keywords == {"seed": 7}


def test_its_functions_are_data_functions() -> None:
    """Each is named once, as data, whose content decides the bits and not its code."""
    found = [one for one in study().functions() if one.key == "tests.B"]
    assert [(one.role, one.decides, dict(one.keywords)) for one in found] == [("data", "content", {"seed": 5})]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tests": {"a b": B}}, "names of letters, digits, _ and - for further test sets. Received: 'a b'"),
        ({"tests": {"dev": B}}, "other than train, dev, test"),
        ({"tests": {"hter": B}}, "that no metric has. Received: 'hter'"),
        ({"tests": {"B": {"root": "x"}}}, "use"),
        ({"grid": {"tests.B.use": ["a:b", "c:d"]}}, "which chooses the code"),
        ({"division": {"folds": 3}}, "`tests` or `division`. Received: both"),
    ],
)
def test_what_cannot_stand_is_refused(changes: dict[str, Any], said: str) -> None:
    """Names that columns cannot have, no function, another function in the grid, folds."""
    with pytest.raises(ValidationError, match=said):
        study(**changes)


def test_the_document_of_a_study_can_be_read_again() -> None:
    """study.json holds the test sets, and gives the same study."""
    one = study()
    trials = list(plan(one, lambda configuration, seed: "d" * 64, lambda configuration: "c" * 16))
    assert Study.model_validate(as_document(one, trials)["resolved"]) == one


def test_seeds_have_data_of_their_own_where_any_function_takes_the_split_seed() -> None:
    """The functions of data and of further test sets are asked."""
    assert takes_split_seed(study(), lambda use, name: False) is False
    assert takes_split_seed(study(tests={"B": {"use": "a:b"}}), lambda use, name: use == "a:b") is True
