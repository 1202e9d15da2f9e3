"""The grid: crossed lists, and draws that neither more samples nor other axes disturb."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.study.grid import check_axis, points


def test_lists_are_crossed_in_the_order_of_the_file() -> None:
    """The last listed axis changes fastest, and the keys keep the file's order."""
    found = list(points({"model.a": [1, 2], "train.b": ["x", "y"]}, samples=1, study_seed=0))
    assert found == [
        {"model.a": 1, "train.b": "x"},
        {"model.a": 1, "train.b": "y"},
        {"model.a": 2, "train.b": "x"},
        {"model.a": 2, "train.b": "y"},
    ]
    assert list(found[0]) == ["model.a", "train.b"]


def test_no_grid_is_one_point() -> None:
    """A study without grid has one configuration, however many samples it asks for."""
    assert list(points({}, samples=7, study_seed=0)) == [{}]


def test_every_point_of_the_lists_meets_the_same_draws() -> None:
    """Sampled axes are crossed with the lists, so that lists can be compared draw by draw."""
    grid = {"train.rate": {"loguniform": [1e-4, 1e-1]}, "model.a": [1, 2]}
    found = list(points(grid, samples=3, study_seed=5))
    assert [point["model.a"] for point in found] == [1, 1, 1, 2, 2, 2]
    rates = [point["train.rate"] for point in found]
    assert rates[:3] == rates[3:]
    assert len(set(rates)) == 3
    assert list(found[0]) == ["train.rate", "model.a"]


def test_draws_are_those_of_every_release() -> None:
    """Golden values: a study with sampled axes keeps its configurations when the package changes."""
    grid = {"a": {"uniform": [0, 1]}, "b": {"loguniform": [0.001, 1]}, "c": {"choice": ["x", "y", "z"]}}
    assert list(points(grid, samples=2, study_seed=0)) == [
        {"a": 0.7572102405304962, "b": 0.25831324373, "c": "z"},
        {"a": 0.21402705664526112, "b": 0.087680091368, "c": "z"},
    ]


bounds = st.tuples(st.floats(-1e6, 1e6, allow_subnormal=False), st.floats(-1e6, 1e6, allow_subnormal=False)).filter(
    lambda pair: pair[0] < pair[1]
)


@given(bounds, st.integers(0, 2**32 - 1))
def test_uniform_draws_lie_within_the_bounds(pair: tuple[float, float], seed: int) -> None:
    """For any bounds and seed, low <= draw <= high."""
    for point in points({"x": {"uniform": list(pair)}}, samples=5, study_seed=seed):
        assert pair[0] <= point["x"] <= pair[1]


@given(st.floats(1e-300, 1e300), st.floats(1.0000001, 10), st.integers(0, 2**32 - 1))
def test_loguniform_draws_lie_within_the_bounds(low: float, ratio: float, seed: int) -> None:
    """For any positive bounds and seed, low <= draw <= high, though exp(log(x)) may round beyond x."""
    for point in points({"x": {"loguniform": [low, low * ratio]}}, samples=5, study_seed=seed):
        assert low <= point["x"] <= low * ratio


@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_more_samples_keep_the_earlier_draws(few: int, more: int, seed: int) -> None:
    """Raising `samples` adds configurations and changes none."""
    grid = {"x": {"uniform": [0, 1]}, "y": {"choice": [1, 2, 3]}}
    longer = list(points(grid, samples=few + more, study_seed=seed))
    assert list(points(grid, samples=few, study_seed=seed)) == longer[:few]


def test_another_axis_leaves_the_draws_alone() -> None:
    """A draw depends on its own axis, the study seed and its number."""
    alone = list(points({"x": {"uniform": [0, 1]}}, samples=4, study_seed=1))
    beside = list(points({"y": {"uniform": [0, 1]}, "x": {"uniform": [0, 1]}}, samples=4, study_seed=1))
    assert [point["x"] for point in alone] == [point["x"] for point in beside]
    assert all(point["x"] != point["y"] for point in beside)


def test_another_study_seed_draws_anew() -> None:
    """Same seed agrees, another seed differs."""
    grid = {"x": {"uniform": [0, 1]}}
    first, again, other = (list(points(grid, samples=3, study_seed=seed)) for seed in (1, 1, 2))
    assert first == again
    assert all(one != two for one, two in zip(first, other, strict=True))


def test_draws_spread_over_the_axis() -> None:
    """The mean of many uniform draws is near the middle: the hashing of names does not bend them."""
    drawn = [point["x"] for point in points({"x": {"uniform": [0, 1]}}, samples=2000, study_seed=3)]
    assert abs(math.fsum(drawn) / 2000 - 0.5) < 4 * math.sqrt(1 / 12 / 2000)


@pytest.mark.parametrize(
    ("axis", "message"),
    [
        ([], "a list of values"),
        (5, "a list of values"),
        ({}, "a list of values"),
        ({"uniform": [0, 1], "choice": [1]}, "a list of values"),
        ({"choice": []}, "a list of values"),
        ({"choice": 3}, "a list of values"),
        ({"unifrom": [0, 1]}, "Did you mean 'uniform'?"),
        ({"uniform": [0]}, "two numbers for uniform"),
        ({"uniform": [0, "1"]}, "two numbers for uniform"),
        ({"uniform": [False, True]}, "two numbers for uniform"),
        ({"uniform": [0, math.inf]}, "two numbers for uniform"),
        ({"uniform": [1, 1]}, "low < high for uniform"),
        ({"loguniform": [0, 1]}, "0 < low < high for loguniform"),
        ([0.1, 0.2, 0.1], "every value once for model.x. Received repeated: 0.1"),
        ([1, 1.0], "every value once for model.x. Received repeated: 1.0"),
    ],
)
def test_an_axis_that_says_nothing_sound_is_refused(axis: Any, message: str) -> None:
    """The message names the axis, what it may be and what came."""
    with pytest.raises(ValueError, match=r".") as caught:
        check_axis("model.x", axis)
    assert message in str(caught.value)
    assert "model.x" in str(caught.value)
    assert "Received" in str(caught.value)
