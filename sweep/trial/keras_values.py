"""What the keywords of Keras's classes take, told by their defaults: Keras looks at few of them, and late."""

import inspect
from typing import Any

from sweep.errors import InputError

_WORDS = ("name", "dtype")  # whose default may be None
_LISTS = ("alpha", "axis", "boundaries", "exclude_layers", "values")  # may be lists, of numbers but for layers
_AT_MOST_ONE = ("beta_1", "beta_2", "adam_beta_1", "adam_beta_2", "rho", "label_smoothing")
_CHOICES = {"mode": ("auto", "min", "max")}  # Keras takes auto for any other word
_ANYTHING = ("embeddings_metadata", "headers")


def check_value(kind: str, key: str, name: str, parameter: inspect.Parameter, value: Any) -> None:
    """Raise InputError unless a value is of the kind that a keyword takes; an object of some class is let through.

    kind: a key of `sweep.trial.keras_names.KINDS`. key: where the class stands in the study. name: of the class.
    parameter: the keyword.
    """
    expected = _expected(kind, parameter, value)
    if expected:
        own = "" if parameter.default is parameter.empty else f" Keras's own is {parameter.default!r}."
        raise InputError(f"{key}.{parameter.name}: expected {expected} for {name}. Received: {value!r:.80}.{own}")


def _expected(kind: str, parameter: inspect.Parameter, value: Any) -> str:
    """Return what was expected, "" where the value fits."""
    name, default = parameter.name, parameter.default
    if kind == "callback" and (name.startswith("on_") or name == "schedule"):
        return "" if callable(value) or value is default else "a function, as {use: 'package.module:function'}"
    if not isinstance(value, bool | int | float | str | list | dict | None) or name in _ANYTHING:
        return ""
    if value is None:
        return "" if default is None or isinstance(default, str) else "a value"
    if name in _CHOICES and value not in _CHOICES[name]:
        return " or ".join(_CHOICES[name])
    if isinstance(default, str) or name in _WORDS:
        return "" if isinstance(value, str) else "a word"
    if isinstance(default, bool):
        return "" if value in (True, False) else "true or false"
    if default is parameter.empty and kind == "callback":  # a path or a folder
        return ""
    if name in _LISTS and isinstance(value, list):
        said = (
            "" if name == "exclude_layers" else next(filter(None, (_number(kind, name, 0, one) for one in value)), "")
        )
        return f"{said} in each place" if said else ""
    return _number(kind, name, default, value)


def _number(kind: str, name: str, default: Any, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "a number"
    if name == "learning_rate" and value <= 0:
        return "a number above 0"
    signed = isinstance(default, int | float) and default < 0
    if value < 0 and not signed and (default is not None or kind in ("optimizer", "schedule")) and name != "axis":
        return "a number from 0 on"
    return "a number from 0 to 1" if name in _AT_MOST_ONE and value > 1 else ""
