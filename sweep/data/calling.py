"""Calling the user's data function, with one message for whatever goes wrong."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from sweep.errors import InputError, SweepError, nearest


def call_function(
    function: Callable[..., Any], keywords: Mapping[str, Any], offered: Mapping[str, Any], key: str = "data"
) -> Any:
    """Return what a data function gives for its keywords, and for those of `offered` that it has a parameter for.

    key: where a study names it.

    Raises:
        InputError: it does not take the keywords, or raises.
    """
    name = getattr(function, "__name__", "the data function")
    parameters = inspect.signature(function).parameters
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    for key in keywords:
        if key not in parameters and not takes_any:
            known = ", ".join(parameters)
            raise InputError(f"Expected keywords of {name}: {known}. Received: {key!r}.{nearest(key, parameters)}")
    extra = {key: value for key, value in offered.items() if key in parameters and value is not None}
    given = {**extra, **keywords}
    try:
        inspect.signature(function).bind(**given)
    except TypeError as error:
        raise InputError(f"Expected all that {name} needs. Received: {error}. Add it under `{key}:`.") from error
    try:
        return function(**given)
    except (SweepError, MemoryError):
        raise
    except Exception as error:
        raise InputError(
            f"Expected {name} to return the splits. It raised {type(error).__name__}: {error}. "
            f"Call {name} alone to see where."
        ) from error
