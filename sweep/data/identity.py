"""One rule for the names of people, videos and samples: what people take for the same name is the same."""

import re
import unicodedata
from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_WHOLE = re.compile(r"([+-]?\d+)\.0+")


def name_of(value: Any) -> str:
    """Return the name that a value stands for, "" where it is unknown.

    None, NaN and NA are unknown. Words are compared after Unicode NFC and without blanks around (Unicode Standard
    Annex 15), whole numbers whatever their type: 3, 3.0, "3" and "3.0" are one name; "03" is another.
    """
    if isinstance(value, bytes):
        value = value.decode(errors="surrogateescape")
    if not isinstance(value, str):
        if value is None or value is pd.NA or value is pd.NaT or value != value:
            return ""
        value = value.item() if isinstance(value, np.generic) else value
        value = str(int(value) if isinstance(value, float) and value.is_integer() else value)
    word = unicodedata.normalize("NFC", value).strip()
    whole = _WHOLE.fullmatch(word)
    return whole[1] if whole else word


def names_of(column: Any) -> NDArray[np.str_]:
    """Return a column as names, see `name_of`; each different value is looked at once.

    column: (n,) words, numbers or missing values, in an array, a series or a list; (n, 1) is taken too.
    """
    if hasattr(column, "to_numpy"):
        values = np.asarray(column.to_numpy(dtype=object))
    elif isinstance(column, np.ma.MaskedArray):
        values = column.data.astype(object)
        values[np.ma.getmaskarray(column)] = None
    else:
        values = np.asarray(column, dtype=None if hasattr(column, "dtype") else object)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    flat = values.ravel()
    if flat.dtype.kind == "O":
        keys = [(type(one), one if isinstance(one, Hashable) else str(one)) for one in flat.tolist()]
        known = {key: name_of(key[1]) for key in keys}
        named = [known[key] for key in keys]
    else:
        different, places = np.unique(flat, return_inverse=True)
        known_names = np.asarray([name_of(one) for one in different.tolist()], dtype=np.str_)
        named = known_names[places].tolist()
    return np.asarray(named, dtype=np.str_).reshape(values.shape)
