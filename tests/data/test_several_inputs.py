"""Several inputs and labels of several outputs: how data functions give them, and how they are kept."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sweep.data import Inputs, as_splits, open_prepared, prepare
from sweep.data.content_digests import row_digests
from sweep.data.images import Images
from sweep.errors import InputError

SIZES = {"train": 12, "dev": 8, "test": 8}


def faces(kind: str = "named", change: str = "") -> dict[str, Any]:
    """Return splits with an image and landmarks, and labels of two outputs; `change` spoils them."""
    rng = np.random.default_rng(0)
    found: dict[str, Any] = {}
    for name, n in SIZES.items():
        x: Any = {"image": rng.normal(size=(n, 4, 4, 1)), "marks": rng.normal(size=(n, 6)).astype(np.float32)}
        y: Any = {"live": np.arange(n) % 2, "place": rng.normal(size=(n, 2))}
        if change == "length":
            x["marks"] = x["marks"][1:]
        elif change == "empty":
            x = {}
        elif change == "nested":
            x = {"face": x}
        elif change == "column":
            x["age"] = x["marks"][:, 0]
        elif change == "name" and name == "dev":
            x = {"image": x["image"], "mark": x["marks"]}
        elif change == "labels" and name == "test":
            y = {"live": y["live"]}
        elif change == "rows":
            y["place"] = y["place"][1:]
        elif change == "nan":
            y["place"][0] = np.nan
        elif change == "leak":
            x["image"][0] = 1.0
        elif change == "order" and name != "train":
            x = dict(reversed(x.items()))
        elif change == "shape" and name == "dev":
            x["marks"] = x["marks"][:, :5]
        found[name] = (x, y) if kind == "named" else (tuple(x.values()), y["live"])
    return found


def made(cache: Path, **keywords: Any) -> Any:
    """Return what `prepare` makes of faces."""
    output = keywords.pop("output", None)
    return prepare(faces, keywords, split_seed=0, task="verification", cache=cache, output=output)


@pytest.mark.parametrize("kind", ["named", "tuple"])
def test_each_array_comes_back_as_it_was_given(tmp_path: Path, kind: str) -> None:
    """Prepared, memory-mapped and indexed by rows: the arrays, their structure and their names."""
    prepared = made(tmp_path, kind=kind)
    splits, given = open_prepared(tmp_path, prepared.data_id), faces(kind)
    shapes = {"image": (4, 4, 1), "marks": (6,)}
    assert prepared.input_shape == (shapes if kind == "named" else tuple(shapes.values()))
    for name, split in splits.items():
        rows = np.array([3, 0])
        x, want = split.x[rows], given[name][0]
        assert type(x) is (dict if kind == "named" else tuple)
        assert list(split.x) == list(want) if kind == "named" else len(list(split.x)) == 2
        for key in want if kind == "named" else (0, 1):
            assert np.array_equal(x[key], want[key][rows])
        assert len(split) == len(split.x) == SIZES[name]
        some = split[rows]
        assert some.sample.tolist() == split.sample[rows].tolist()
        assert np.array_equal(some.y, split.y[rows])
        assert (row_digests(some.x) == row_digests(split.x)[rows]).all()
        assert list(some.labels) == (["live", "place"] if kind == "named" else [])
    assert made(tmp_path, kind=kind).data_id == prepared.data_id


def test_labels_of_every_output_are_kept_and_one_is_scored(tmp_path: Path) -> None:
    """The first of the mapping, or the one that is named; y is its labels as whole numbers."""
    split = open_prepared(tmp_path, made(tmp_path).data_id).train
    assert split.y.tolist() == split.labels["live"].tolist() == faces()["train"][1]["live"].tolist()
    assert np.array_equal(split.labels["place"], faces()["train"][1]["place"])
    assert as_splits(faces(), "live").train.y.tolist() == split.y.tolist()
    with pytest.raises(InputError, match=r"train.output: .*live, place. Received: plcae. Did you mean 'place'"):
        made(tmp_path, output="plcae")


def test_names_count_in_the_id_and_the_order_of_dev_does_not(tmp_path: Path) -> None:
    """The same arrays under other names, or without names, are other data."""
    ids = {made(tmp_path).data_id, made(tmp_path, kind="tuple").data_id}
    assert len(ids) == 2
    assert made(tmp_path, change="order").data_id in ids


def test_one_image_store_serves_as_an_input() -> None:
    """Rows of images beside an array: indexing reads them, a part of a split keeps them where they are."""
    pixels = np.arange(5 * 4, dtype=np.uint8).reshape(5, 2, 2, 1)
    x = Inputs({"face": Images(pixels, np.array([4, 2, 0])), "marks": np.eye(3)}, named=True)
    assert np.array_equal(x[[0, 2]]["face"], pixels[[4, 0]])
    assert isinstance(x.rows([1]).arrays["face"], Images)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("length", "all inputs of train with 12 rows, .* Received: image has 12, marks has 11"),
        ("empty", "x of train as an array or a mapping .* an empty mapping"),
        ("nested", "x of train, face, as one array. Received: a mapping with image, marks. Give every array a name"),
        ("column", r"x of train, age, as numbers with shape \(n, ...\).* Say .reshape\(-1, 1\)"),
        ("name", "inputs of the same names in all splits. Received: image, marks in train, image, mark in dev"),
        ("labels", "labels of outputs of the same names .* live, place in train, live in test"),
        ("rows", r"y of train, place, with 12 rows, one for each row of x. Received: shape \(11, 2\)"),
        ("nan", "y of train, place, as finite numbers. Received: NaN"),
        ("leak", "no sample in two splits. Received: identical to the byte: train-000001 in train and dev-000001"),
        ("shape", r"one shape and type in all splits for marks. Received: \(6,\) float32 in train, \(5,\)"),
    ],
)
def test_what_is_wrong_is_one_message(tmp_path: Path, change: str, message: str) -> None:
    """It names the split and the input; an image that two splits share is a leak, whatever its landmarks are."""
    with pytest.raises(InputError, match=message):
        made(tmp_path, change=change)


def test_a_tuple_of_other_lengths_names_them(tmp_path: Path) -> None:
    """As for a mapping; its arrays are counted from 1."""
    with pytest.raises(InputError, match="Received: 1 has 12, 2 has 11"):
        made(tmp_path, kind="tuple", change="length")
