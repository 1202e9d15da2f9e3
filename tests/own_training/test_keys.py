"""Which keys go together, what of them is part of an id, and what is said before a trial is run."""

from typing import Any

import pytest
from pydantic import ValidationError

from sweep.errors import InputError
from sweep.running.opening import open_study
from sweep.study.plan import configurations
from sweep.study.study import Study
from sweep.study.study_text import explain

DATA = {"use": "sweep.data:synthetic_vectors"}
MODEL, FIT, TRIAL = {"use": "sweep.models:dense_net"}, {"use": "own_fits:loop"}, {"use": "own_trials:logistic"}


def study(**keys: Any) -> Study:
    """Return a study of vectors."""
    return Study.model_validate({"study": "one", "data": DATA, **keys})


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({}, "expected the key 'model' (a Keras model), or 'trial'"),
        ({"model": MODEL, "trial": TRIAL}, "expected 'trial' without model: own_trials:logistic trains and scores"),
        ({"trial": TRIAL, "train": {"epochs": 3}}, "expected 'trial' without train:"),
        ({"trial": TRIAL, "measure": FIT}, "expected 'trial' without measure:"),
        ({"model": MODEL, "fit": FIT, "train": {"epochs": 3}}, "beside 'fit'. Received: train.epochs"),
        ({"trial": TRIAL, "preload": ["torhc"]}, "Received: torhc. Did you mean 'torch'?"),
        ({"trial": TRIAL, "grid": {"trail.c": [1]}}, "grid: expected keys like"),
    ],
)
def test_keys_that_contradict_each_other_are_refused(keys: dict[str, Any], message: str) -> None:
    """One function makes the scores, and no setting stands there without effect."""
    with pytest.raises(ValidationError) as raised:
        study(**keys)
    assert message in explain(raised.value, Study, "one.yaml")


def test_a_grid_reaches_the_keywords() -> None:
    """`trial.c` and `fit.margin` are axes; each value is a configuration of its own, and hp.* has no `train`."""
    found = configurations(study(trial=TRIAL, grid={"trial.c": [0.1, 1]}))
    assert [one.label for one in found] == ["trial.c=0.1", "trial.c=1"]
    assert len({one.config_id for one in found}) == 2
    assert set(found[0].hp) == {"trial.use", "trial.c"}
    found = configurations(study(model=MODEL, fit=FIT, grid={"fit.margin": [0.1, 1]}))
    assert set(found[0].hp) == {"model.use", "fit.use", "fit.margin"}


def test_an_arm_may_be_of_another_kind() -> None:
    """A Keras model and a function of the user's own stand in one study as two arms."""
    arms = {"net": {}, "forest": {"trial": TRIAL, "model": None}}
    net, forest = configurations(study(model=MODEL, arms=arms))
    assert (net.study.maker.use, forest.study.maker.use) == (MODEL["use"], TRIAL["use"])


@pytest.mark.parametrize("role", ["trial", "fit"])
def test_the_code_of_the_function_is_part_of_the_id(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    """A change of the function's source gives another code_id, and a study without it keeps its own."""
    from sweep.study.identity import Identities

    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / f"mine_{role}.py"
    keys = {role: {"use": f"mine_{role}:go"}, **({"model": MODEL} if role == "fit" else {})}
    ids = []
    for value in (1, 2):
        file.write_text(f"def go(*given):\n    return {value}\n")
        ids.append(Identities(tmp_path).of(study(**keys)).code_id)
    assert ids[0] != ids[1]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            {"use": "calls:short"},
            "expected calls:short(splits, run, **keywords). Received: calls:short(splits).",
        ),
        ({"use": "calls:needs"}, "Received: no c, which has no default. Set 'trial.c'."),
        ({"use": "calls:needs", "c": 1, "d": 2}, "Unknown key 'trial.d' for calls:needs."),
        ({"use": "calls:needs", "c": 1, "run": 2}, "Received: the key 'trial.run', which a trial gives itself."),
        ({"use": "calls:nedes"}, "Received: nedes. Did you mean 'needs'?"),
    ],
)
def test_a_function_that_cannot_be_called_is_refused_before_a_trial(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, keys: dict[str, Any], message: str
) -> None:
    """Its parameters are read in the source; nothing is imported."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "calls.py").write_text(
        "raise SystemExit\ndef short(splits):\n    pass\ndef needs(splits, run, *, c):\n    pass\n"
    )
    with pytest.raises(InputError) as raised:
        open_study(study(trial=keys))
    assert message in str(raised.value)
