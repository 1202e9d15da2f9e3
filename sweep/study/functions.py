"""The functions that a study names: each once, with its role, its keywords, and what of it decides a trial's bits."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sweep.study import code
from sweep.study.settings import every_settings

Decides = Literal["code", "content", "nothing"]

# What of a function decides the bits of a trial: its code, what it returns, or nothing.
ROLES: Mapping[str, Decides] = {
    "data": "content",
    "model": "code",
    "fit": "code",
    "trial": "code",
    "measure": "code",
    "answer": "nothing",
}
BY_CODE = tuple(role for role, decides in ROLES.items() if decides == "code")
_SECTIONS: Mapping[str, Decides] = {**ROLES, "train": "code"}  # whose words may name further functions
_FORM = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
# Where `train` itself uses a function; deeper ones are keywords.
_OF_TRAIN = re.compile(r"train\.((then\.\d+\.)?(optimizer|learning_rate)|loss|augment|callbacks\.\d+)")


@dataclass(frozen=True)
class NamedFunction:
    """A function that a study names.

    role: a key of ROLES, "data" for a further test set, too; "train" for what `train` uses, as in
    `loss: {use: "net:margin"}`; or "keyword" for one that stands among the words of a section, as
    `block: "net:residual"` or `head: {use: "net:top"}` does. key: where it stands, such as "model" or "model.head".
    use: "package.module:function". keywords: as the study gives them; where its configurations differ, the first that
    gives one. decides: what of it decides the bits of a trial.
    """

    role: str
    key: str
    use: str
    keywords: Mapping[str, Any]
    decides: Decides

    @property
    def decides_bits(self) -> bool:
        """Return whether a trial may have other bits with another function here."""
        return self.decides != "nothing"


def functions_of(
    study: Mapping[str, Any], defaults: Callable[[str], Mapping[str, Any]] = code.defaults
) -> tuple[NamedFunction, ...]:
    """Return each function that a study names, once for each place of it, whatever the arm or point of the grid.

    Words in keywords count where there is such a function, and so do the defaults that a function has for keywords
    which the study does not give.

    Args:
        study: as JSON.
        defaults: "package.module:function" -> its defaults.

    Raises:
        InputError: a module is no Python, or arms and grid do not fit together.
    """
    defaults, there = cache(defaults), cache(_is_there)
    found: dict[tuple[str, str], NamedFunction] = {}
    for settings in every_settings(study):
        for one in _functions(settings.study, defaults):
            before = found.get((one.key, one.use))
            if before is not None:
                one = NamedFunction(one.role, one.key, one.use, {**one.keywords, **before.keywords}, one.decides)
            if one.role != "keyword" or there(one.use):
                found[one.key, one.use] = one
    return tuple(found.values())


def functions_in(study: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (key, "package.module:function") for every `use` and `answer` of a study as JSON, at any depth.

    Nothing is taken for granted: the study may be anybody's.
    """
    for parts, word in words_at(study):
        if "use" in settings_in(parts):
            yield ".".join(parts[: parts.index("use", len(parts) - len(settings_in(parts)))]), word
        elif parts == ("answer",):
            yield "answer", word


def words_at(value: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield (keys that lead there, word) for every word in JSON; a dotted key is several, an arm's name one."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from words_at(item, (*at, *((str(key),) if at == ("arms",) else str(key).split("."))))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from words_at(item, (*at, str(number)))


def settings_in(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys below a section of a study; an arm's name is none, whatever it is."""
    return parts[2:] if parts[0] == "arms" else parts[1:]


def _functions(study: Mapping[str, Any], defaults: Callable[[str], Mapping[str, Any]]) -> Iterator[NamedFunction]:
    """Yield the functions of one configuration; those in keywords by their form alone."""
    for key, decides in _SECTIONS.items():
        section = study.get(key)
        words: Any = section
        if key in ROLES and isinstance(section, str):  # a function without keywords
            yield NamedFunction(key, key, section, {}, decides)
            words = dict(defaults(section))
        elif key in ROLES and isinstance(section, Mapping) and "use" in section:
            own = {"use", "leakage"} if key == "data" else {"use"}
            given = {name: value for name, value in section.items() if name not in own}
            yield NamedFunction(key, key, section["use"], given, decides)
            words = {**defaults(section["use"]), **given}
        for place, use, keywords in _in_keywords(words, key):
            of_train = _OF_TRAIN.fullmatch(place) or (place in _of_outputs(section) if key == "train" else False)
            yield NamedFunction("train" if of_train else "keyword", place, use, keywords, decides)
    tests = study.get("tests") or {}
    for name, section in tests.items() if isinstance(tests, Mapping) else ():
        if isinstance(section, Mapping) and "use" in section:
            given = {key: value for key, value in section.items() if key not in ("use", "leakage", "people")}
            yield NamedFunction("data", f"tests.{name}", section["use"], given, "content")
            words = {**defaults(section["use"]), **given}
            for place, use, keywords in _in_keywords(words, f"tests.{name}"):
                yield NamedFunction("keyword", place, use, keywords, "content")


def _of_outputs(train: Any) -> set[str]:
    """Return the places of losses by output, which `train` uses itself as it uses a loss for all."""
    loss = train.get("loss") if isinstance(train, Mapping) else None
    by_output = isinstance(loss, Mapping) and not {"name", "use"} & set(loss)
    return {f"train.loss.{name}" for name in loss} if by_output and loss else set()


def _in_keywords(value: Any, at: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield (place, use, keywords) for every word that has the form of a function's name."""
    if isinstance(value, str) and _FORM.fullmatch(value):
        yield at, value, {}
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if name == "use" and isinstance(item, str) and _FORM.fullmatch(item):
                yield at, item, {key: other for key, other in value.items() if key != "use"}
            else:
                yield from _in_keywords(item, f"{at}.{name}")
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _in_keywords(item, f"{at}.{number}")


def _is_there(use: str) -> bool:
    module, _, name = use.partition(":")
    return code.find(module, name) is not None
