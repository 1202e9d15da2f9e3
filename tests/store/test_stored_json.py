"""study.json is told whole or not by the plain check and by pydantic alike."""

import copy
from typing import Any

import pytest

from sweep.store.json_models import StudyDocument, fault_of
from sweep.store.stored_json import _is_plain, fault_of_study

PLAIN: dict[str, Any] = {
    "study": "s",
    "task": "verification",
    "schema_version": 1,
    "resolved": {
        "data": {"use": "a:b"}, "model": None, "hold": {"split": 0}, "arms": {"x": {"y": 1}}, "grid": {},
        "answer": None,
    },
    "configurations": {"c": {"label": "l", "hp": {"a": 1, "b": 0.5, "c": "word", "d": None}, "classes": ["x"]}},
    "plan": [{"trial_id": "t", "config_id": "c", "seed": 0}],
}  # fmt: skip
PLACES = [
    ("study",), ("task",), ("schema_version",), ("resolved",), ("configurations",), ("plan",),
    *(("resolved", key) for key in PLAIN["resolved"]), ("resolved", "hold", "split"), ("resolved", "arms", "x"),
    ("configurations", "c"), *(("configurations", "c", key) for key in ("label", "hp", "classes")),
    ("configurations", "c", "hp", "a"), ("configurations", "c", "classes", 0),
    ("plan", 0), *(("plan", 0, key) for key in ("trial_id", "config_id", "seed")),
]  # fmt: skip
VALUES = [None, "", "word", 0, -1, 1.5, True, [], {}, [1], ["t", "t"], {"a": 1}, {"use": 1}, {"use": "a"}]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_the_plain_check_never_takes_what_pydantic_refuses(place: tuple[Any, ...]) -> None:
    """Whatever stands in any place of the document: what is called plain has no fault."""
    for value in VALUES:
        document = copy.deepcopy(PLAIN)
        inner: Any = document
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = value
        assert not _is_plain(document) or fault_of(document, StudyDocument) == "", (place, value)
        del inner[place[-1]]
        assert not _is_plain(document) or fault_of(document, StudyDocument) == "", place


def test_a_plain_document_is_told_at_once_and_a_trial_planned_twice_is_not() -> None:
    """The usual study needs no pydantic; a fault is still named in its words."""
    assert _is_plain(PLAIN)
    twice = PLAIN | {"plan": PLAIN["plan"] * 2}
    assert not _is_plain(twice)
    assert "every trial once in the plan" in fault_of_study(twice)
