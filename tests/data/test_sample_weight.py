"""Weights of samples, from the user's data function to a trial."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sweep.data import open_prepared
from sweep.data.preparing import prepare
from sweep.errors import InputError

N = 8


def with_weights(train: Any = None, dev: Any = None) -> dict[str, Any]:
    """Return data whose samples have weights, where they are given."""
    rng, found = np.random.default_rng(0), {}
    for name, weight in (("train", train), ("dev", dev), ("test", None)):
        split = {"x": rng.normal(size=(N, 3)), "y": np.arange(N) % 2}
        found[name] = split if weight is None else split | {"sample_weight": weight}
    return found


def prepared(cache: Path, **weights: Any) -> Any:
    """Return the data with these weights, checked and stored."""
    return prepare(with_weights, weights, split_seed=0, task="verification", cache=cache)


def test_weights_of_train_come_back_and_count_in_the_id(tmp_path: Path) -> None:
    """As float32; data without them keep the id that they had, and other weights give another."""
    weight = np.linspace(0, 2, N)
    plain, weighted, other = (prepared(tmp_path, train=one) for one in (None, weight, weight * 2))
    assert len({one.data_id for one in (plain, weighted, other)}) == 3
    assert plain.data_id == "13c98a2ee7fe62635cbc355c61e96c8676915b137d23fda95bb0fc765603880f"
    assert weighted.findings == plain.findings
    train, dev = (getattr(open_prepared(tmp_path, weighted.data_id), name) for name in ("train", "dev"))
    assert train.sample_weight.dtype == np.float32
    assert np.array_equal(train.sample_weight, weight.astype(np.float32))
    assert dev.sample_weight is None
    assert open_prepared(tmp_path, plain.data_id).train.sample_weight is None


def test_weights_of_dev_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    """The id is that of the data without them."""
    found = prepared(tmp_path, dev=np.ones(N))
    assert found.data_id == prepared(tmp_path).data_id
    assert "sample_weight of dev is not used: every sample of it counts alike" in found.findings


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        (np.ones(N - 1), r"Expected sample_weight of train with shape \(8,\)"),
        (np.full(N, -1.0), "numbers of 0 or more, one of them above 0. Received: -1.0, sample train-000001"),
        (np.full(N, np.nan), "numbers of 0 or more, one of them above 0. Received: nan"),
        (np.zeros(N), "Received: 0 for all samples"),
        (["heavy"] * N, "numbers of 0 or more, one of them above 0. Received: type <U5"),
    ],
)
def test_what_is_no_weight_is_one_message(tmp_path: Path, weight: Any, said: str) -> None:
    """A wrong number of them, negative ones, NaN, none above 0, words."""
    with pytest.raises(InputError, match=said):
        prepared(tmp_path, train=weight)
