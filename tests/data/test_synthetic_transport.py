"""Synthetic trips: the same seed the same bytes, both protocols, users with habits."""

import numpy as np
import pytest

from sweep.data import synthetic_transport
from sweep.errors import InputError

SMALL = {"users": 20, "trips": 5, "length": 3}


def test_the_same_seed_gives_the_same_segments_and_another_others():
    """Bytes follow `seed`; who is where follows `split_seed`."""
    one, same, other = (synthetic_transport(**SMALL, seed=seed) for seed in (1, 1, 2))
    assert one.train.x.tobytes() == same.train.x.tobytes()
    assert one.train.x.shape != other.train.x.shape or one.train.x.tobytes() != other.train.x.tobytes()
    moved = synthetic_transport(**SMALL, seed=1, split_seed=1)
    assert set(one.test.subject.tolist()) != set(moved.test.subject.tolist())


def test_both_protocols_divide_the_same_segments():
    """Users stand in one split, or on both sides; train has the same share, and dev is test over segments."""
    users, mixed = (synthetic_transport(**SMALL, protocol=name) for name in ("users", "segments"))
    parts = [set(split.subject.tolist()) for _, split in users.items()]
    assert [len(part) for part in parts] == [12, 4, 4]
    assert len(set.union(*parts)) == 20
    n = sum(len(split) for _, split in users.items())
    assert len(mixed.train) == round(0.6 * n)
    assert len(mixed.test) == len(mixed.dev) == n - len(mixed.train)
    assert set(mixed.train.subject.tolist()) & set(mixed.test.subject.tolist())
    assert users.train.x.shape[1:] == (200, 4)
    assert all(len(np.unique(split.y)) == 5 for _, split in users.items())


def test_faster_modes_are_faster():
    """The mean speed rises from walk to train, however different the users are."""
    splits = synthetic_transport()
    speed = [splits.train.x[splits.train.y == label, :, 0].mean() for label in range(5)]
    assert np.diff(speed).min() > 0


@pytest.mark.parametrize(
    ("keywords", "said"),
    [
        ({"users": 2}, "users of at least 3"),
        ({"habits": -1}, "habits from 0 to 5"),
        ({"protocol": "both"}, "segments or users"),
    ],
)
def test_a_number_out_of_range_is_refused(keywords, said):
    """One message names what was expected."""
    with pytest.raises(InputError, match=said):
        synthetic_transport(**{**SMALL, **keywords})
