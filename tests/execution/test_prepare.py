"""From a study to a plan whose data lie ready: one division for all seeds, or one for each."""

import os
from pathlib import Path

import pytest

from sweep.errors import InputError
from sweep.running import opening, preparation
from sweep.study.study import Study

MODEL = {"use": "sweep.models:dense_net"}


@pytest.fixture(autouse=True)
def modules(monkeypatch):
    """Let studies name the module beside this file."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


def study(use="divided_data:divided", **keys):
    """Return a study of three seeds on a user's data."""
    return Study.model_validate({"study": "s", "seeds": 3, "data": {"use": use}, "model": MODEL, **keys})


def test_by_default_every_seed_has_the_same_division():
    """The stream "split" is held unless the study says otherwise, so that all seeds share one test set."""
    trials, data = preparation.prepare(study())
    assert len(data) == 1
    assert len({one.trial_id for one in trials}) == 3


def test_a_study_that_holds_nothing_divides_anew_for_each_seed():
    """With `hold: {}` each seed has its own division, and its own data_id."""
    trials, data = preparation.prepare(study(hold={}))
    assert len(data) == 3
    again, _ = preparation.prepare(study(hold={}))
    assert [one.trial_id for one in again] == [one.trial_id for one in trials]


def test_a_division_given_in_the_study_is_everybodys():
    """`data.split_seed` in the study is the division's own seed."""
    _, data = preparation.prepare(study(data={"use": "divided_data:divided", "split_seed": 5}, hold={}))
    assert len(data) == 1


def test_data_are_made_once_for_all_configurations_and_seeds(tmp_path, monkeypatch):
    """Thirty trials that share their data call the data function once; three divisions are made by one process."""
    calls = tmp_path / "calls"
    monkeypatch.setenv("DIVIDED_CALLS", str(calls))
    trials, _ = preparation.prepare(study(seeds=10, grid={"model.dropout": [0.0, 0.1, 0.2]}))
    assert len(trials) == 30
    assert len(calls.read_text().split()) == 1
    calls.unlink()
    preparation.prepare(study(hold={}))
    processes = calls.read_text().split()
    assert len(processes) == 3
    assert len(set(processes) - {str(os.getpid())}) == 1


def test_data_that_draw_without_saying_so_are_the_same_again():
    """A data function that uses NumPy's global generator gives the same plan every time."""
    first, again = (preparation.prepare(study("divided_data:drawn"))[0] for _ in range(2))
    assert [one.trial_id for one in first] == [one.trial_id for one in again]


def test_a_data_function_that_raises_is_one_message():
    """What the user's function raises is told with its type, as an InputError."""
    with pytest.raises(InputError, match="It raised TypeError"):
        preparation.prepare(study(data={"use": "divided_data:divided", "split_seed": "x"}))


def test_a_setting_of_the_grid_that_no_function_takes_is_named():
    """A grid over a keyword that the model does not take names the nearest one."""
    with pytest.raises(InputError, match="Did you mean 'dropout'"):
        opening.check_code(study(grid={"model.dropuot": [0.1]}))
