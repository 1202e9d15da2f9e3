"""Arrays as people have them: taken where they mean one thing, else refused with the way to hand them over."""

import numpy as np
import pandas as pd
import pytest

from sweep.data.splits import as_splits
from sweep.data.validation import validate
from sweep.errors import InputError

X = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
Y = np.arange(6) % 2


def splits(x, y):
    """Return splits that all hold the same x and y, checked."""
    found = as_splits(dict.fromkeys(("train", "dev", "test"), (x, y)))
    validate(found, "verification")
    return found


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (X, Y[:, None]),
        (pd.DataFrame(X), pd.Series(Y)),
        (pd.DataFrame(X).convert_dtypes(), pd.Series(Y, dtype="Int64")),
        (pd.DataFrame(X).astype("float32[pyarrow]"), pd.Series(Y).astype("int64[pyarrow]")),
        (pd.DataFrame({"a": X[:, 0], "b": Y > 0, "c": Y}).convert_dtypes(), pd.array(Y, dtype="Int8")),
        (X.tolist(), Y.tolist()),
        (list(X), list(Y)),
        (np.ma.masked_array(X, mask=False), Y),
        (np.asfortranarray(X), Y > 0),
    ],
)
def test_what_means_one_thing_is_taken(x, y):
    """Columns of labels, frames, nullable and Arrow types, lists, a mask that hides nothing."""
    found = splits(x, y).train
    assert found.x.shape == (6, 3)
    assert found.x.dtype.kind in "fiu"
    assert found.y.tolist() == Y.tolist()


class Batches:
    """What a data set of another library looks like."""

    element_spec = None

    def __iter__(self):
        """Return batches."""
        return iter([(X, Y)])


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.ma.masked_array(X, mask=X > 0.5), Y, r"x of train without masked values. Received: \d+ masked, the first"),
        ([np.ma.masked_array(row, mask=row > 0.5) for row in X], Y, r"row \d of x of train without masked values"),
        (X.astype(np.float64) * 1e39, Y, "more than 3.4e38, infinite for a model in float32"),
        (Batches(), Y, "Batches, which hands out batches. Hand arrays over"),
        ((row for row in X), Y, "generator, which hands out batches"),
        (X, np.eye(2)[Y], r"one label a row. Received: shape \(6, 2\). From one-hot labels take np.argmax"),
        (
            X,
            pd.Series([0, 1, None, 0, 1, 0], dtype="Int64"),
            "y of train without missing values. Received: 1, the first",
        ),
        (pd.DataFrame(X).mask(X > 0.5).convert_dtypes(), Y, "x of train without missing values"),
        (pd.DataFrame(X).iloc[::-1], pd.Series(Y), "with the same index"),
        (X.astype(object), Y, r"Say .astype\('float32'\)"),
        ("faces.npy", Y, "Received: a word. Read the file"),
        ([[1, 2], [3]] * 3, Y, "all rows of one shape"),
        ([10**400] * 6, Y, "x of train"),
    ],
)
def test_what_may_mean_two_things_is_refused_with_a_way(x, y, message):
    """The message says what came and how to hand it over; no array is printed."""
    with pytest.raises(InputError, match=message) as caught:
        splits(x, y)
    assert len(str(caught.value)) < 600


def test_a_split_as_a_data_set_is_refused_with_a_way():
    """tf.data, Keras and torch hand out batches, shuffled or not: nobody knows which sample is which."""
    with pytest.raises(InputError, match=r"dev as a Split.* Batches, which hands out batches. Train alone.*Hand"):
        as_splits({"train": (X, Y), "dev": Batches(), "test": Batches()})


@pytest.mark.parametrize("name", ["val", "validation", "Dev", "devel"])
def test_dev_has_the_names_that_people_give_it(name):
    """As in a folder of images; with dev beside it, it would be a guess."""
    found = as_splits({"train": (X, Y), name: (X + 1, Y), "test": (X, Y)})
    assert np.array_equal(found.dev.x, X + 1)
    with pytest.raises(InputError, match="Expected the split dev once"):
        as_splits({"train": (X, Y), name: (X, Y), "development": (X, Y), "test": (X, Y)})


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_list_of_batches_is_no_pair_of_arrays(n: int) -> None:
    """Two batches would be read as inputs and labels."""
    batch = (np.zeros((4, 2)), np.array([0, 1, 0, 1]))
    with pytest.raises(InputError, match=f"Expected train as .x, y.* Received: a list of {n} batches"):
        as_splits({"train": [batch] * n, "dev": batch, "test": batch})
