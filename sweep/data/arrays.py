"""Arrays as people have them (pandas, masked, lists): taken where they mean one thing, else refused with a way out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweep.errors import InputError

_BATCHES = (
    "Hand arrays over, from a data set that does not shuffle: x = np.concatenate([np.asarray(x) for x, _ in data]), "
    "and y in the same way."
)


def plain_array(what: str, values: Any) -> NDArray[Any]:
    """Return values as a plain array.

    Args:
        what: what they are, for the message, as "x of train".
        values: an array of any library, a pandas frame or series, a list.

    Raises:
        InputError: masked or missing values, a data set that hands out batches, several inputs, rows of different
            shapes, numbers that float64 cannot hold.
    """
    _refuse_kinds(what, values)
    if isinstance(values, pd.DataFrame | pd.Series | pd.Index | pd.api.extensions.ExtensionArray):
        return _of_pandas(what, values)
    if isinstance(values, np.ma.MaskedArray):
        _refuse_masked(what, values)
        return np.asarray(values.data)
    if isinstance(values, list | tuple):
        for at, one in enumerate(values):
            if isinstance(one, np.ma.MaskedArray):
                _refuse_masked(f"row {at} of {what}", one)
    try:
        return np.asarray(values)
    except (ValueError, TypeError, RuntimeError, OverflowError) as error:  # RuntimeError: a tensor on a GPU
        said = " ".join(str(error).split())[:200]
        raise InputError(f"Expected {what} as an array, all rows of one shape. Received: {said}.") from error


def plain_labels(what: str, values: Any) -> NDArray[Any]:
    """Return labels (n,), from (n, 1) as well, as keras.datasets gives them; one-hot labels are refused with a way."""
    labels = plain_array(what, values)
    if labels.ndim == 2 and labels.shape[1] == 1:
        return labels[:, 0]
    if labels.ndim == 2 and labels.shape[1] > 1:
        raise InputError(
            f"Expected {what} with one label a row. Received: shape {labels.shape}. From one-hot labels take "
            "np.argmax(y, axis=1)."
        )
    return labels


def one_index(what: str, columns: Mapping[str, Any]) -> None:
    """Raise InputError where columns of pandas have different indexes: their rows would be paired by place alone."""
    known = {name: one.index for name, one in columns.items() if isinstance(one, pd.DataFrame | pd.Series)}
    names = list(known)
    for name in names[1:]:
        if not known[names[0]].equals(known[name]):
            raise InputError(
                f"Expected {names[0]} and {name} of {what} with the same index. Received: other indexes, so that rows "
                "may not belong together. Align them, or say .reset_index(drop=True) of both where their order agrees."
            )


def _refuse_kinds(what: str, values: Any) -> None:
    kind = type(values).__name__
    if isinstance(values, Mapping):
        raise InputError(
            f"Expected {what} as one array. Received: a mapping with {', '.join(map(str, list(values)[:10]))}."
        )
    if isinstance(values, str | bytes):
        raise InputError(f"Expected {what} as an array. Received: a word. Read the file and hand its array over.")
    if hasattr(values, "toarray") and hasattr(values, "nnz"):
        raise InputError(f"Expected {what} as an array. Received: a sparse matrix ({kind}). Say .toarray().")
    if hands_out_batches(values):
        raise InputError(f"Expected {what} as an array. Received: {kind}, which hands out batches. {_BATCHES}")


def hands_out_batches(values: Any) -> bool:
    """Return whether this is a data set, loader or generator of some library, and no array or list of rows."""
    if isinstance(values, Sequence | Mapping) or hasattr(values, "__array__") or hasattr(values, "__dataframe__"):
        return False
    return any(hasattr(values, name) for name in ("element_spec", "__iter__", "__getitem__"))


def refuse_data_set(name: str, given: Any) -> None:
    """Raise InputError where a split is given as a data set that hands out batches, or as a list of them."""
    if isinstance(given, list | tuple) and given and all(_is_batch(one) for one in given):
        raise InputError(
            f"Expected {name} as (x, y), with a row for each sample. Received: a {type(given).__name__} of "
            f"{len(given)} batches. Join them by np.concatenate, or, of train, return a function train(run) that "
            "yields them."
        )
    if hands_out_batches(given):
        raise InputError(
            f"Expected {name} as a Split, an (x, y) pair or a mapping with x, y, subject, video, sample. Received: "
            f"{type(given).__name__}, which hands out batches. Train alone may do so, as scores are kept by "
            f"sample. {_BATCHES}"
        )


def _is_batch(one: Any) -> bool:
    """Return whether this is (x, y) or (x, y, sample_weight), each an array with as many rows."""
    if (
        not isinstance(one, list | tuple)
        or len(one) not in (2, 3)
        or not all(getattr(part, "shape", ()) for part in one)
    ):
        return False
    return len({part.shape[0] for part in one}) == 1


def _refuse_masked(what: str, values: Any) -> None:
    mask = np.ma.getmaskarray(values)
    if mask.any():
        row = int(np.argwhere(mask)[0][0])
        raise InputError(
            f"Expected {what} without masked values. Received: {int(mask.sum())} masked, the first in row {row}. What "
            "lies below the mask would be learnt from: remove those rows, or fill them with .filled(value)."
        )


def _of_pandas(what: str, values: Any) -> NDArray[Any]:
    """Return a frame or series as an array; its nullable numbers are numbers, a missing one is refused."""
    frame = values if isinstance(values, pd.DataFrame) else pd.DataFrame({"": pd.Series(values).reset_index(drop=True)})
    missing = frame.isna().to_numpy()
    if missing.any():
        row, column = np.argwhere(missing)[0]
        where = f"column {frame.columns[column]!r}, row {row}" if isinstance(values, pd.DataFrame) else f"row {row}"
        raise InputError(
            f"Expected {what} without missing values. Received: {int(missing.sum())}, the first in {where}. Remove or "
            "repair those rows."
        )
    kinds = [getattr(kind, "numpy_dtype", kind) for kind in frame.dtypes]
    if not all(isinstance(kind, np.dtype) and kind.kind in "buif" for kind in kinds):
        return np.asarray(values)  # words: what follows says that numbers are expected
    found = frame.to_numpy(dtype=np.result_type(*kinds))
    return found if isinstance(values, pd.DataFrame) else found[:, 0]
