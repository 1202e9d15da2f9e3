"""Whether study.json and the JSON of a record say what they must; of a plain study.json without pydantic."""

from collections.abc import Callable, Mapping
from typing import Any

_Fits = Callable[[Any], bool]


def fault_of_study(document: Any) -> str:
    """Return what is wrong with the content of study.json, "" where nothing is."""
    if _is_plain(document):
        return ""
    from sweep.store.json_models import StudyDocument, fault_of  # a tenth of a second of every command's start

    return fault_of(document, StudyDocument)


def fault_of_record(said: Any) -> str:
    """Return what is wrong with the JSON beside a record's scores, "" where nothing is."""
    from sweep.store.json_models import RecordDocument, fault_of

    return fault_of(said, RecordDocument)


def _is_plain(document: Any) -> bool:
    """Return True for content in which `StudyDocument` finds no fault; False where that is not sure."""
    if not _has(document, _STUDY):
        return False
    planned = [one["trial_id"] for one in document["plan"]]
    return len(set(planned)) == len(planned)


def _has(said: Any, keys: Mapping[str, tuple[bool, _Fits]]) -> bool:
    """Return whether something is a mapping whose values fit. keys: whether each must be there, and what fits it."""
    if type(said) is not dict:
        return False
    return all(fits(said[key]) if key in said else not needed for key, (needed, fits) in keys.items())


def _text(said: Any) -> bool:
    return type(said) is str


def _word(said: Any) -> bool:
    return type(said) is str and bool(said)


def _whole(said: Any) -> bool:
    return type(said) is int


def _anything(said: Any) -> bool:
    return True


def _setting(said: Any) -> bool:
    return said is None or type(said) in (float, int, str)


def _mapping(fits: _Fits) -> _Fits:
    return lambda said: type(said) is dict and all(type(key) is str and fits(value) for key, value in said.items())


def _list(fits: _Fits) -> _Fits:
    return lambda said: type(said) is list and all(map(fits, said))


def _or_none(fits: _Fits) -> _Fits:
    return lambda said: said is None or fits(said)


def _used(said: Any) -> bool:
    return _has(said, {"use": (False, _text)})


_RESOLVED = {
    "data": (False, _used),
    **{key: (False, _or_none(_used)) for key in ("model", "fit", "trial", "measure")},
    "tests": (False, _mapping(_used)),
    "answer": (False, _or_none(_text)),
    "hold": (False, _mapping(_whole)),
    "arms": (False, _mapping(_mapping(_anything))),
    **{key: (False, _mapping(_anything)) for key in ("grid", "train", "resources")},
}
_CONFIGURATION = {"label": (True, _text), "hp": (True, _mapping(_setting)), "classes": (False, _list(_text))}
_PLANNED = {"trial_id": (True, _word), "config_id": (True, _word), "seed": (True, _whole)}
_STUDY: dict[str, tuple[bool, _Fits]] = {
    "study": (True, _word),
    "task": (True, _text),
    "schema_version": (False, _whole),
    "resolved": (True, lambda said: _has(said, _RESOLVED)),
    "configurations": (True, _mapping(lambda said: _has(said, _CONFIGURATION))),
    "plan": (True, _list(lambda said: _has(said, _PLANNED))),
}
