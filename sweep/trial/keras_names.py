"""Keras's optimizers, losses, callbacks and schedules by name, each made by its class, so that no keyword is lost.

`keras.losses.get` with a mapping drops keywords of the class without a word, and `schedules.deserialize` gives back no
schedule for a name. Keras is imported when a name is asked for, not before.
"""

import inspect
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from sweep.errors import OF_USERS_CODE, InputError, nearest, one_line
from sweep.study import code
from sweep.study.chosen import Named
from sweep.study.parts import Use
from sweep.trial.keras_values import check_value

KINDS = {
    "optimizer": ("optimizers", "Optimizer"),
    "loss": ("losses", "Loss"),
    "callback": ("callbacks", "Callback"),
    "schedule": ("optimizers.schedules", "LearningRateSchedule"),
}
_ABSTRACT = {"Optimizer", "MultiOptimizer", "LossScaleOptimizer", "Loss", "Callback", "CallbackList"} | {
    "History",
    "ProgbarLogger",
    "LearningRateSchedule",
}


def parent(kind: str) -> type[Any]:
    """Return the class that every optimizer, loss, callback or schedule is one of."""
    return vars(_module(kind))[KINDS[kind][1]]  # type: ignore[no-any-return]


def classes(kind: str) -> dict[str, type[Any]]:
    """Return every class of a kind that a study may name, by the name as people write it."""
    found = vars(_module(kind)).values()
    every = [one for one in found if inspect.isclass(one) and issubclass(one, parent(kind))]
    return {written(kind, one): one for one in every if one.__name__ not in _ABSTRACT}


def written(kind: str, one: type[Any]) -> str:
    """Return a class's name in small letters: adamw of optimizers, with underscores of all others."""
    if kind == "optimizer":
        return one.__name__.lower()
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])", "_", one.__name__.replace("NaN", "Nan")).lower()


def class_called(kind: str, key: str, name: str) -> type[Any]:
    """Return Keras's class of that name, compared without case and underscores.

    Args:
        kind: a key of KINDS.
        key: where the name stands, for the message.
        name: as the study has it.

    Raises:
        InputError: there is none, with the nearest name.
    """
    every = classes(kind)
    for known, one in every.items():
        if _plain(known) == _plain(name):
            return one
    near = nearest(name.lower(), every) or nearest(_plain(name), every)
    said = near or f" Known: {', '.join(sorted(every)[:8])} and more."
    raise InputError(f"{key}: expected names that Keras knows. Received: {name}.{said}")


def made(kind: str, key: str, chosen: str | Named | Use, **given: Any) -> Any:
    """Return the optimizer, loss, callback or schedule that a study chooses.

    given: further keywords, of the class alone.

    Raises:
        InputError: the name, a keyword or what a function returns is wrong.
    """
    if isinstance(chosen, Use):
        return _by_function(kind, key, chosen)
    keywords = given | (chosen.keywords if isinstance(chosen, Named) else {})
    name = chosen.name if isinstance(chosen, Named) else chosen
    return instance(kind, key, class_called(kind, key, name), keywords)


def instance(kind: str, key: str, found: type[Any], keywords: Mapping[str, Any]) -> Any:
    """Return an object of a class of Keras's.

    Raises:
        InputError: a keyword that the class does not have, one that is missing, or a value that it refuses.
    """
    parameters = inspect.signature(found).parameters
    known = [name for name, one in parameters.items() if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)]
    name = written(kind, found)
    for keyword in keywords:
        if keyword not in known:
            raise InputError(
                f"Unknown key '{key}.{keyword}' for {name}.{nearest(keyword, known)} Known: {', '.join(known)}."
            )
    values = {word: _function_in(one) for word, one in keywords.items()}
    if found.__module__.startswith("keras."):
        for word, value in values.items():
            check_value(kind, key, name, parameters[word], value)
    try:
        inspect.signature(found).bind(**values)
    except TypeError as error:
        raise InputError(f"{key}: expected all keywords that {name} needs. Received: {error}.") from None
    try:
        return found(**values)
    except Exception as error:  # noqa: BLE001 (whatever the class says of its keywords)
        said = ", ".join(f"{word}={value!r}" for word, value in keywords.items())
        raise InputError(f"{key}: expected keywords that {name} takes. Received: {said}. {one_line(error)}") from None


def _function_in(value: Any) -> Any:
    """Return the function that `{use: ...}` among the keywords means; anything else as it is."""
    if not isinstance(value, Mapping) or not isinstance(value.get("use"), str):
        return value
    keywords = {key: one for key, one in value.items() if key != "use"}
    return partial(code.function(value["use"]), **keywords) if keywords else code.function(value["use"])


def _by_function(kind: str, key: str, use: Use) -> Any:
    expected = f"{key}: expected {use.use} to return {'an' if kind == 'optimizer' else 'a'} {kind} of Keras's."
    function = code.function(use.use)
    try:
        found = function(**use.keywords)
    except OF_USERS_CODE as error:
        raise InputError(f"{expected} It raised {one_line(error)}") from error
    if not isinstance(found, parent(kind)):
        what = f"the class {found.__name__}" if inspect.isclass(found) else type(found).__name__
        raise InputError(f"{expected} Received: {'nothing' if found is None else what}.")
    return found


def _module(kind: str) -> Any:
    import keras

    found: Any = keras
    for name in KINDS[kind][0].split("."):
        found = getattr(found, name)
    return found


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
