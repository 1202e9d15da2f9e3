"""The key `division` of a study file: an axis of the plan, and part of the ids of those studies alone that have it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sweep.errors import InputError
from sweep.study.plan import as_document, configurations, plan
from sweep.study.study import Study
from sweep.study.study_text import read_yaml

FIXED: dict[str, Any] = {
    "study": "faces",
    "seeds": 2,
    "data": {"use": "sweep.data:synthetic_vectors"},
    "model": {"use": "sweep.models:small_xception", "width": 0.25},
    "grid": {"model.dropout": [0.0, 0.5]},
}


def study(**changes: Any) -> Study:
    """Return the fixed study of these tests with some keys changed."""
    return Study.model_validate({**FIXED, **changes})


def test_the_fold_is_the_last_axis_of_the_grid() -> None:
    """One configuration for each point and fold, with an id, a label and settings that tell the fold."""
    found = configurations(study(division={"folds": 3}))
    assert [one.label for one in found] == [
        f"model.dropout={dropout} division.fold={fold}" for dropout in ("0", "0.5") for fold in range(3)
    ]
    assert [one.hp["division.fold"] for one in found] == [0.0, 1.0, 2.0] * 2
    assert {one.hp["division.folds"] for one in found} == {3.0}
    assert len({one.config_id for one in found}) == len({one.key for one in found}) == 6
    assert len({one.whole for one in found}) == 2
    assert [one.study.division.fold for one in found if one.study.division] == [0, 1, 2] * 2


def test_trials_are_configurations_times_folds_times_seeds() -> None:
    """The plan runs all folds of a seed before the next seed, and writes which folds belong together."""
    folded = study(division={"folds": 3})
    trials = list(plan(folded, lambda configuration, seed: "d" * 64, lambda configuration: "c" * 16))
    assert [trial.seed for trial in trials] == [0] * 6 + [1] * 6
    assert len({trial.trial_id for trial in trials}) == 12
    document = as_document(folded, trials)
    assert len({said["whole"] for said in document["configurations"].values()}) == 2
    assert Study.model_validate(document["resolved"]) == folded
    assert [len(configurations(one.configuration.study)) for one in trials[:2]] == [1, 1]


def test_the_number_of_folds_and_the_held_split_are_part_of_the_id() -> None:
    """Other folds are other trials, and so is another dealing; a study without folds is none of them."""
    ids = [
        {one.config_id for one in configurations(study(**changes))}
        for changes in ({}, {"division": {"folds": 3}}, {"division": {"folds": 4}},
                        {"division": {"folds": 3}, "hold": {"split": 1}})
    ]  # fmt: skip
    assert len(set().union(*ids)) == sum(map(len, ids))


def test_ids_without_folds_stay() -> None:
    """A golden id: the key that is not used does not count, and study.json says nothing of folds."""
    found = configurations(study())
    assert [one.config_id for one in found] == ["8b379ab37dc0", "420995513629"]
    trials = list(plan(study(), lambda configuration, seed: "d" * 64, lambda configuration: "c" * 16))
    assert all("whole" not in said for said in as_document(study(), trials)["configurations"].values())
    assert not any(name.startswith("division") for one in found for name in one.hp)


WHOLE = "division.folds: expected a whole number from 3 to 20: of the folds one is test, one is dev, and the rest train"
BAD = [
    *(({"folds": value}, f"{WHOLE}. Received: {value!r}.") for value in (1, 2, 21, "5", 5.0, True, None, [5])),
    ({}, "Expected the key 'division.folds'. Received: none."),
    (5, "division: expected keys and values. Received: 5."),
    ({"folds": 5, "fold": 1}, "division: expected folds alone, as in {folds: 5}. Received: fold too."),
    ({"folds": 5, "dev": 1}, "Unknown key 'division.dev'."),
]


@pytest.mark.parametrize(("division", "says"), BAD, ids=[str(one) for one, _ in BAD])
def test_a_wrong_division_is_refused(division: Any, says: str, tmp_path: Path) -> None:
    """One message for each."""
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump({**FIXED, "division": division}))
    assert read_yaml(path)[1]["division"] == division
    with pytest.raises(InputError) as told:
        Study.load(path)
    assert says in str(told.value)
    assert "\n" not in str(told.value)


def test_folds_count_among_the_trials() -> None:
    """The limit of trials is one of configurations x folds x seeds."""
    with pytest.raises(ValueError, match=r"40 configurations x 5,000 seeds = 200,000"):
        study(division={"folds": 20}, seeds=5000)


def test_no_grid_sets_the_folds() -> None:
    """The number of folds is no setting of a configuration."""
    with pytest.raises(ValueError, match=r"keys like train\.learning_rate"):
        study(division={"folds": 3}, grid={"division.folds": [3, 5]})
