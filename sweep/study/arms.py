"""Arms: named sets of changed settings, so that two models, two protocols or two ways of seeding stand in one study."""

from collections.abc import Mapping
from typing import Any

SECTIONS = (
    "data",
    "model",
    "fit",
    "trial",
    "train",
    "hold",
)  # replaced whole, or one setting of it by a dotted key
SWITCHES = ("seeded", "determinism")


def check_arm(name: Any, changes: Any) -> None:
    """Raise ValueError unless an arm changes settings that an arm may change.

    A pydantic validator calls this, hence the ValueError; its text continues "expected ...".
    """
    kinds = (
        f"settings like model.use, train.epochs, hold.order or seeded, or a whole {', '.join(SECTIONS[:-1])} or hold"
    )
    if not isinstance(name, str) or not name or not name.isprintable():
        raise ValueError(f"a word as the name of an arm. Received: {name!r}")
    if not isinstance(changes, Mapping):
        raise ValueError(f"{kinds} for the arm {name}. Received: {changes!r}")
    for key in changes:
        section, dot, setting = str(key).partition(".")
        if not (section in SECTIONS and bool(setting) == bool(dot)) and key not in SWITCHES:
            raise ValueError(f"{kinds} for the arm {name}. Received: {key}")


def changed(study: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a study's mapping with the changes of an arm in place; None takes a setting away.

    study: as JSON. changes: what `check_arm` admits, whole sections before settings of them.
    """
    found = dict(study)
    for key, value in sorted(changes.items(), key=lambda change: change[0].count(".")):
        section, _, setting = key.partition(".")
        found[section] = _with(found[section], setting.split("."), value) if setting else value
    return found


def held_streams(study: Mapping[str, Any], arm: Any = None) -> dict[str, int]:
    """Return the streams that are held still in an arm of a study, with their seeds; arm None: without arms.

    study: as JSON, such as `resolved` of study.json.
    """
    arms = study.get("arms") or {}
    return dict((changed(study, arms[arm]) if arm in arms else study).get("hold") or {})


def _with(section: Any, path: list[str], value: Any) -> dict[str, Any]:
    inner = dict(section or {})
    if path[1:]:
        inner[path[0]] = _with(inner.get(path[0]), path[1:], value)
    elif value is None:
        inner.pop(path[0], None)
    else:
        inner[path[0]] = value
    return inner
