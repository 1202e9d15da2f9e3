"""The public functions: an argument that they cannot work with gets one message that names it."""

import importlib
import inspect
import reprlib
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import is_dataclass
from functools import wraps
from numbers import Integral, Real
from typing import Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin

from sweep.errors import InputError, SweepError, nearest
from sweep.errors.display import displayed

P = ParamSpec("P")
R = TypeVar("R")
_WORDS = {int: "a whole number", float: "a number", bool: "True or False", str: "a text", type(None): "None"}


def open_door(module: dict[str, Any], names: Iterable[str]) -> None:
    """Let the functions of a module of pure functions refuse what they cannot work with.

    Its results show themselves in short, and `dir` names its door alone. module: its `globals()`. names: its `__all__`.
    """
    names = tuple(names)
    module["__dir__"] = _named(module, names)
    _open(module, names)


def _named(module: dict[str, Any], names: Iterable[str]) -> Callable[[], list[str]]:
    """Return what `dir` of a module tells."""
    public = tuple(names)
    return lambda: sorted({*public, *(name for name in module if name.startswith("__"))})


def _open(module: dict[str, Any], names: Iterable[str]) -> None:
    for name in names:
        if inspect.isfunction(module[name]):
            module[name] = checks_arguments(module[name], module["__name__"], pure=True)
            module[name].__module__ = module["__name__"]  # so that pickle finds this one
        elif is_dataclass(module[name]):
            displayed(module[name])


def lazy_door(module: dict[str, Any], places: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a module's `__getattr__`, which imports a name when it is asked for, and opens it as `open_door` does.

    module: its `globals()`. places: name -> the module that has it.
    """

    def found(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {module['__name__']!r} has no attribute {name!r}")
        module[name] = getattr(importlib.import_module(places[name]), name)
        _open(module, [name])
        for other, place in places.items():  # what a function of this name returns may be defined elsewhere
            kind = getattr(sys.modules.get(place), other, None)
            if is_dataclass(kind) and isinstance(kind, type):
                displayed(kind)
        return module[name]

    module["__dir__"] = _named(module, places)
    return found


def checks_arguments(function: Callable[P, R], door: str, *, pure: bool = False) -> Callable[P, R]:
    """Return the function with its arguments held against its annotations: InputError where one does not fit.

    Numbers, words, switches and classes are looked at; an annotation that takes arrays is left to the function itself.
    door: the module by which people know the function. pure: whether nothing but the arguments can make it fail: what
    fails inside all the same, on an array of an odd kind, say, is then told with the arguments, and the error itself is
    the cause of the one that is raised.
    """
    name = f"{door}.{function.__name__}"
    signature: list[inspect.Signature] = []  # read at the first call: it takes a while

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        if not signature:
            signature.append(inspect.signature(function, eval_str=True))
        given = signature[0].bind(*args, **kwargs).arguments  # TypeError: as any function of Python
        for key, value in given.items():
            _check(f"{name}: {key}", value, signature[0].parameters[key].annotation)
        try:
            return function(*args, **kwargs)
        except SweepError:
            raise
        except Exception as error:
            if not pure:
                raise
            shown = ", ".join(f"{key}={_brief(value)}" for key, value in given.items())
            raise InputError(
                f"{name}: expected arguments as its help describes them. Received: {shown[:600]} "
                f"({type(error).__name__}: {str(error)[:200]})."
            ) from error

    return called


def _check(what: str, value: Any, annotation: Any) -> None:
    kinds = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    kinds = tuple(kind if get_origin(kind) in (Literal, None) else get_origin(kind) for kind in kinds)
    known = all(get_origin(kind) is Literal or _is_class(kind) for kind in kinds)
    if known and not any(_fits(value, kind) for kind in kinds):
        expected = " or ".join(_word(kind) for kind in kinds)
        words = [word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)]
        meant = nearest(value, words) if isinstance(value, str) else ""
        raise InputError(f"{what}: expected {expected}. Received: {_brief(value)}.{meant}")


def _is_class(kind: Any) -> bool:
    return isinstance(kind, type) and not getattr(kind, "_is_protocol", False)


def _fits(value: Any, kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return isinstance(value, str) and value in get_args(kind)
    if kind not in (int, float):
        return isinstance(value, kind) or (kind is bool and type(value).__name__ in ("bool", "bool_"))
    number = value.item() if getattr(value, "shape", None) == () else value
    if isinstance(number, bool) or not isinstance(number, Real):
        return False
    return kind is float or isinstance(number, Integral) or (abs(float(number)) < 2**53 and float(number).is_integer())


def _word(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return " or ".join(map(repr, get_args(kind)))
    return _WORDS.get(kind, f"{kind.__module__.rpartition('.')[0]}.{kind.__name__}")


def _brief(value: Any) -> str:
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"an array {tuple(value.shape)} of {value.dtype}"
    try:
        return reprlib.repr(value)[:120]
    except Exception:  # noqa: BLE001 (of any class that somebody wrote)
        return f"a {type(value).__name__}"
