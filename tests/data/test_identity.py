"""One rule for names: what people take for the same person, video or sample is the same, wherever it comes from."""

import numpy as np
import pandas as pd
import pytest

from sweep.data.content_digests import row_digests
from sweep.data.identity import name_of, names_of
from sweep.data.leakage import find_leaks
from sweep.data.splits import as_splits
from sweep.errors import InputError


@pytest.mark.parametrize(
    "same",
    [
        [3, 3.0, "3", "3.0", " 3 ", np.int8(3), np.float32(3), b"3", "3.00"],
        ["Jos\u00e9", "Jose\u0301", " Jos\u00e9\t"],
        [None, np.nan, pd.NA, pd.NaT, "", "  "],
        [10**17, 1e17, "100000000000000000"],
    ],
)
def test_what_means_the_same_is_one_name(same):
    """Type, form of Unicode and blanks around do not make another person."""
    assert len({name_of(one) for one in same}) == 1


@pytest.mark.parametrize(("one", "other"), [("3", "03"), ("3.5", "3"), ("a b", "ab"), ("Anna", "anna"), (True, 1)])
def test_what_may_be_two_people_stays_two(one, other):
    """Zeros in front, blanks within, capitals: nobody knows whether these are one."""
    assert name_of(one) != name_of(other)


@pytest.mark.parametrize(
    "column",
    [
        [1, 2.0, None],
        np.array([1.0, 2.0, np.nan]),
        np.array([[1], [2], [0]])[[0, 1]],
        pd.Series([1, 2, None], dtype="Int64"),
        pd.Series([1, 2, None]),
        pd.Series(["1", "2", ""], dtype="category"),
        np.ma.masked_array([1, 2, 9], mask=[False, False, True]),
        np.array([b"1", b"2", b""]),
        [True, 1, 1.0],
    ],
)
def test_every_kind_of_column_is_read(column):
    """Arrays, nullable and categorical series, masks, bytes and lists give the names of their values one by one."""
    found = names_of(column).tolist()
    plain = np.asarray(column, dtype=object).ravel().tolist() if isinstance(column, list) else None
    if plain is not None:
        assert found == [name_of(one) for one in plain]
    else:
        assert found[:2] == ["1", "2"]
        assert set(found[2:]) <= {""}


def pieces(subject_of):
    """Return the mapping of a data function, with the subjects that `subject_of` gives each split."""
    rng, out = np.random.default_rng(0), {}
    for name in ("train", "dev", "test"):
        out[name] = {"x": rng.normal(size=(8, 2)), "y": np.arange(8) % 2, "subject": subject_of(name)}
    return out


@pytest.mark.parametrize(
    ("train", "dev"),
    [
        (pd.Series([np.nan, *range(7)]), pd.Series(range(8))),
        (["Jos\u00e9"] * 8, ["Jose\u0301"] * 8),
        (["anna "] * 8, ["anna"] * 8),
        ([f"{n}.0" for n in range(8)], list(range(8))),
    ],
)
def test_a_person_under_two_spellings_is_a_leak(train, dev):
    """The check for leaks compares people, not the way in which pandas or a file system writes them."""
    splits = as_splits(pieces({"train": train, "dev": dev, "test": [f"t{n}" for n in range(8)]}.get))
    digests = {name: row_digests(split.x) for name, split in splits.items()}
    with pytest.raises(InputError, match=r"Expected every subject in one split. Received: subject"):
        find_leaks(splits, digests, leakage="refuse")
