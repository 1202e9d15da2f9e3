"""The one list of the functions that a study names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import AfterValidator, BaseModel

from sweep.errors import InputError
from sweep.running import opening, preflight
from sweep.running.record_relay import Link
from sweep.study.functions import ROLES, functions_of
from sweep.study.identity import Identities
from sweep.study.parts import FunctionName
from sweep.study.plan import configurations
from sweep.study.study import Study
from sweep.study.trust import NOBODY_ELSE, UntrustedError, permit
from sweep.submit.parcel_contents import contents
from sweep.trial.trial import TrialOrder

NET = """
def data(split_seed): ...
def build(input_shape, n_classes, *, block="blocks:plain", head=None, depth=1): ...
def other(input_shape, n_classes, *, width=1): ...
def measure(model, splits, *, by="means:mean"): ...
def answer(results): ...
"""
BLOCKS = "def plain(): return 1\ndef wide(): return 2\n"
MEANS = "def mean(): return 0\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a study's functions, and further ones that only words name."""
    for name, text in {"own_net": NET, "blocks": BLOCKS, "means": MEANS, "heads": "def top(): return 1\n"}.items():
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def study(**changes: Any) -> Study:
    """Return a study of these functions."""
    given = {"data": {"use": "own_net:data"}, "model": {"use": "own_net:build"}, "answer": "own_net:answer"}
    return Study.model_validate({"study": "s", **given, "measure": {"use": "own_net:measure"}, **changes})


def places(kind: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield where a type holds the name of a function, as keys and places in lists."""
    marker = next(one for one in FunctionName.__metadata__ if isinstance(one, AfterValidator))
    if marker in getattr(kind, "__metadata__", ()):
        yield at
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if marker in field.metadata:
                yield (*at, name)
            else:
                yield from places(field.annotation, (*at, name))
    else:
        inner = {list: 0, dict: "any"}.get(get_origin(kind))
        for one in get_args(kind):
            yield from places(one, at if inner is None else (*at, inner))


def test_every_place_of_a_study_file_that_names_a_function_has_a_role() -> None:
    """Found in the types of the file; a new place that the list does not know fails here."""
    found = list(places(Study))
    assert len(found) >= 4
    assert {str(one[0]) for one in found} == {*ROLES, "train", "tests"}
    for number, place in enumerate(found):
        use = f"nowhere:number_{number}"
        said: Any = use
        for key in reversed(place):
            said = [said] if key == 0 else {key: said}
        listed = [one for one in functions_of(said) if one.use == use]
        assert [one.role for one in listed] == ["data" if place[0] == "tests" else place[0]]


def test_a_study_names_each_function_once_with_its_keywords(project: Path) -> None:
    """From any arm or point of the grid; words count where there is such a function, defaults as well."""
    one = study(
        model={"use": "own_net:build", "head": {"use": "heads:top", "units": 3}, "depth": 2},
        grid={"model.block": ["blocks:plain", "blocks:wide", "no:thing"]},
        arms={"a": {}, "b": {"train.epochs": 3}, "c": {"data.root": "s:x"}},
    )
    found = {(one.role, one.key, one.use): (dict(one.keywords), one.decides) for one in one.functions()}
    assert len(found) == len(one.functions())
    assert found == {
        ("data", "data", "own_net:data"): ({"root": "s:x"}, "content"),
        ("model", "model", "own_net:build"): (
            {"head": {"use": "heads:top", "units": 3}, "depth": 2, "block": "blocks:plain"},
            "code",
        ),
        ("keyword", "model.head", "heads:top"): ({"units": 3}, "code"),
        ("keyword", "model.block", "blocks:plain"): ({}, "code"),
        ("keyword", "model.block", "blocks:wide"): ({}, "code"),
        ("measure", "measure", "own_net:measure"): ({}, "code"),
        ("keyword", "measure.by", "means:mean"): ({}, "code"),
        ("answer", "answer", "own_net:answer"): ({}, "nothing"),
    }
    assert [one.role for one in one.functions() if not one.decides_bits] == ["answer"]


def test_an_arm_with_another_model_names_both(project: Path) -> None:
    """And the check of names and keywords sees each with its own."""
    one = study(arms={"a": {}, "b": {"model": {"use": "own_net:other", "width": 2}}})
    assert [two.use for two in one.functions() if two.role == "model"] == ["own_net:build", "own_net:other"]
    opening.check_code(one)
    wrong = study(arms={"a": {}, "b": {"model": {"use": "own_net:other", "depth": 2}}})
    with pytest.raises(InputError, match=r"Unknown key 'model\.depth' for own_net:other"):
        opening.check_code(wrong)


def test_id_nodes_and_parcel_see_the_same_functions(project: Path) -> None:
    """A function that only a default names is in the id, is compared on every node, and goes to the cluster."""
    one = study(model={"use": "own_net:build", "depth": 2})
    before = Identities(project / "kept").of(one).code_id
    deciding = {two.use for two in one.functions() if two.decides_bits}
    order = TrialOrder(
        trial_id="0" * 16,
        config_id="c",
        seed=0,
        data_id="d" * 64,
        code_id="c",
        study=configurations(one)[0].study.model_dump(mode="json"),
        hp={},
        results=str(project / "results"),
        folder=str(project),
        modules=(str(project),),
    )
    asked = preflight.question([order], Link(str(project / "results"), ".driver", None))
    assert set(asked.code) == deciding
    assert "blocks:plain" in deciding
    sent = contents(one, None).files
    assert {"own_net.py", "blocks.py", "means.py"} <= set(sent)
    (project / "blocks.py").write_text(BLOCKS.replace("return 1", "return 3"))
    assert Identities(project / "kept").of(one).code_id != before
    assert set(preflight.look(asked).other_code) == {"blocks:plain", "own_net:build"}


def test_what_a_stored_study_names_at_any_depth_must_be_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There nothing is resolved and nothing is looked for first: every `use` counts as it stands."""
    monkeypatch.chdir(tmp_path)
    resolved = {"model": {"use": "sweep.models:dense_net", "block": [{"use": "os:system"}]}}
    with pytest.raises((UntrustedError, InputError), match="os"):
        permit(resolved, ["model"], tmp_path / "results", NOBODY_ELSE)
