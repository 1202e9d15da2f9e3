"""Changing one setting deep inside a study's mapping: a word that has keywords, or a list, opens up for it."""

from collections.abc import Mapping
from typing import Any

_USUAL = {"train.optimizer": "adam"}  # what a place means where nothing is said


def with_setting(key: str, section: Any, path: list[str], value: Any, without: bool = False) -> Any:
    """Return a section of a study with one setting changed; the section itself stays as it is.

    `train.optimizer.weight_decay` makes the word `adamw` of `train.optimizer` into {name: adamw, weight_decay: ...}.

    Args:
        key: where the section stands, such as "train".
        section: a mapping, a list, a word of `train`, or None.
        path: the keys that lead from the section to the setting; a place in a list is a number from 0.
        value: what it becomes.
        without: whether None takes the setting away.

    Raises:
        ValueError: the section has no settings of its own, or the list no such place. The text follows "expected ".
    """
    name, rest = path[0], path[1:]
    if isinstance(section, list):
        if not (name.isdecimal() and int(name) < len(section)):
            raise ValueError(f"a place from 0 to {len(section) - 1} in {key}. Received: {key}.{name}")
        at = int(name)
        new = with_setting(f"{key}.{name}", section[at], rest, value, without) if rest else value
        return [*section[:at], new, *section[at + 1 :]]
    inner = _opened(key, name, section)
    if rest:
        inner[name] = with_setting(f"{key}.{name}", inner.get(name), rest, value, without)
    elif value is None and without:
        inner.pop(name, None)
    else:
        inner[name] = value
    return inner


def _opened(key: str, name: str, section: Any) -> dict[str, Any]:
    if section is None:
        return {"name": _USUAL[key]} if key in _USUAL and name not in ("name", "use") else {}
    if isinstance(section, str) and key.startswith("train.") and name not in ("name", "use"):
        return {"name": section}
    if not isinstance(section, Mapping):
        raise ValueError(f"a setting of {key}, which has none of its own. Received: {key}.{name}")
    return dict(section)
