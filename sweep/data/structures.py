"""What a data function gives as x, y and further columns: told apart and made plain."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.data.arrays import plain_array, plain_labels
from sweep.data.identity import names_of
from sweep.data.images import Images
from sweep.data.inputs import Inputs
from sweep.errors import InputError, nearest
from sweep.store.sample_columns import DECLARED, is_name


def plain_inputs(name: str, x: Any, n: int) -> Any:
    """Return x of a split as a plain array, `Images` or `Inputs`.

    name: of the split. n: its labels; a tuple or list of n entries is one array, row by row.

    Raises:
        InputError: it is no array, or several of which one is none, is nested or has another length.
    """
    if isinstance(x, Inputs):
        x = x.as_given(x.arrays)
    if isinstance(x, Images):
        return x
    if isinstance(x, Mapping):
        return Inputs(_plain(name, _names(f"x of {name}", x), n), named=True)
    if _is_several(x, n):
        return Inputs(_plain(name, {str(at): array for at, array in enumerate(x, 1)}, n), named=False)
    return plain_array(f"x of {name}", x)


def plain_outputs(name: str, y: Any, output: str | None, n: int) -> tuple[NDArray[Any], dict[str, NDArray[Any]]]:
    """Return the labels of the output that is scored, (n,), and output -> labels (n, ...) where y is a mapping.

    name: of the split. output: the one that is scored; None takes the first of the mapping. n: rows of x.

    Raises:
        InputError: an empty mapping, no labels of that output, or another number of them.
    """
    if not isinstance(y, Mapping):
        return plain_labels(f"y of {name}", y), {}
    given = _names(f"y of {name}", y)
    scored = next(iter(given)) if output is None else output
    if scored not in given:
        raise InputError(
            f"train.output: expected one of the outputs that have labels in {name}: {', '.join(given)}. Received: "
            f"{scored}.{nearest(scored, given)}"
        )
    found = {}
    for key, values in given.items():
        what = f"y of {name}, {key},"
        _refuse_nested(what, values)
        found[key] = plain_labels(what, values) if key == scored else plain_array(what, values)
        if found[key].shape[:1] != (n,):
            raise InputError(
                f"Expected {what} with {n} rows, one for each row of x. Received: shape {found[key].shape}."
            )
        if found[key].dtype.kind not in "buif" or not np.isfinite(found[key]).all():
            kind = f"type {found[key].dtype}" if found[key].dtype.kind not in "buif" else "NaN or infinity"
            raise InputError(f"Expected {what} as finite numbers. Received: {kind}.")
    return found[scored], found


def check_names_alike(what: str, by_split: Mapping[str, Any]) -> None:
    """Raise InputError unless all splits have the same kind of `what`, with the same names.

    by_split: split -> its names, None for one array, or how many there are in a tuple.
    """
    train = by_split["train"]
    for name, names in by_split.items():
        same = set(names) == set(train) if isinstance(names, tuple) and isinstance(train, tuple) else names == train
        if not same:
            raise InputError(
                f"Expected {what} of the same names in all splits. Received: {_told(train)} in train, {_told(names)} "
                f"in {name}."
            )


def _told(names: Any) -> str:
    if names is None:
        return "one array"
    return f"a tuple of {names}" if isinstance(names, int) else ", ".join(names)


def _names(what: str, given: Mapping[Any, Any]) -> dict[str, Any]:
    if not given:
        raise InputError(f"Expected {what} as an array or a mapping name -> array. Received: an empty mapping.")
    for key in given:
        if not isinstance(key, str) or not key:
            raise InputError(f"Expected {what} as a mapping name -> array. Received: {key!r} as a name.")
    return dict(given)


def _plain(name: str, given: Mapping[str, Any], n: int) -> dict[str, Any]:
    found = {}
    for key, values in given.items():
        what = f"x of {name}, {key},"
        _refuse_nested(what, values)
        found[key] = values if isinstance(values, Images) else plain_array(what, values)
        if not found[key].shape:
            raise InputError(f"Expected {what} with a row a sample. Received: the single value {found[key]}.")
    if any(len(array) != n for array in found.values()):
        told = ", ".join(f"{key} has {len(array)}" for key, array in found.items())
        raise InputError(f"Expected all inputs of {name} with {n} rows, one for each label. Received: {told}.")
    return found


def _refuse_nested(what: str, values: Any) -> None:
    if isinstance(values, Mapping):
        names = ", ".join(map(str, list(values)[:10]))
        raise InputError(
            f"Expected {what} as one array. Received: a mapping with {names}. Give every array a name of its own in "
            "one mapping, without another inside."
        )


def _is_several(x: Any, n: int) -> bool:
    """Return whether x is a tuple or list of whole inputs, as (face, depth), in place of rows."""
    if not isinstance(x, list | tuple) or len(x) in (0, n):
        return False
    return any(hasattr(array, "__len__") and not isinstance(array, str | bytes) and len(array) == n for array in x)


def further_columns(name: str, given: Any) -> dict[str, NDArray[np.str_]]:
    """Return the columns of the user's own as names."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InputError(f"Expected further of {name} as a mapping name -> column. Received: {type(given).__name__}.")
    for key in given:
        if not is_name(key):
            raise InputError(
                f"Expected names of letters, digits and _ in further of {name}, other than {', '.join(DECLARED)}. "
                f"Received: {key!r}."
            )
    return {key: names_of(column) for key, column in given.items()}
