"""Arms: named sets of changed settings, so that two models, two protocols or two ways of seeding stand in one study."""

from collections.abc import Mapping
from typing import Any

from sweep.errors import InputError
from sweep.study.inside import with_setting

# A whole one is replaced, a dotted setting changes one thing in it.
SECTIONS = ("data", "tests", "model", "fit", "trial", "train", "hold")
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
        found[section] = _inside(section, found[section], setting, value) if setting else value
    return found


def held_streams(study: Mapping[str, Any], arm: Any = None) -> dict[str, int]:
    """Return the streams that are held still in an arm of a study, with their seeds; arm None: without arms.

    study: as JSON, such as `resolved` of study.json.
    """
    arms = study.get("arms") or {}
    return dict((changed(study, arms[arm]) if arm in arms else study).get("hold") or {})


def _inside(section: str, said: Any, setting: str, value: Any) -> Any:
    try:
        return with_setting(section, said, setting.split("."), value, without=True)
    except ValueError as error:
        raise InputError(f"arms: expected {error}.") from None
